// Generated ids are compared between databases that may burn different gaps: before each operation the counters are set
// to the same number.

import type { Engine } from '@twinwrite/testkit'
import type { DataSource } from 'typeorm'

export async function setCounters(db: DataSource, engine: Engine, next: number): Promise<void> {
  for (const { tableName, generatedColumns, tableType } of db.entityMetadatas) {
    if (
      tableType === 'entity-child' ||
      !generatedColumns.some((one) => one.generationStrategy === 'increment')
    )
      continue
    if (engine === 'postgres') {
      await db.query(`SELECT setval(pg_get_serial_sequence('"${tableName}"', 'id'), ${next}, false)`)
    } else if (engine === 'sqlite') {
      await db.query('DELETE FROM sqlite_sequence WHERE name = ?', [tableName])
      await db.query('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', [tableName, next - 1])
    } else await db.query(`ALTER TABLE \`${tableName}\` AUTO_INCREMENT = ${next}`)
  }
}

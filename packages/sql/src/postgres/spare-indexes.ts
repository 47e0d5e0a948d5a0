// PostgreSQL: indexes that a load can do without. What their definition does not tell in full (a tablespace, a comment, a statistics
// target, a part in a partitioned index) could not be put back, so such an index stays.

import type { SideTable, SpareIndex } from '@twinwrite/core'
import type { Session } from '../session.ts'
import { tableName } from './quoting.ts'

const query = `
  SELECT c.relname, pg_get_indexdef(i.indexrelid)
  FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
  WHERE i.indrelid = to_regclass($1) AND t.relkind = 'r' AND NOT t.relispartition
    AND NOT i.indisunique AND NOT i.indisexclusion AND NOT i.indisclustered AND NOT i.indisreplident
    AND c.reltablespace = 0 AND obj_description(c.oid, 'pg_class') IS NULL
    AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid)
    AND NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attstattarget > 0)
  ORDER BY c.relname`

export async function spareIndexes(session: Session, { table }: SideTable): Promise<SpareIndex[]> {
  const { rows } = await session.query({ sql: query, bindings: [tableName(table)] })
  return rows.map(([name, create]) => ({ name: String(name), create: String(create) }))
}

/** An index stands in its table's schema. */
export function dropIndex({ table }: SideTable, name: string): string {
  return `DROP INDEX IF EXISTS ${tableName({ schema: table.inSchema, name })}`
}

export function createIndexes(_: SideTable, indexes: readonly SpareIndex[]): readonly string[] {
  return indexes.map(({ create }) => create)
}

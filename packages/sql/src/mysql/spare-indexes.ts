// MySQL and MariaDB: indexes that a load can do without, in the words of SHOW CREATE TABLE. An index whose first column serves a foreign key
// or a counter stays.

import type { SideTable, SpareIndex } from '@twinwrite/core'
import type { Session } from '../session.ts'
import { quote, tableName } from './quoting.ts'

export async function spareIndexes(session: Session, { table }: SideTable): Promise<SpareIndex[]> {
  const { rows } = await session.query({ sql: `SHOW CREATE TABLE ${tableName(table)}`, bindings: [] })
  const needed = new Set([
    ...table.foreignKeys.flatMap(({ childColumns }) => childColumns),
    ...table.referencedBy.flatMap(({ parentColumns }) => parentColumns),
    ...table.columns.filter(({ counter }) => counter).map(({ name }) => name),
  ])
  const found: SpareIndex[] = []
  for (const line of String(rows[0]?.[1]).split('\n')) {
    const [, create, name, first] = /^ {2}(KEY `((?:[^`]|``)+)` \(`((?:[^`]|``)+)`.*?),?$/.exec(line) ?? []
    if (create === undefined || needed.has(first!.replaceAll('``', '`'))) continue
    found.push({ name: name!.replaceAll('``', '`'), create })
  }
  return found
}

export function dropIndex({ table }: SideTable, name: string): string {
  return `ALTER TABLE ${tableName(table)} DROP INDEX ${quote(name)}`
}

/** All in one pass over the table. */
export function createIndexes({ table }: SideTable, indexes: readonly SpareIndex[]): readonly string[] {
  if (indexes.length === 0) return []
  return [`ALTER TABLE ${tableName(table)} ${indexes.map(({ create }) => `ADD ${create}`).join(', ')}`]
}

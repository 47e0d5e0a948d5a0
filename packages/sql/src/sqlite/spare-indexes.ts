// SQLite: indexes that a load can do without, as they were made.

import type { SideTable, SpareIndex } from '@twinwrite/core'
import type { Session } from '../session.ts'
import { quote } from './quoting.ts'

export async function spareIndexes(session: Session, { table }: SideTable): Promise<SpareIndex[]> {
  const { rows } = await session.query({
    sql: `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY name`,
    bindings: [table.name],
  })
  return rows
    .map(([name, create]) => ({ name: String(name), create: String(create) }))
    .filter(({ create }) => !/^\s*CREATE\s+UNIQUE\b/i.test(create))
}

export function dropIndex(_: SideTable, name: string): string {
  return `DROP INDEX IF EXISTS ${quote(name)}`
}

export function createIndexes(_: SideTable, indexes: readonly SpareIndex[]): readonly string[] {
  return indexes.map(({ create }) => create)
}

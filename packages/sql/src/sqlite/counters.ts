// SQLite: AUTOINCREMENT counters. A rowid without AUTOINCREMENT has no counter of its own: it follows the largest one, and nothing is
// there to be raised. Upholds W8.

import type { Counter, SideTable } from '@twinwrite/core'
import type { Session } from '../session.ts'
import { literal, quote, tableName } from './quoting.ts'
import type { SqliteSession } from './session.ts'

async function isAutoincrement(session: Session, name: string): Promise<boolean> {
  const { rows } = await session.query({
    sql: `SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`,
    bindings: [name],
  })
  // Outside of quotes and comments, as far as that can matter here.
  return /\bAUTOINCREMENT\b/i.test(String(rows[0]?.[0] ?? ''))
}

export async function counters(session: Session, tables: readonly SideTable[]): Promise<Counter[]> {
  const found: Counter[] = []
  for (const table of tables) {
    const column = table.columns.find((one) => one.counter)
    if (column === undefined) continue
    const { rows } = await session.query({
      sql: `SELECT max(${quote(column.name)}) FROM ${tableName(table.table)}`,
      bindings: [],
    })
    const max = (rows[0]![0] as bigint | null) ?? null
    const sequence = (await isAutoincrement(session, table.table.name))
      ? await session.query({
          sql: 'SELECT seq FROM sqlite_sequence WHERE name = ? COLLATE NOCASE',
          bindings: [table.table.name],
        })
      : { rows: [] }
    const last = (sequence.rows[0]?.[0] as bigint | undefined) ?? 0n
    found.push({ table: table.mapping, next: (max !== null && max > last ? max : last) + 1n, max })
  }
  return found
}

export async function raiseCounter(session: Session, { table }: SideTable, next: bigint): Promise<void> {
  if (!(await isAutoincrement(session, table.name))) return
  const name = literal(table.name)
  const last = next - 1n
  await (session as SqliteSession).exclusively([
    {
      sql:
        `INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_schema WHERE type = 'table' AND name = ${name} COLLATE NOCASE` +
        ` AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ${name} COLLATE NOCASE)`,
      bindings: [],
    },
    {
      sql: `UPDATE sqlite_sequence SET seq = ${last} WHERE name = ${name} COLLATE NOCASE AND seq < ${last}`,
      bindings: [],
    },
  ])
}

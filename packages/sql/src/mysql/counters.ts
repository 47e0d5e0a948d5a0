// MySQL and MariaDB: AUTO_INCREMENT counters. Written rows with explicit ids move them by themselves, others do not
// (failure case e). Upholds W8.

import type { Counter, SideTable } from '@twinwrite/core'
import type { Session } from '../session.ts'
import { literal, quote, tableName } from './quoting.ts'

/** The session reads the counter from the table itself, not from a cache of statistics. */
async function nextOf(session: Session, { table }: SideTable): Promise<bigint | null> {
  const { rows } = await session.query({
    sql:
      `SELECT CAST(AUTO_INCREMENT AS CHAR) FROM information_schema.TABLES` +
      ` WHERE TABLE_SCHEMA = ${table.schema === null ? 'DATABASE()' : literal(table.schema)} AND TABLE_NAME = ${literal(table.name)}`,
    bindings: [],
  })
  const text = rows[0]?.[0]
  return text === null || text === undefined ? null : BigInt(String(text))
}

export async function counters(session: Session, tables: readonly SideTable[]): Promise<Counter[]> {
  const found: Counter[] = []
  for (const table of tables) {
    const column = table.columns.find((one) => one.counter)
    if (column === undefined) continue
    const { rows } = await session.query({
      sql: `SELECT CAST(MAX(${quote(column.name)}) AS CHAR) FROM ${tableName(table.table)}`,
      bindings: [],
    })
    const max = rows[0]![0] === null ? null : BigInt(String(rows[0]![0]))
    // A counter that never counted is not told by every version.
    const next = (await nextOf(session, table)) ?? (max ?? 0n) + 1n
    found.push({ table: table.mapping, next, max })
  }
  return found
}

/** One raiser at a time: reading and setting are two statements, and the second ends transactions. */
export async function raiseCounter(session: Session, table: SideTable, next: bigint): Promise<void> {
  if (!table.columns.some((column) => column.counter)) return
  const lock = literal(`twinwrite ${table.table.name}`.slice(0, 60))
  await session.query({ sql: `SELECT GET_LOCK(${lock}, 2)`, bindings: [] })
  try {
    const present = await nextOf(session, table)
    if (present === null || present < next) {
      await session.query({
        sql: `ALTER TABLE ${tableName(table.table)} AUTO_INCREMENT = ${next}`,
        bindings: [],
      })
    }
  } finally {
    await session.query({ sql: `SELECT RELEASE_LOCK(${lock})`, bindings: [] })
  }
}

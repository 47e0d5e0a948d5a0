// The same start for every case and program: the same rows, and counters at the same number. Counters are moved by hand
// because twinwrite may burn other gaps than the plain statement does (it splits some inserts on MySQL and MariaDB), the
// only difference that is allowed.

import type { Side } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { isNumbered } from './make-tables.ts'
import { literal, type PlainSession, quoted } from './plain-session.ts'
import { columnOf, columnOn, nameOn, tableOf, type TableSpec } from './tables.ts'

type Cell = string | number | null

/** Rows by source table, in the order of the columns that are named first. */
export type Fixture = Readonly<
  Record<string, readonly [names: readonly string[], ...rows: readonly Cell[][]]>
>

const begin = {
  postgres: 'BEGIN',
  mysql: 'START TRANSACTION',
  mariadb: 'START TRANSACTION',
  sqlite: 'BEGIN IMMEDIATE',
}

/**
 * Keeps appliers from a secondary until the end of the transaction: one that has its rows already would write them behind
 * the reset. On SQLite the transaction itself does.
 */
const keepOut: Record<Engine, readonly string[]> = {
  postgres: ['SELECT 1 FROM _tw_fence FOR UPDATE'],
  mysql: ['SELECT 1 FROM _tw_fence FOR UPDATE'],
  mariadb: ['SELECT 1 FROM _tw_fence FOR UPDATE'],
  sqlite: [],
}

/**
 * Empties the tables, fills them, and lets the next generated id be `base` + 1.
 * @param applied whether twinwrite may write this side; then the other side is to be reset before
 */
export async function reset(
  session: PlainSession,
  side: Side,
  tables: readonly TableSpec[],
  fixture: Fixture,
  base: number,
  applied = false,
): Promise<void> {
  const { engine } = session
  const inserts = Object.entries(fixture).map(([source, [names, ...rows]]) => {
    const table = tableOf(source, tables)
    const columns = names.map((name) => quoted(engine, columnOn(side, columnOf(table, name))))
    const values = rows.map((row) => `(${row.map(literal).join(', ')})`)
    return `INSERT INTO ${quoted(engine, nameOn(side, table))} (${columns.join(', ')}) VALUES ${values.join(', ')}`
  })
  await session.queryAll([
    begin[engine],
    ...(applied ? keepOut[engine] : []),
    ...[...tables].reverse().map((table) => `DELETE FROM ${quoted(engine, nameOn(side, table))}`),
    ...inserts,
    'COMMIT',
    ...tables.flatMap((table) => countersMoved(engine, side, table, base)),
  ])
}

/** Lets the next generated ids be `base` + 1. On MySQL and MariaDB counters only move up. */
export async function moveCounters(
  session: PlainSession,
  side: Side,
  tables: readonly TableSpec[],
  base: number,
): Promise<void> {
  const { engine } = session
  await session.queryAll(tables.flatMap((table) => countersMoved(engine, side, table, base)))
}

function countersMoved(engine: Engine, side: Side, table: TableSpec, base: number): string[] {
  const counter = table.columns.find(isNumbered)
  if (counter === undefined) return []
  const name = quoted(engine, nameOn(side, table))
  const column = quoted(engine, columnOn(side, counter))
  if (engine === 'postgres')
    return [`SELECT setval(pg_get_serial_sequence('${name}', '${columnOn(side, counter)}'), ${base})`]
  if (engine === 'sqlite')
    return [
      `DELETE FROM sqlite_sequence WHERE name = '${nameOn(side, table)}'`,
      `INSERT INTO sqlite_sequence (name, seq) VALUES ('${nameOn(side, table)}', ${base})`,
    ]
  // The counter stays where it is when the insert is rolled back, and nothing is written to the disk.
  const others = table.columns.filter((one) => one.required && one !== counter)
  const columns = [column, ...others.map((one) => quoted(engine, columnOn(side, one)))]
  const values = [String(base), ...others.map(({ kind }) => (kind === 'int' ? '0' : "'counter'"))]
  return [
    'START TRANSACTION',
    `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${values.join(', ')})`,
    'ROLLBACK',
  ]
}

// PostgreSQL: statements that write rows. Rows travel as one array of texts per column: one text of SQL and one plan per table,
// whatever the number of rows. A clash with another unique key is an error, never a write to another row (C16).

import type { SideTable, Statement } from '@twinwrite/core'
import type { BoundRow, WriteStatements } from '../sql-engine.ts'
import { keyArrays } from './keys.ts'
import { quote, tableName } from './quoting.ts'
import { values } from './values.ts'

type Columns = SideTable['columns']

export const write: WriteStatements = { batch: () => 1_000, insert, upsert, update, refusedUpsert }

function insert(table: SideTable, rows: readonly BoundRow[]): Statement {
  return { sql: insertText(table), bindings: columnArrays(table.columns, rows) }
}

function upsert(table: SideTable, rows: readonly BoundRow[]): Statement | null {
  const { key, columns } = table
  if (key.some((column) => column.foldsText)) return null
  const others = columns.filter((column) => !key.some(({ name }) => name === column.name))
  if (others.some((column) => column.identityAlways)) return null
  const target = key.map(({ name }) => quote(name)).join(', ')
  const set = others.map(({ name }) => `${quote(name)} = excluded.${quote(name)}`)
  return {
    sql: `${insertText(table)} ON CONFLICT (${target}) DO ${set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.join(', ')}`}`,
    bindings: columnArrays(columns, rows),
  }
}

function update(table: SideTable, columns: Columns, rows: readonly BoundRow[]): Statement {
  const key = keyArrays(
    table,
    rows.map((row) => row.key),
  )
  const arrays = [...key, ...columnArrays(columns, rows)]
  const names = [...key.map((_, index) => `k${index}`), ...columns.map((_, index) => `c${index}`)]
  const set = columns.map(
    (column, index) => `${quote(column.name)} = ${values.stored(column, `u.c${index}`)}`,
  )
  const where = table.key.map(
    (column, index) => `t.${quote(column.name)} = ${values.typed(column, `u.k${index}`)}`,
  )
  return {
    sql:
      `UPDATE ${tableName(table.table)} AS t SET ${set.join(', ')} FROM ${unnest(arrays.length)} AS u(${names.join(', ')})` +
      ` WHERE ${where.join(' AND ')}`,
    bindings: arrays,
  }
}

/** A deferrable unique constraint can't decide about conflicts, and the catalog's key does not tell. */
function refusedUpsert(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code === '55000' || code === '42P10'
}

function insertText(table: SideTable): string {
  const names = table.columns.map(({ name }) => quote(name)).join(', ')
  const slots = table.columns.map((column, index) => values.stored(column, `u.c${index}`)).join(', ')
  const aliases = table.columns.map((_, index) => `c${index}`).join(', ')
  return (
    `INSERT INTO ${tableName(table.table)} (${names}) OVERRIDING SYSTEM VALUE` +
    ` SELECT ${slots} FROM ${unnest(table.columns.length)} AS u(${aliases})`
  )
}

function unnest(width: number): string {
  return `unnest(${Array.from({ length: width }, (_, index) => `$${index + 1}::text[]`).join(', ')})`
}

function columnArrays(columns: Columns, rows: readonly BoundRow[]): unknown[][] {
  return columns.map((_, index) => rows.map((row) => row.values[index] ?? null))
}

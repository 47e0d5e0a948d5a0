// SQLite: statements that write rows. A clash with another unique key is an error, never a write to another row (C16).

import { decodeKey, type SideTable, type Statement } from '@twinwrite/core'
import type { BoundRow, WriteStatements } from '../sql-engine.ts'
import { RawText } from './any-text.ts'
import { quote, tableName } from './quoting.ts'
import { values } from './values.ts'

type Columns = SideTable['columns']

/** SQLite takes 32,766 placeholders in a statement. */
const placeholders = 30_000

export const write: WriteStatements = {
  batch: (columns) => Math.max(1, Math.min(500, Math.floor(placeholders / Math.max(1, columns)))),
  insert,
  upsert,
  update,
  refusedUpsert: () => false,
}

function insert(table: SideTable, rows: readonly BoundRow[]): Statement {
  const names = table.columns.map(({ name }) => quote(name)).join(', ')
  const slots = slotsOf(table.columns)
  return {
    sql: `INSERT INTO ${tableName(table.table)} (${names}) VALUES ${rows.map((row) => `(${slots(row)})`).join(', ')}`,
    bindings: rows.flatMap(boundOf),
  }
}

/** SQL of the values of a row. */
function slotsOf(columns: Columns): (row: BoundRow) => string {
  const usual = columns.map((column) => values.stored(column, '?'))
  const text = usual.join(', ')
  const slot = (value: unknown, index: number): string =>
    value instanceof RawText ? values.stored(columns[index]!, 'CAST(? AS TEXT)') : usual[index]!
  return (row) => (row.values.some(isRaw) ? row.values.map(slot).join(', ') : text)
}

const isRaw = (value: unknown): boolean => value instanceof RawText

function boundOf({ values: bound }: BoundRow): readonly unknown[] {
  return bound.some(isRaw) ? bound.map((value) => (value instanceof RawText ? value.bytes : value)) : bound
}

function upsert(table: SideTable, rows: readonly BoundRow[]): Statement | null {
  if (table.key.some((column) => column.foldsText)) return null
  const key = new Set(table.key.map(({ name }) => name))
  const set = table.columns
    .filter(({ name }) => !key.has(name))
    .map(({ name }) => `${quote(name)} = excluded.${quote(name)}`)
  const { sql, bindings } = insert(table, rows)
  const target = table.key.map(({ name }) => quote(name)).join(', ')
  return {
    sql: `${sql} ON CONFLICT (${target}) DO ${set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.join(', ')}`}`,
    bindings,
  }
}

function update(table: SideTable, columns: Columns, rows: readonly BoundRow[]): Statement {
  const width = table.key.length
  const slots = slotsOf(columns)
  const row = (one: BoundRow): string => {
    const parts = decodeKey(one.key, width)
    return `(${[...table.key.map((column, index) => values.typed(column, '?', parts[index])), slots(one)].join(', ')})`
  }
  const where = table.key.map(({ name }, index) => `t.${quote(name)} = v.column${index + 1}`)
  const set = columns.map(({ name }, index) => `${quote(name)} = v.column${width + index + 1}`)
  return {
    sql:
      `UPDATE ${tableName(table.table)} AS t SET ${set.join(', ')} FROM (VALUES ${rows.map(row).join(', ')}) AS v` +
      ` WHERE ${where.join(' AND ')}`,
    bindings: rows.flatMap((one) => [...decodeKey(one.key, width), ...boundOf(one)]),
  }
}

// The two tables that simulated apps write: `item` has a second unique column, `line` refers to `item`.

import type { Column, ForeignKey, Row, Table } from '@twinwrite/core'

export interface SimTable {
  readonly name: string
  readonly columns: readonly string[]
  /** Index of a column that must be unique besides the key; null: none. */
  readonly unique: number | null
  /** Index of the column that refers to a row of another table. */
  readonly parent: { readonly column: number; readonly table: string } | null
}

export const item: SimTable = { name: 'item', columns: ['id', 'label', 'note'], unique: 1, parent: null }

export const line: SimTable = {
  name: 'line',
  columns: ['id', 'item', 'note'],
  unique: null,
  parent: { column: 1, table: 'item' },
}

/** Parents before children. */
export const simTables: readonly SimTable[] = [item, line]

export function tableNamed(name: string): SimTable {
  const found = simTables.find((table) => table.name === name)
  if (found === undefined) throw new Error(`no simulated table ${name}`)
  return found
}

/** Value of the second unique column; null when there is none. */
export function uniqueOf(table: SimTable, row: Row | null | undefined): string | null {
  return table.unique === null || !row ? null : (row[table.unique] ?? null)
}

export function parentOf(table: SimTable, row: Row | null | undefined): string | null {
  return table.parent === null || !row ? null : (row[table.parent.column] ?? null)
}

const lineItem: ForeignKey = {
  name: 'line_item',
  child: { schema: null, name: 'line' },
  childColumns: ['item'],
  parent: { schema: null, name: 'item' },
  parentColumns: ['id'],
  onDelete: 'no action',
  onUpdate: 'no action',
}

/** The tables as a catalog tells them. */
export const catalogTables: readonly Table[] = simTables.map((table) => ({
  schema: null,
  inSchema: null,
  name: table.name,
  columns: table.columns.map((name): Column => column(name)),
  key: ['id'],
  uniques:
    table.unique === null
      ? []
      : [{ name: `${table.name}_unique`, columns: [table.columns[table.unique] as string] }],
  foreignKeys: table.parent === null ? [] : [lineItem],
  referencedBy: table === item ? [lineItem] : [],
  triggers: [],
  writableThrough: [],
}))

function column(name: string): Column {
  const integer = name === 'id' || name === 'item'
  return {
    name,
    type: integer ? 'bigint' : 'text',
    kind: integer ? 'integer' : 'text',
    nullable: name !== 'id',
    generated: false,
    counter: name === 'id',
    identityAlways: false,
    hasDefault: name === 'id',
    range: null,
    length: null,
    precision: null,
    scale: null,
    foldsText: false,
    labels: null,
  }
}

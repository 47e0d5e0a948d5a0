// SQLite: names of types that this package takes for the same kind again (see the catalog).

import type { Column, Table } from '@twinwrite/core'
import type { ColumnTypes } from '../sql-engine.ts'

/** What a column without a declared type is called: its values are never changed, while those of one declared as `any` are. */
export const noType = 'no type'

export const columnTypes: ColumnTypes = {
  typeOf,
  kept: ({ type }) => (type === noType ? '' : type),
  textOf: () => 'TEXT',
  counter: (_, table) => (keyInColumn(table) ? 'PRIMARY KEY AUTOINCREMENT' : ''),
  keyInColumn,
}

/** Only a column defined as INTEGER PRIMARY KEY counts. */
function keyInColumn(table: Table): boolean {
  return table.key.length === 1 && table.columns.some(({ name, counter }) => counter && name === table.key[0])
}

function typeOf({ kind }: Column): string | null {
  switch (kind) {
    case 'integer':
      return 'INTEGER'
    case 'float32':
    case 'float64':
      return 'REAL'
    case 'text':
    case 'enum':
    case 'bits':
      return 'TEXT'
    case 'bytes':
      return 'BLOB'
    case 'instant':
      return 'DATETIME'
    case 'native':
      return null
    default:
      return kind.toUpperCase()
  }
}

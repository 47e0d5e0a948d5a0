// From the columns that `SqlDialect.rows` selects to a canonical row: the one place where texts that a server could not make
// canonical by itself (floats, JSON) get their canonical form.

import { encodeKey, type Key, type Row, type SideTable } from '@twinwrite/core'
import type { Values } from './values.ts'

export function readRow(
  read: Values['read'],
  table: SideTable,
  row: Readonly<Record<string, unknown>>,
): { key: Key; row: Row } {
  return {
    key: encodeKey(table.key.map((column, index) => read(column, row[`k${index}`]) ?? '')),
    row: table.columns.map((column, index) => read(column, row[`c${index}`])),
  }
}

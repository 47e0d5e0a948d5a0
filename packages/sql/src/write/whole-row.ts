// Rows of which nothing is left behind when they are deleted and inserted again.

import type { SideTable } from '@twinwrite/core'

/** Whether a row can be deleted and inserted without losing anything: every column that holds something is mapped. */
export function isWhole(table: SideTable): boolean {
  return table.table.columns.every(
    (column) => column.generated || table.columns.some(({ name }) => name === column.name),
  )
}

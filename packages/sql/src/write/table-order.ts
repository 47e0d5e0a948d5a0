// Writes of parents before those of their children, for servers on which our sessions may not turn foreign keys off.

import { parentsFirst, type TableWrite } from '@twinwrite/core'
import type { StoreContext } from '../store/context.ts'
import { mappedTable } from '../store/in-the-way.ts'

export function writesInOrder(context: StoreContext, writes: readonly TableWrite[]): TableWrite[] {
  const byTable = new Map(writes.map((write) => [write.table, write]))
  return parentsFirst(writes, ({ table }) =>
    context
      .table(table)
      .table.foreignKeys.map(({ parent }) => byTable.get(mappedTable(context, parent)?.mapping ?? '')),
  )
}

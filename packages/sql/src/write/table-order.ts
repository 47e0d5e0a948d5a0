// Parents before their children, for servers on which our sessions may not turn foreign keys off.

import type { TableWrite } from '@twinwrite/core'
import type { StoreContext } from '../store/context.ts'
import { mappedTable } from '../store/in-the-way.ts'

/** Tables in a circle stay in the given order. */
export function parentsFirst(context: StoreContext, writes: readonly TableWrite[]): TableWrite[] {
  const ordered: TableWrite[] = []
  const visited = new Set<string>()
  const visit = (write: TableWrite): void => {
    if (visited.has(write.table)) return
    visited.add(write.table)
    for (const { parent } of context.table(write.table).table.foreignKeys) {
      const mapping = mappedTable(context, parent)?.mapping
      const before = writes.find(({ table }) => table === mapping)
      if (before !== undefined) visit(before)
    }
    ordered.push(write)
  }
  for (const write of writes) visit(write)
  return ordered
}

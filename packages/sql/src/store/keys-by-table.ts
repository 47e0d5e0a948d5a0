// Rows of several tables, table by table.

import type { Key, RowKey } from '@twinwrite/core'

export function keysByTable(keys: readonly RowKey[]): Map<string, Set<Key>> {
  const byTable = new Map<string, Set<Key>>()
  for (const { table, key } of keys) {
    const some = byTable.get(table)
    if (some === undefined) byTable.set(table, new Set([key]))
    else some.add(key)
  }
  return byTable
}

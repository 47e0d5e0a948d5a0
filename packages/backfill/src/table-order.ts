// Parents before their children, so that few rows must be taken in because another one refers to them.

import type { Direction, TableRef } from '@twinwrite/core'

/** Tables in a circle stay in the given order. */
export function parentsFirst({ tables }: Direction, names: readonly string[]): string[] {
  const ordered: string[] = []
  const visited = new Set<string>()
  const visit = (name: string): void => {
    if (visited.has(name)) return
    visited.add(name)
    for (const { parent } of tables.get(name)!.to.table.foreignKeys) {
      const before = names.find((other) => isSame(tables.get(other)!.to.table, parent))
      if (before !== undefined) visit(before)
    }
    ordered.push(name)
  }
  for (const name of names) visit(name)
  return ordered
}

function isSame(left: TableRef, right: TableRef): boolean {
  return left.schema === right.schema && left.name === right.name
}

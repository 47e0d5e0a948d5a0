// Whether two databases hold the rows of a mapping in the same order of keys. Of texts that is said by collations, which differ even
// between two servers of one kind: only those count whose order has one name on both.

import type { ColumnKind, DirectedTable, EngineName } from '@twinwrite/core'

const numbers: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['integer', 'decimal'])
const sameEverywhere: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['bytes', 'date', 'datetime', 'instant'])

/** @param engines of the primary and of the secondary */
export function ordersAlike(
  { from, to }: DirectedTable,
  engines: readonly [EngineName, EngineName],
): boolean {
  return from.key.every((column, index) => {
    const [left, right] = [column.kind, to.key[index]!.kind]
    if (numbers.has(left) && numbers.has(right)) return true
    if (left !== right) return false
    if (left === 'text')
      return column.textOrder !== undefined && column.textOrder === to.key[index]!.textOrder
    // SQLite has no type for times, and writes them in several ways.
    if (sameEverywhere.has(left)) return left === 'bytes' || !engines.includes('sqlite')
    return left === 'uuid' && engines.every((engine) => engine === 'postgres')
  })
}

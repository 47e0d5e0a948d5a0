// Whether two databases hold the rows of a mapping in the same order of keys. Texts never count as such: what is before what is said
// by collations, which differ even between two servers of one kind.

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
    // SQLite has no type for times, and writes them in several ways.
    if (sameEverywhere.has(left)) return left === 'bytes' || !engines.includes('sqlite')
    return left === 'uuid' && engines.every((engine) => engine === 'postgres')
  })
}

// A set of rows by (mapping, key), in the order of insertion.

import { stripeOf } from '../key.ts'
import type { RowKey } from '../store.ts'

/** Text that names one row of one mapping. */
export function rowId(row: RowKey): string {
  return `${row.table}\u0000${row.key}`
}

export class RowKeys implements Iterable<RowKey> {
  readonly #rows = new Map<string, RowKey>()

  constructor(rows: Iterable<RowKey> = []) {
    this.addAll(rows)
  }

  get size(): number {
    return this.#rows.size
  }

  has(row: RowKey): boolean {
    return this.#rows.has(rowId(row))
  }

  /** Whether a row came in that was not there. */
  addAll(rows: Iterable<RowKey>): boolean {
    const before = this.#rows.size
    for (const row of rows) {
      const id = rowId(row)
      if (!this.#rows.has(id)) this.#rows.set(id, row)
    }
    return this.#rows.size > before
  }

  /** Lock stripes of the rows, ascending, so that no two appliers wait for each other (PROTOCOL 5.6). */
  stripes(): number[] {
    const stripes = new Set<number>()
    for (const row of this.#rows.values()) stripes.add(stripeOf(row.table, row.key))
    return [...stripes].sort((left, right) => left - right)
  }

  [Symbol.iterator](): IterableIterator<RowKey> {
    return this.#rows.values()
  }
}

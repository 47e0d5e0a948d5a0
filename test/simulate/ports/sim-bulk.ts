// Whole tables of a simulated server: committed rows, a round trip for each look.

import type { Bulk, Key, KeyedRow, KeyRange, Side } from '@twinwrite/core'
import type { SimStore } from './sim-store.ts'

export class SimBulk implements Bulk {
  readonly side: Side
  readonly #store: SimStore

  constructor(store: SimStore) {
    this.side = store.side
    this.#store = store
  }

  /** The simulated tables are known. */
  use(): void {}

  estimate(table: string): Promise<number> {
    return this.#look('estimate', () => this.#rows(table, { after: null, upTo: null }).length)
  }

  lastKey(table: string): Promise<Key | null> {
    return this.#look('lastKey', () => this.#rows(table, { after: null, upTo: null }).at(-1)?.key ?? null)
  }

  keyAt(table: string, range: KeyRange, rows: number): Promise<Key | null> {
    return this.#look('keyAt', () => this.#rows(table, range)[rows - 1]?.key ?? null)
  }

  keys(table: string, range: KeyRange, limit: number): Promise<readonly Key[]> {
    return this.#look('keys', () =>
      this.#rows(table, range)
        .slice(0, limit)
        .map(({ key }) => key),
    )
  }

  rows(table: string, range: KeyRange): Promise<readonly KeyedRow[]> {
    return this.#look('rows', () => this.#rows(table, range))
  }

  async close(): Promise<void> {}

  #look<T>(label: string, look: () => T): Promise<T> {
    return this.#store.auto(label, look)
  }

  #rows(table: string, { after, upTo }: KeyRange): KeyedRow[] {
    const from = after === null ? Number.NEGATIVE_INFINITY : Number(after)
    const to = upTo === null ? Number.POSITIVE_INFINITY : Number(upTo)
    return [...(this.#store.db.committed.get(table) ?? [])]
      .map(([key, row]) => ({ key, row }))
      .filter(({ key }) => Number(key) > from && Number(key) <= to)
      .sort((left, right) => Number(left.key) - Number(right.key))
  }
}

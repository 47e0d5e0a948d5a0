// A plain loader: every row of the primary through apply, in the order of its key, then those that only the secondary has. What the
// marks of a table stand for was committed before they could be seen, so a load that begins after that settles them (W10, W12).

import type { Direction } from '../apply/direction.ts'
import type { Key } from '../key.ts'
import type { RowKey, Store } from '../store.ts'
import { extraRows, insisting, type LoadOptions, loadRows } from './load-rows.ts'

/** @returns rows read of each mapping @throws ApplyRejected, StoreError, TwinwriteError `TW_STAGE_RACED` when a batch can't be loaded */
export async function load(direction: Direction, options: LoadOptions): Promise<Record<string, number>> {
  const { primary, secondary } = direction
  const loaded: Record<string, number> = {}
  for (const table of direction.tables.keys()) {
    loaded[table] = 0
    const marks = (await insisting(options, () => primary.marks())).filter((mark) => mark.table === table)
    for await (const rows of pages(primary, table, options)) {
      await loadRows(direction, rows, options)
      loaded[table] += rows.length
    }
    for await (const rows of pages(secondary, table, options)) {
      const extra = await extraRows(direction, rows, options)
      if (extra.length > 0) await loadRows(direction, extra, options)
    }
    const settled = marks.map(({ id }) => id)
    if (settled.length > 0) await insisting(options, () => primary.deleteMarks(settled))
  }
  return loaded
}

async function* pages(store: Store, table: string, options: LoadOptions): AsyncGenerator<RowKey[]> {
  for (let after: Key | null = null; ;) {
    const from: Key | null = after
    const keys: Key[] = await insisting(options, () => store.keysAfter(table, from, options.batchSize))
    if (keys.length === 0) return
    yield keys.map((key) => ({ table, key }))
    after = keys.at(-1)!
  }
}

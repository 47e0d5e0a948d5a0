// Indexes that a fast load drops before the data and makes again after it. Their definitions stand in the database before the first one is
// dropped, so that whoever comes after a kill can put them back (W13).

import { type Bulk, insisting, type LoadOptions, type SpareIndex, type Store } from '@twinwrite/core'

const run = 'backfill-indexes'

/** Rows below which an index costs less than making it again. */
export const worthwhileRows = 20_000

/** @returns false when the side is not loading any more */
export async function dropIndexes(
  store: Store,
  bulk: Bulk,
  table: string,
  epoch: number,
  options: LoadOptions,
): Promise<boolean> {
  const present = await insisting(options, () => bulk.spareIndexes(table))
  if (present.length === 0) return true
  const kept = await keptOf(store, table, options)
  const all = [...kept, ...present.filter(({ name }) => !kept.some((one) => one.name === name))]
  await insisting(options, () =>
    store.saveCheckpoint({ run, table, part: 0, body: JSON.stringify({ indexes: all }) }),
  )
  for (const { name } of present) {
    if (!(await bulk.dropIndex(table, name, epoch))) return false
  }
  return true
}

/** Makes those again that are not there, of all tables. */
export async function restoreIndexes(store: Store, bulk: Bulk, options: LoadOptions): Promise<void> {
  for (const { table, body } of await insisting(options, () => store.checkpoints(run))) {
    const { indexes } = JSON.parse(body) as { indexes: readonly SpareIndex[] }
    const present = new Set(
      (await insisting(options, () => bulk.spareIndexes(table))).map(({ name }) => name),
    )
    const missing = indexes.filter(({ name }) => !present.has(name))
    if (missing.length > 0) await bulk.createIndexes(table, missing)
  }
  await insisting(options, () => store.deleteCheckpoints(run))
}

async function keptOf(store: Store, table: string, options: LoadOptions): Promise<readonly SpareIndex[]> {
  const found = await insisting(options, () => store.checkpoints(run))
  const body = found.find((one) => one.table === table)?.body
  return body === undefined ? [] : (JSON.parse(body) as { indexes: readonly SpareIndex[] }).indexes
}

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
    const dropped = await unlessDone(
      () => insisting(options, () => bulk.dropIndex(table, name, epoch)),
      async () => !(await bulk.spareIndexes(table)).some((one) => one.name === name),
    )
    if (dropped === false) return false
  }
  return true
}

/** Makes those again that are not there, of all tables. */
export async function restoreIndexes(store: Store, bulk: Bulk, options: LoadOptions): Promise<void> {
  for (const { table, body } of await insisting(options, () => store.checkpoints(run))) {
    const { indexes } = JSON.parse(body) as { indexes: readonly SpareIndex[] }
    for (;;) {
      const missing = await without(table, indexes)
      if (missing.length === 0) break
      await unlessDone(
        () => insisting(options, () => bulk.createIndexes(table, missing)),
        async () => (await without(table, missing)).length < missing.length,
      )
    }
  }

  async function without(table: string, indexes: readonly SpareIndex[]): Promise<readonly SpareIndex[]> {
    const present = await insisting(options, () => bulk.spareIndexes(table))
    return indexes.filter(({ name }) => !present.some((one) => one.name === name))
  }
}

/** Two loaders change the same table, or what a killed one has left to its server still does. @throws what was thrown where it is not done */
async function unlessDone<T>(change: () => Promise<T>, done: () => Promise<boolean>): Promise<T | null> {
  try {
    return await change()
  } catch (error) {
    if (await done()) return null
    throw error
  }
}

/** Once nobody can drop one any more. */
export async function forgetIndexes(store: Store, options: LoadOptions): Promise<void> {
  await insisting(options, () => store.deleteCheckpoints(run))
}

async function keptOf(store: Store, table: string, options: LoadOptions): Promise<readonly SpareIndex[]> {
  const found = await insisting(options, () => store.checkpoints(run))
  const body = found.find((one) => one.table === table)?.body
  return body === undefined ? [] : (JSON.parse(body) as { indexes: readonly SpareIndex[] }).indexes
}

// Before a test writes behind twinwrite's back: all has arrived, and no apply is under way any more. One may be, for rows that another
// has brought already; a service that writes through twinwrite never notices, a plain DELETE of both sides would.

import { otherSide, type RunningMigration } from '@twinwrite/core'

type Quiet = Pick<RunningMigration, 'drain' | 'look' | 'status' | 'stores'>

/** @throws Error when the secondary does not follow */
export async function quiet(migration: Quiet): Promise<void> {
  if (!(await migration.drain({ timeoutMs: 20_000 }))) {
    const { primary, journal, blocked } = await migration.status()
    throw new Error(`the ${otherSide(primary)} does not follow: ${JSON.stringify({ journal, blocked })}`)
  }
  const { plan } = await migration.look()
  const store = migration.stores[otherSide(plan.primary)]
  const fence = await store.readFence()
  // Into what it is: the exclusive lock waits for those who hold the shared one.
  if (fence?.role === 'secondary') await store.changeFence(fence, fence, 5000)
}

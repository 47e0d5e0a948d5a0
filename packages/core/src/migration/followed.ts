// Since when every write of a side leaves a journal entry: a fact in its own database, written when the barrier is passed and removed
// before the side leaves its follower. What was loaded since then misses nothing; what was loaded before must begin anew (PROTOCOL 6.6).

import type { Checkpoint, Store } from '../store.ts'

const place = { run: 'followed', table: '*', part: 0 } as const

/** Keeps the first epoch: steps and switches in between leave no gap. */
export async function followed(primary: Store, epoch: number): Promise<void> {
  await primary.saveCheckpoint({ ...place, body: JSON.stringify({ since: epoch }) }, null)
}

export async function notFollowed(primary: Store): Promise<void> {
  await primary.deleteCheckpoints(place.run)
}

/** Epoch since which nothing was written without a journal entry; null while that is not certain. */
export async function followedSince(primary: Store): Promise<number | null> {
  const found = await primary.checkpoints(place.run)
  return found.map(sinceOf)[0] ?? null
}

function sinceOf({ body }: Checkpoint): number {
  return (JSON.parse(body) as { since: number }).since
}

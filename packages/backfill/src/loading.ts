// The role of a side that is filled without its follower. The loader first says so on the side that it fills, and then looks at the other
// one; a switch first freezes that one, and then looks here. One of the two always sees the other (Dekker). Upholds W8.

import {
  type Direction,
  insisting,
  type LoadOptions,
  type RunningMigration,
  stagePlan,
  TwinwriteError,
} from '@twinwrite/core'

/** Longest wait (ms) for applies that hold the fence. */
const lockTimeoutMs = 5000

/** From here on nothing is applied and the journal gathers. @returns the epoch of the fence that is loading */
export async function beginLoading(
  migration: RunningMigration,
  direction: Direction,
  options: LoadOptions,
): Promise<number> {
  const { primary, secondary } = direction
  for (;;) {
    const fence = await insisting(options, () => secondary.readFence())
    if (fence === null || (fence.role !== 'secondary' && fence.role !== 'loading')) throw moved(direction)
    if (fence.role === 'secondary') {
      const { role, epoch } = fence
      await insisting(options, () =>
        secondary.changeFence({ role, epoch }, { ...fence, role: 'loading' }, lockTimeoutMs),
      )
      continue
    }
    const other = await insisting(options, () => primary.readFence())
    if (other?.role === 'primary' && stagePlan(other.stage, migration.undo).journaled) return fence.epoch
    await endLoading(direction, options)
    throw moved(direction)
  }
}

/** Waits for chunks in flight; from here on the follower catches up. Harmless where the side is not loading. */
export async function endLoading({ secondary }: Direction, options: LoadOptions): Promise<void> {
  const fence = await insisting(options, () => secondary.readFence())
  if (fence?.role !== 'loading') return
  const { role, epoch } = fence
  await insisting(options, () =>
    secondary.changeFence({ role, epoch }, { ...fence, role: 'secondary' }, lockTimeoutMs),
  )
}

/** Not an error of anybody's: the side was being filled a moment ago, and is not any more. Never leaves the fast way. */
export class LoadingEnded extends Error {}

/**
 * Waits for applies under way. Rows that only the secondary has and that are there now may stay for ever; any that an apply brings
 * later was read after the barrier, so that its delete has a journal entry.
 */
export async function outwaitApplies(direction: Direction, options: LoadOptions): Promise<void> {
  const { secondary } = direction
  for (;;) {
    const fence = await insisting(options, () => secondary.readFence())
    if (fence?.role !== 'secondary') throw moved(direction)
    const { role, epoch } = fence
    if (await insisting(options, () => secondary.changeFence({ role, epoch }, fence, lockTimeoutMs))) return
  }
}

export function moved({ secondary }: Direction): TwinwriteError {
  return new TwinwriteError('TW_BACKFILL_RACED', `the ${secondary.side} does not follow any more`)
}

// Steps in which the primary stays and only who follows changes (PROTOCOL 6.6). Leaving source-only needs a
// barrier: its writers check no fence, so every live process must have seen the step between two transactions, or its
// lease must have run out, and transactions that are older must have ended (C27).

import type { Clock } from '../clock.ts'
import { TwinwriteError } from '../errors.ts'
import type { Stage } from '../stage.ts'
import type { Fence, Store } from '../store.ts'
import { raced } from './switch-steps.ts'

export interface FollowOptions {
  readonly clock: Clock
  readonly lockTimeoutMs: number
  /** Lease (ms) of unfenced writes; a process that has not been heard of for longer writes nothing before it looks. */
  readonly leaseMs: number
  /** Longest wait (ms) for the barrier. */
  readonly barrierTimeoutMs: number
}

/** Changes the stage of the primary's fence row. @throws TwinwriteError `TW_STAGE_RACED` */
export async function changeFollower(
  primary: Store,
  seen: Fence,
  stage: Stage,
  options: FollowOptions,
): Promise<Fence> {
  const next: Fence = { role: 'primary', epoch: seen.epoch + 1, stage }
  const changed = await primary.changeFence(
    { role: 'primary', epoch: seen.epoch },
    next,
    options.lockTimeoutMs,
  )
  if (!changed) throw raced()
  return next
}

/**
 * Waits until every write that may still leave no journal entry has ended.
 * @param knownMs how long (ms) ago the control tables were made: processes older than that may not be registered
 * @throws TwinwriteError `TW_BARRIER_TIMEOUT` naming the processes or sessions that did not pass
 */
export async function barrier(
  primary: Store,
  epoch: number,
  knownMs: number,
  options: FollowOptions,
): Promise<void> {
  const { clock, leaseMs, barrierTimeoutMs } = options
  const began = clock.now()
  const waitFor = async (what: () => Promise<string[]>): Promise<void> => {
    for (;;) {
      const left = await what()
      if (left.length === 0) return
      if (clock.now() - began >= barrierTimeoutMs) {
        throw new TwinwriteError('TW_BARRIER_TIMEOUT', `still unjournaled: ${left.join(', ')}`)
      }
      await clock.sleep(50)
    }
  }
  await waitFor(async () => {
    const seen = await primary.processes()
    const behind = seen.filter((process) => process.epoch < epoch && process.ageMs < leaseMs * 2)
    const unknown =
      knownMs + (clock.now() - began) < leaseMs * 2 ? ['processes that are not registered yet'] : []
    return [...behind.map((process) => `process ${process.pid} on ${process.host}`), ...unknown]
  })
  const mark = await primary.transactionMark()
  await waitFor(() => primary.olderTransactions(mark))
}

// Finishes what a dead controller left behind (PROTOCOL 6.4). Anybody may call it at any time: a side that is
// frozen goes back to primary, and when both sides have given up the switch is rolled forward. Upholds W8.

import type { Clock } from '../clock.ts'
import type { Reporter } from '../events.ts'
import { follows } from '../stage-view.ts'
import { otherSide, type Side, stagePlan } from '../stage.ts'
import type { Store } from '../store.ts'
import { switchId } from './switch-event.ts'
import { openPrimary } from './switch-steps.ts'

export type Recovery = 'nothing' | 'rolled-back' | 'rolled-forward'

export interface RecoverOptions {
  readonly clock: Clock
  readonly reporter: Reporter
  readonly lockTimeoutMs: number
  /** Recover a freeze only when the side is still frozen at this epoch: the one that was seen to hang. */
  readonly frozenEpoch?: number
}

/**
 * @returns what was done; `nothing` when no switch was under way or somebody else finished it first
 * @throws StoreError when a side that must be changed does not answer
 */
export async function recover(stores: Record<Side, Store>, options: RecoverOptions): Promise<Recovery> {
  const { clock, reporter, lockTimeoutMs } = options
  const tell = (done: Exclude<Recovery, 'nothing'>, epoch: number): void =>
    reporter.publish('twinwrite:recovered', { done, switchId: switchId(reporter.migration, epoch) })
  for (const side of ['source', 'target'] as const) {
    const fence = await stores[side].readFence()
    if (fence?.role !== 'frozen') continue
    if (options.frozenEpoch !== undefined && fence.epoch !== options.frozenEpoch) return 'nothing'
    const epoch = fence.epoch + 1
    const next = { role: 'primary', epoch, stage: fence.stage } as const
    if (!(await stores[side].changeFence({ role: 'frozen', epoch: fence.epoch }, next, lockTimeoutMs)))
      return 'nothing'
    tell('rolled-back', fence.epoch - 1)
    return 'rolled-back'
  }
  const [source, target] = await Promise.all([stores.source.readFence(), stores.target.readFence()])
  if (source === null || target === null || !follows(source) || !follows(target)) return 'nothing'
  if (source.epoch === target.epoch) return 'nothing'
  const gaveUp: Side = source.epoch > target.epoch ? 'source' : 'target'
  const decided = gaveUp === 'source' ? source : target
  if (stagePlan(decided.stage).primary !== otherSide(gaveUp)) return 'nothing'
  await openPrimary(stores[otherSide(gaveUp)], decided.epoch, decided.stage, clock, lockTimeoutMs)
  tell('rolled-forward', decided.epoch - 2)
  return 'rolled-forward'
}

// The switch of authority between the sides as a table of steps (PROTOCOL 6.2, 6.3). Every step is a compare-and-set
// on an epoch or can be repeated, so that the process that drives it may die between any two of them.
// Upholds W8. The way back is the same table with the sides exchanged.

import type { Clock } from '../clock.ts'
import { TwinwriteError } from '../errors.ts'
import type { Store } from '../store.ts'
import { StoreError } from '../store.ts'
import type { Stage } from '../stage.ts'
import { raiseCounters } from './raise-counters.ts'

export interface SwitchOptions {
  /** Longest wait (ms) of the freeze for open writes. */
  readonly freezeTimeoutMs: number
  /** Longest time (ms) that writes stay frozen before the switch gives up. */
  readonly drainTimeoutMs: number
  /** Distance between the largest id in use and the first one that the new primary gives. */
  readonly counterHeadroom: number
  /** Largest age (ms) of the oldest journal entry with which the freeze may begin. */
  readonly maxLagMs: number
}

export interface SwitchContext {
  readonly clock: Clock
  readonly options: SwitchOptions
  /** The side that gives up. */
  readonly from: Store
  /** The side that takes over. */
  readonly to: Store
  readonly fromStage: Stage
  readonly toStage: Stage
  /** Epoch of `from` before the switch. */
  readonly epoch: number
  /** Applies one page of the journal of `from`; returns its number of entries. */
  drainPage(): Promise<number>
  /** Reasons of the caller not to switch. */
  closed(): Promise<readonly string[]>
  /** Told for how long (ms) no write could commit, where the switch fails behind the begin of its freeze. */
  paused?(ms: number): void
}

export interface SwitchStep {
  readonly name: 'gates' | 'prepare' | 'freeze' | 'drain' | 'counters' | 'decide' | 'open'
  /** What a failure of this step means: nothing happened yet, undo the freeze, or go on until it is done. */
  readonly onFailure: 'nothing' | 'abort' | 'forward'
  run(context: SwitchContext): Promise<void>
}

export const switchSteps: readonly SwitchStep[] = [
  { name: 'gates', onFailure: 'nothing', run: gates },
  { name: 'prepare', onFailure: 'nothing', run: prepare },
  { name: 'freeze', onFailure: 'nothing', run: freeze },
  { name: 'drain', onFailure: 'abort', run: drain },
  {
    name: 'counters',
    onFailure: 'abort',
    run: ({ from, to, options }) => raiseCounters(from, to, options.counterHeadroom),
  },
  { name: 'decide', onFailure: 'abort', run: decide },
  { name: 'open', onFailure: 'forward', run: open },
]

async function gates(context: SwitchContext): Promise<void> {
  const { from, to, options } = context
  const state = await from.journalState()
  const closed = [...(await context.closed())]
  if (state.blocked > 0) closed.push(`${state.blocked} blocked keys`)
  if (state.marks.length > 0) closed.push(`table marks on ${state.marks.join(', ')}`)
  if (state.oldestMs !== null && state.oldestMs > options.maxLagMs)
    closed.push(`lag ${Math.round(state.oldestMs)} ms`)
  const fence = await to.readFence()
  if (fence === null) closed.push(`the ${to.side} is not installed`)
  else if (fence.role !== 'secondary') closed.push(`the ${to.side} says that it is ${fence.role}`)
  if (closed.length > 0) throw new TwinwriteError('TW_SWITCH_REFUSED', `closed gates: ${closed.join('; ')}`)
}

/** A journal that holds no more is emptied in one apply; where as much is written as is applied, waiting for that leads nowhere. */
const fewEntries = 50
const longestPrepareMs = 1000

/** Does ahead what would make the freeze longer. What comes in between is done in it. */
async function prepare(context: SwitchContext): Promise<void> {
  const { from, to, clock, options } = context
  const deadline = clock.now() + Math.min(options.drainTimeoutMs, longestPrepareMs)
  try {
    while (((await pageInTime(context, deadline)) ?? 0) >= fewEntries) if (clock.now() >= deadline) break
    // MySQL waits here for every transaction that has read the table. Twice, so that the freeze finds enough.
    await raiseCounters(from, to, options.counterHeadroom * 2)
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'transient') throw error
    throw new TwinwriteError('TW_SWITCH_REFUSED', `the ${error.side} is not ready: ${error.message}`, {
      cause: error,
    })
  }
}

async function freeze({ from, fromStage, epoch, options }: SwitchContext): Promise<void> {
  try {
    const next = { role: 'frozen', epoch: epoch + 1, stage: fromStage } as const
    if (await from.changeFence({ role: 'primary', epoch }, next, options.freezeTimeoutMs)) return
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'transient') throw error
    throw new TwinwriteError(
      'TW_SWITCH_TIMEOUT',
      `open writes did not end within ${options.freezeTimeoutMs} ms`,
      {
        cause: error,
      },
    )
  }
  throw raced()
}

/** Seen only now: a fast load that looks at `from` after this look sees the freeze, and ends before its first row. */
async function refuseWhileLoading({ to, closed }: SwitchContext): Promise<void> {
  const fence = await to.readFence()
  const reasons = fence?.role === 'loading' ? [`the ${to.side} is being loaded`] : await closed()
  if (reasons.length > 0)
    throw new TwinwriteError('TW_SWITCH_REFUSED', `closed meanwhile: ${reasons.join('; ')}`)
}

async function drain(context: SwitchContext): Promise<void> {
  const { from, epoch, clock, options } = context
  await refuseWhileLoading(context)
  const deadline = clock.now() + options.drainTimeoutMs
  let hindrance: StoreError | undefined
  for (;;) {
    try {
      if ((await pageInTime(context, deadline)) === 0) {
        const { entries, blocked, marks } = await from.journalState()
        if (blocked > 0)
          throw new TwinwriteError('TW_SWITCH_REFUSED', `${blocked} keys were blocked during the drain`)
        // By transactions that committed between the gates and the freeze.
        if (marks.length > 0)
          throw new TwinwriteError('TW_SWITCH_REFUSED', `table marks on ${marks.join(', ')}, set meanwhile`)
        if (entries === 0) return
        // Somebody else's entries rest after a failed try, or are being applied.
        await clock.sleep(2)
      }
    } catch (error) {
      // A deadlock, or rows that somebody holds locked: there is time for another try.
      if (!(error instanceof StoreError) || error.reason !== 'transient') throw error
      hindrance = error
    }
    const fence = await from.readFence()
    if (fence?.role !== 'frozen' || fence.epoch !== epoch + 1) throw raced()
    if (clock.now() >= deadline) {
      const why = hindrance === undefined ? '' : `: the ${hindrance.side}: ${hindrance.message}`
      throw new TwinwriteError(
        'TW_SWITCH_TIMEOUT',
        `the journal was not empty after ${options.drainTimeoutMs} ms${why}`,
        { cause: hindrance },
      )
    }
  }
}

/** Applies one page; null where that takes longer than there is time. It may go on behind the end of the switch, as any apply may. */
async function pageInTime({ drainPage, clock }: SwitchContext, deadline: number): Promise<number | null> {
  const ended = new AbortController()
  const late = clock.sleep(Math.max(0, deadline - clock.now()), ended.signal).then(
    () => null,
    () => null,
  )
  const page = drainPage()
  try {
    return await Promise.race([page, late])
  } finally {
    ended.abort()
    page.catch(() => undefined)
  }
}

/** The only decision point: either this compare-and-set or that of an abort wins. */
async function decide({ from, toStage, epoch, options }: SwitchContext): Promise<void> {
  const next = { role: 'secondary', epoch: epoch + 2, stage: toStage } as const
  if (!(await from.changeFence({ role: 'frozen', epoch: epoch + 1 }, next, options.freezeTimeoutMs)))
    throw raced()
}

/** Waits for applies in flight, and goes on until it is done by anybody. */
async function open({ to, toStage, epoch, clock, options }: SwitchContext): Promise<void> {
  await openPrimary(to, epoch + 2, toStage, clock, options.freezeTimeoutMs)
}

export async function openPrimary(
  store: Store,
  epoch: number,
  stage: Stage,
  clock: Clock,
  lockTimeoutMs: number,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await store.changeFence({ epochBelow: epoch }, { role: 'primary', epoch, stage }, lockTimeoutMs)
      return
    } catch (error) {
      const again = error instanceof StoreError && (error.reason === 'transient' || error.reason === 'lost')
      if (!again || tries >= 20) throw error
      await clock.sleep(10 * tries)
    }
  }
}

export function raced(): TwinwriteError {
  return new TwinwriteError('TW_STAGE_RACED', 'the fence was changed by somebody else')
}

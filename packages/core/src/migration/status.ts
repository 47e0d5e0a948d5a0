// What status() tells: one picture of the migration as this process and both databases see it.

import type { BreakerState } from '../apply/breaker.ts'
import type { EngineName } from '../catalog.ts'
import type { Counters, Reporter } from '../events.ts'
import type { MappingProblem } from '../mapping/problem.ts'
import type { DifferingShape } from '../reads/differing-shapes.ts'
import type { Follower } from '../relay/follower.ts'
import type { StageState, StageView } from '../stage-view.ts'
import type { Side, Stage } from '../stage.ts'
import { orElse } from './coded.ts'
import { lastHeard } from './fleet.ts'
import type { Heard } from './heard-stage.ts'
import {
  type BlockedKey,
  type Fence,
  type JournalState,
  type Mark,
  type ProcessSeen,
  type Store,
  StoreError,
} from '../store.ts'

export interface SideStatus {
  readonly engine: EngineName
  readonly reachable: boolean
  /** Null: not installed there, or not reachable. */
  readonly fence: Fence | null
  /** Why the side can't be used, in the words of its driver. */
  readonly error: string | null
}

export interface ProcessStatus {
  readonly id: string
  /** Null before the first look at the fence rows. */
  readonly stage: Stage | null
  readonly epoch: number
  readonly frozen: boolean
  readonly breaker: BreakerState
  /** Rows written here that wait for their first apply. */
  readonly queued: number
  readonly counters: Counters
}

export interface Status {
  readonly migration: string
  readonly stage: Stage
  readonly primary: Side
  readonly epoch: number
  /** A switch is under way: nobody may write. */
  readonly frozen: boolean
  readonly installed: boolean
  readonly source: SideStatus
  readonly target: SideStatus
  /** The primary's journal; null when it can't be read. */
  readonly journal: JournalState | null
  /** Age (ms) of the oldest entry; 0 when the journal is empty, null when it can't be read. */
  readonly lagMs: number | null
  readonly blocked: readonly BlockedKey[]
  /** The oldest table marks with their reasons; `load()` settles them. */
  readonly marks: readonly Mark[]
  /** What is wrong with the mapping; empty when it is resolved without a remark. */
  readonly problems: readonly MappingProblem[]
  /** What the stage source of this process said; null without one. */
  readonly heard: Heard | null
  /** Of the fleet, as far as both sides answer; those that were not heard of for a day are forgotten. */
  readonly processes: readonly ProcessSeen[]
  /** Of this process: percentage of the ramp, and the latest distinct shadow reads that differed. Null without the option `reads`. */
  readonly reads: { readonly percent: number | null; readonly differing: readonly DifferingShape[] } | null
  /** Of this process. */
  readonly process: ProcessStatus
}

export function processStatus(view: StageView, follower: Follower, reporter: Reporter): ProcessStatus {
  const { current } = view
  return {
    id: view.processId,
    stage: current?.stage ?? null,
    epoch: current?.epoch ?? 0,
    frozen: current?.frozen ?? false,
    breaker: follower.breaker,
    queued: follower.queued,
    counters: { ...reporter.counters },
  }
}

/** What is known without asking a database, beside its stores. */
export type Known = Pick<Status, 'problems' | 'heard' | 'reads' | 'process'> & {
  readonly name: string
  readonly stores: Readonly<Record<Side, Store>>
  readonly engines: Readonly<Record<Side, EngineName>>
  /** Whose rows tell journal, blocked rows and marks. */
  readonly keeper: Store
}

/** Asks both sides at once; what does not answer is told as such. */
export async function statusOf(state: StageState, known: Known): Promise<Status> {
  const { stage, plan, epoch, frozen, installed } = state
  const { name, stores, engines, keeper, problems, heard, reads, process } = known
  const [source, target, journal, blocked, marks, ...processes] = await Promise.all([
    sideStatus(stores.source, engines.source),
    sideStatus(stores.target, engines.target),
    installed ? orElse(keeper.journalState(), null) : null,
    installed ? orElse(keeper.blocked(20), []) : [],
    installed ? orElse(keeper.marks(20), []) : [],
    installed ? orElse(stores.source.processes(), []) : [],
    installed ? orElse(stores.target.processes(), []) : [],
  ])
  return {
    migration: name,
    stage,
    primary: plan.primary,
    epoch,
    frozen,
    installed,
    source,
    target,
    journal,
    lagMs: journal === null ? null : (journal.oldestMs ?? 0),
    blocked,
    marks,
    problems,
    heard,
    processes: lastHeard(...processes),
    reads,
    process: { ...process, stage, epoch, frozen },
  }
}

async function sideStatus(store: Store, engine: EngineName): Promise<SideStatus> {
  try {
    return { engine, reachable: true, fence: await store.readFence(), error: null }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return { engine, reachable: error.reason !== 'lost', fence: null, error: error.message }
  }
}

// What happens inside, published through diagnostics_channel (3 ns when nobody listens) and counted for status().
// A bridge to OpenTelemetry or Prometheus subscribes to the channels and reads the counters.

import { type Channel, channel } from 'node:diagnostics_channel'
import type { BreakerState } from './apply/breaker.ts'
import type { ErrorCode } from './errors.ts'
import type { ShadowOutcome } from './reads/shadow-reads.ts'
import type { Side, Stage } from './stage.ts'
import type { SwitchEvent } from './switch/switch-event.ts'

/** Payload by channel; every payload also names the migration. Durations in milliseconds. */
export interface Events {
  /** A captured write has committed. */
  'twinwrite:write': { side: Side; changes: number }
  /** The fence refused a write, which was rolled back. */
  'twinwrite:refused': { side: Side; epoch: number }
  /** A statement of the app ended with an error of ours; the adapter may run it again where the stage has moved. */
  'twinwrite:rejected': { side: Side; code: ErrorCode }
  /** A write waited for the end of a switch; `ended` tells whether it came in time. */
  'twinwrite:waited': { ms: number; ended: boolean; switchId: string | null }
  /** A batch reached the secondary. */
  'twinwrite:apply': { rows: number; ms: number; by: 'writer' | 'relay' | 'drain' | 'load' }
  /** A batch did not reach the secondary; the journal still holds it. */
  'twinwrite:apply-failed': { rows: number; reason: string; message: string }
  /** A row was parked: the secondary does not accept it. */
  'twinwrite:blocked': { table: string; key: string; reason: string }
  'twinwrite:breaker': { state: BreakerState }
  /** This process has seen another stage or epoch. */
  'twinwrite:stage': { stage: Stage; epoch: number; frozen: boolean; switchId: string | null }
  'twinwrite:switch': SwitchEvent
  /** A switch whose controller was lost was finished by this process. */
  'twinwrite:recovered': { done: 'rolled-back' | 'rolled-forward'; switchId: string }
  /** A step that keeps the primary: it begins, waits for its barrier, has passed it, is done, or ends with an error. `ms` since it began. */
  'twinwrite:step': {
    step: 'begun' | 'barrier' | 'passed' | 'done' | 'failed'
    from: Stage
    to: Stage
    ms: number
    message?: string
  }
  /**
   * A sampled read of the app ran on the side that follows, too. `shape`: text without values, or model and operation; null where it
   * was skipped before anybody asked. `path` and `values`: where the answers differ.
   */
  'twinwrite:shadow-read': {
    outcome: ShadowOutcome
    shape: string | null
    primaryMs: number
    secondaryMs: number | null
    path: string | null
    values: { primary: string; secondary: string } | null
  }
  /** A read of the ramp went to the target first. */
  'twinwrite:ramped-read': { outcome: 'served' | 'fell-back'; shape: string; reason: string | null }
  /** Something that needs attention but stops nothing. */
  'twinwrite:warning': { code: ErrorCode; message: string }
}

export type EventName = keyof Events

export interface Counters {
  /** Captured write transactions and the rows they touched. */
  writes: number
  changes: number
  /** Write transactions that the fence refused. */
  refused: number
  /** Batches and rows that reached the secondary from this process, and the milliseconds spent. */
  applies: number
  rows: number
  applyMs: number
  applyFailures: number
  blocked: number
  /** Shadow reads by what came of them. */
  shadowEqual: number
  shadowDifferent: number
  shadowFailed: number
  shadowSkipped: number
  shadowRaced: number
  /** Reads of the ramp that the target answered, and those that the primary had to. */
  rampServed: number
  rampFellBack: number
}

const channels = new Map<EventName, Channel>()

function channelOf(name: EventName): Channel {
  let found = channels.get(name)
  if (found === undefined) channels.set(name, (found = channel(name)))
  return found
}

/** Publishes the events of one migration and counts them. */
export class Reporter {
  readonly counters: Counters = {
    writes: 0,
    changes: 0,
    refused: 0,
    applies: 0,
    rows: 0,
    applyMs: 0,
    applyFailures: 0,
    blocked: 0,
    shadowEqual: 0,
    shadowDifferent: 0,
    shadowFailed: 0,
    shadowSkipped: 0,
    shadowRaced: 0,
    rampServed: 0,
    rampFellBack: 0,
  }
  readonly migration: string

  constructor(migration: string) {
    this.migration = migration
  }

  publish<N extends EventName>(name: N, payload: Events[N]): void {
    count[name]?.(this.counters, payload)
    const target = channelOf(name)
    if (target.hasSubscribers) target.publish({ migration: this.migration, ...payload })
  }
}

const shadowCounter = {
  equal: 'shadowEqual',
  different: 'shadowDifferent',
  failed: 'shadowFailed',
  skipped: 'shadowSkipped',
  raced: 'shadowRaced',
} as const satisfies Record<ShadowOutcome, keyof Counters>

const count: { readonly [N in EventName]?: (counters: Counters, payload: Events[N]) => void } = {
  'twinwrite:write': (counters, { changes }) => {
    counters.writes++
    counters.changes += changes
  },
  'twinwrite:refused': (counters) => {
    counters.refused++
  },
  'twinwrite:apply': (counters, { rows, ms }) => {
    counters.applies++
    counters.rows += rows
    counters.applyMs += ms
  },
  'twinwrite:apply-failed': (counters) => {
    counters.applyFailures++
  },
  'twinwrite:blocked': (counters) => {
    counters.blocked++
  },
  'twinwrite:shadow-read': (counters, { outcome }) => {
    counters[shadowCounter[outcome]]++
  },
  'twinwrite:ramped-read': (counters, { outcome }) => {
    counters[outcome === 'served' ? 'rampServed' : 'rampFellBack']++
  },
}

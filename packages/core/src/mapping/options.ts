// How a migration behaves: every option of the migration other than its tables, with units, defaults and limits.
// All durations are milliseconds.

import { z } from 'zod'
import { type ReadOptions, type ReadSettings, readShape } from '../reads/read-options.ts'
import type { StageSource } from '../stage-source.ts'
import { flag, milliseconds, oneOf, options, wholeNumber } from './option-schema.ts'

/** Options of a migration; each may be left out. */
export interface MigrationOptions {
  /** Whether the source keeps following in `target-only`, so that the step back stays open. Default: false. */
  readonly undo?: boolean
  /**
   * Whether writes check the fence in `source-only` and `target-only` too. Costs a statement per write transaction, and spares
   * the barrier out of `source-only` its wait for leases. Default: false. Not with level `unjournaled`.
   */
  readonly armed?: boolean
  /**
   * - `journaled` (default): touched keys are written to the journal in the business transaction; nothing is lost
   * - `strict`: as `journaled`, and a row that the secondary rejects fails before the primary commits
   * - `unjournaled`: no table is made in the source; a crash loses keys until a verify repairs them
   */
  readonly level?: 'journaled' | 'strict' | 'unjournaled'
  /** Whether a write waits for its apply (at most `applyBudgetMs`) or answers first. Default: `background`. */
  readonly apply?: 'background' | 'await'
  /**
   * What becomes of a statement on a mapped table whose keys cannot be found exactly: `refuse` (default) throws TW_CAPTURE_REFUSED
   * before it runs; `mark` runs it and marks every table that it may write, which then needs a `load()` before a switch.
   */
  readonly uncaptured?: 'refuse' | 'mark'
  /** Longest time (ms) that one write waits for its apply. Default: 300. */
  readonly applyBudgetMs?: number
  /** Most rows in one apply. Default: 500. */
  readonly batchSize?: number
  /** Applies of this process's own writes under way at once. Default: 2. */
  readonly appliers?: number
  /** Time (ms) between two looks into the journal: `min` while there is work, `max` at rest. Default: 20 and 1000. */
  readonly pollMs?: { readonly min?: number; readonly max?: number }
  /** Time (ms) for which one look at the stage allows writes without a fence check. At least twice `beatMs`. Default: 3000. */
  readonly leaseMs?: number
  /** Time (ms) between two looks at the stage, each of which also tells the fleet that this process lives. Default: 1000. */
  readonly beatMs?: number
  /** Longest time (ms) that a switch waits for open write transactions before it gives up. Default: 2000. */
  readonly freezeTimeoutMs?: number
  /** Longest time (ms) that a switch waits for an empty journal before it goes back. Default: 5000. */
  readonly drainTimeoutMs?: number
  /** Longest time (ms) that a write waits for the end of a switch before TW_STAGE_FROZEN. Default: 10000. */
  readonly writeWaitMs?: number
  /**
   * After this many consecutive `failures` (default 3) writes stop trying the secondary, and one probe every `probeMs`
   * (default 1000) finds out when it is back. The journal holds what was written meanwhile.
   */
  readonly breaker?: { readonly failures?: number; readonly probeMs?: number }
  /** Tries after which a row that the secondary rejects is blocked. Default: 5. */
  readonly attempts?: number
  /** Longest time (ms) that closing waits for applies under way. Default: 5000. */
  readonly shutdownMs?: number
  /** Ids left free above the largest one on both sides when a switch moves the counters. Default: 1000. */
  readonly counterHeadroom?: number
  /** Where processes hear of a step at once (see @twinwrite/control). Default: none, they look at the databases every `beatMs`. */
  readonly stageSource?: StageSource | null
  /** How reads use the side that follows: sampled shadow reads, and a ramp. Default: null, not at all. */
  readonly reads?: ReadOptions | null
  /** Where our own tables stand: before each name (default `_tw_`), and in which schema (default: the connection's). */
  readonly controlTables?: { readonly prefix?: string; readonly schema?: string | null }
}

/** The options with every default filled in. */
export interface MigrationSettings {
  readonly undo: boolean
  readonly armed: boolean
  readonly level: 'journaled' | 'strict' | 'unjournaled'
  readonly apply: 'background' | 'await'
  readonly uncaptured: 'refuse' | 'mark'
  readonly applyBudgetMs: number
  readonly batchSize: number
  readonly appliers: number
  readonly pollMs: { readonly min: number; readonly max: number }
  readonly leaseMs: number
  readonly beatMs: number
  readonly freezeTimeoutMs: number
  readonly drainTimeoutMs: number
  readonly writeWaitMs: number
  readonly breaker: { readonly failures: number; readonly probeMs: number }
  readonly attempts: number
  readonly shutdownMs: number
  readonly counterHeadroom: number
  readonly stageSource: StageSource | null
  readonly reads: ReadSettings | null
  readonly controlTables: { readonly prefix: string; readonly schema: string | null }
}

function isStageSource(value: unknown): boolean {
  const { name, get, watch } = Object(value) as Partial<StageSource>
  return typeof name === 'string' && typeof get === 'function' && typeof watch === 'function'
}

const prefix = 'up to 20 letters, digits and underscores that do not begin with a digit'
const schemaName = 'the name of a schema, or null'

/** Schema of each option, for the migration's own schema. */
export const optionShape = {
  undo: flag().default(false),
  armed: flag().default(false),
  level: oneOf(['journaled', 'strict', 'unjournaled']).default('journaled'),
  apply: oneOf(['background', 'await']).default('background'),
  uncaptured: oneOf(['refuse', 'mark']).default('refuse'),
  applyBudgetMs: milliseconds(1).default(300),
  batchSize: wholeNumber('rows', 1, 10_000).default(500),
  appliers: wholeNumber('applies at once', 1, 64).default(2),
  pollMs: options(
    { min: milliseconds(1).default(100), max: milliseconds(1).default(1000) },
    'an object { min?, max? }',
  ).prefault({}),
  leaseMs: milliseconds(1).default(3000),
  beatMs: milliseconds(1).default(1000),
  freezeTimeoutMs: milliseconds(1).default(2000),
  drainTimeoutMs: milliseconds(1).default(5000),
  writeWaitMs: milliseconds(0).default(10_000),
  breaker: options(
    { failures: wholeNumber('failures', 1).default(3), probeMs: milliseconds(1).default(1000) },
    'an object { failures?, probeMs? }',
  ).prefault({}),
  attempts: wholeNumber('tries', 1).default(5),
  shutdownMs: milliseconds(0).default(5000),
  counterHeadroom: wholeNumber('ids', 0).default(1000),
  stageSource: z
    .custom<StageSource>(isStageSource, { error: 'a stage source with get() and watch(), or null' })
    .nullable()
    .default(null),
  reads: readShape,
  controlTables: options(
    {
      prefix: z
        .string({ error: prefix })
        .regex(/^[A-Za-z_]\w{0,19}$/, { error: prefix })
        .default('_tw_'),
      schema: z.string({ error: schemaName }).min(1, { error: schemaName }).nullable().default(null),
    },
    'an object { prefix?, schema? }',
  ).prefault({}),
}

/** What no single option can say; the path names the option to mend. */
export function optionConflicts(
  settings: MigrationSettings,
): { readonly path: string[]; readonly message: string }[] {
  const conflicts: { path: string[]; message: string }[] = []
  if (settings.leaseMs < 2 * settings.beatMs) {
    conflicts.push({
      path: ['leaseMs'],
      message: `${settings.leaseMs} is less than twice beatMs (${settings.beatMs}), so one late beat would stop all writes`,
    })
  }
  if (settings.pollMs.min > settings.pollMs.max) {
    conflicts.push({
      path: ['pollMs', 'min'],
      message: `${settings.pollMs.min} is more than pollMs.max (${settings.pollMs.max})`,
    })
  }
  if (settings.armed && settings.level === 'unjournaled') {
    conflicts.push({
      path: ['armed'],
      message: 'level "unjournaled" makes no fence in the source that could be checked; leave `armed` out',
    })
  }
  if (settings.uncaptured === 'mark' && settings.level === 'unjournaled') {
    conflicts.push({
      path: ['uncaptured'],
      message:
        'level "unjournaled" makes no table in the source that could hold marks; leave `uncaptured` out',
    })
  }
  if (settings.reads?.ramp && settings.level === 'unjournaled') {
    conflicts.push({
      path: ['reads', 'ramp'],
      message:
        'level "unjournaled" can\'t tell when what this process wrote has reached the target; leave `ramp` out',
    })
  }
  return conflicts
}

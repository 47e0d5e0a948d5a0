// The gates before each step. A step forward asks for all that would hurt afterwards; the way back asks only for what would lose rows,
// so that it is open when it is needed.

import { type BackfillSeen, backfillSeen } from '@twinwrite/backfill'
import {
  followedSince,
  otherSide,
  packageVersion,
  processState,
  readCounts,
  type ProcessSeen,
  type RunningMigration,
  type Stage,
  stagePlan,
  stages,
  type Status,
  StoreError,
  TwinwriteError,
} from '@twinwrite/core'
import { lastVerified, type VerifiedSeen } from '@twinwrite/verify'
import { duration } from './duration.ts'
import { type Gate, gate, type GateName } from './gate.ts'
import type { Limits } from './limits.ts'

/**
 * - `follow`: somebody begins to follow, or the barrier of that is to be passed once more; `withdraw`: back to where nobody does, or to a stage with a way back
 * - `forward`, `back`: authority moves to the target, or to the source
 * - `retire`: the source is left behind
 */
export type StepKind = 'follow' | 'forward' | 'back' | 'retire' | 'withdraw'

export function stepKind(from: Stage, to: Stage, undo: boolean): StepKind {
  const [before, after] = [stagePlan(from, undo), stagePlan(to, undo)]
  if (from === to) return 'follow'
  if (before.primary !== after.primary) return after.primary === 'target' ? 'forward' : 'back'
  if (stages.indexOf(to) < stages.indexOf(from)) return 'withdraw'
  return before.journaled ? 'retire' : 'follow'
}

const losing: readonly GateName[] = ['marks', 'blocked', 'lag']

const asked: Record<StepKind, readonly GateName[]> = {
  follow: ['reachable', 'mapping', 'versions'],
  forward: [
    'reachable',
    'mapping',
    'processes',
    'versions',
    'backfill',
    'verified',
    'mismatches',
    'reads',
    ...losing,
    'counters',
  ],
  back: ['reachable', ...losing, 'counters'],
  retire: ['processes', 'versions', 'verified', 'mismatches', ...losing],
  withdraw: [],
}

/** Gates that the switch itself keeps, whoever asks for it. */
export const unforced: ReadonlySet<GateName> = new Set(['reachable', 'mapping', ...losing])

/** The gates before a step, in the order in which one would open them. @throws TwinwriteError `TW_STAGE_STEP`, `TW_UNREACHABLE` */
export async function gatesBefore(migration: RunningMigration, to: Stage, limits: Limits): Promise<Gate[]> {
  const status = await migration.status()
  const { stage: from } = status
  if (from !== to && !stagePlan(from, migration.undo).neighbours.includes(to))
    throw new TwinwriteError('TW_STAGE_STEP', `no step from ${from} to ${to}`)
  const facts: Facts = { migration, status, limits, to }
  const names = asked[stepKind(from, to, migration.undo)]
  return Promise.all(names.map(async (name) => looks[name](facts)))
}

interface Facts {
  readonly migration: RunningMigration
  readonly status: Status
  readonly limits: Limits
  readonly to: Stage
}

const looks: Record<GateName, (facts: Facts) => Gate | Promise<Gate>> = {
  reachable: ({ status }) => {
    const away = (['source', 'target'] as const).filter((side) => !status[side].reachable)
    const seen =
      away.length === 0
        ? 'both sides answer'
        : away.map((side) => `the ${side} does not answer: ${status[side].error}`).join(', ')
    return gate('reachable', away.length === 0, seen, 'both sides', 'Mend the connection or the server.')
  },
  mapping: async ({ migration }) => {
    const problems = await migration.check()
    const errors = problems.filter(({ severity }) => severity === 'error')
    const seen = errors.length === 0 ? 'no error' : errors.map(({ message }) => message).join('; ')
    return gate('mapping', errors.length === 0, seen, 'no error', 'See `twinwrite plan`.')
  },
  processes: ({ status, limits }) => {
    const live = liveProcesses(status, limits)
    const behind = live.filter((process) => processState(process, status.epoch, limits.silentMs) === 'behind')
    const seen =
      behind.length === 0
        ? `${live.length} live, none behind`
        : `behind: ${behind.map(processText).join(', ')}`
    const hint = 'Wait for the next beat of each, or end those that hang.'
    return gate('processes', behind.length === 0, seen, `all live processes at epoch ${status.epoch}`, hint)
  },
  versions: ({ status, limits }) => {
    const versions = new Set([packageVersion, ...liveProcesses(status, limits).map(({ version }) => version)])
    const open = versions.size === 1
    return gate(
      'versions',
      open,
      [...versions].join(' and '),
      'one version',
      'Finish the rollout of one version first.',
    )
  },
  backfill: async ({ migration }) => {
    const [seen, since] = await Promise.all([
      backfillSeen(migration, 'target'),
      followedSince(migration.stores.source),
    ])
    const open = isLoaded(seen, since)
    return gate(
      'backfill',
      open,
      backfillText(seen, since),
      'a finished one',
      'Run `twinwrite backfill` to its end.',
    )
  },
  verified: async ({ migration, status, limits }) => {
    const [found, since] = await Promise.all([
      lastVerified(migration),
      followedSince(migration.stores.source),
    ])
    const full = found.find(({ mode }) => mode === 'full')
    const open =
      full !== undefined &&
      full.clean &&
      full.reverse &&
      full.primary === status.primary &&
      full.since !== null &&
      full.since === since &&
      full.ageMs <= limits.verifiedMs
    const wanted = `a clean full and reverse verification with the ${status.primary} as primary, younger than ${duration(limits.verifiedMs)}`
    return gate(
      'verified',
      open,
      verifiedText(full, since),
      wanted,
      'Run `twinwrite verify --full --reverse`.',
    )
  },
  mismatches: async ({ migration }) => {
    // Those of a table that is mapped no more could not be repaired.
    const tables = migration.tables.map(({ mapping }) => mapping)
    const [open] = await migration.stores.target.mismatches(1, { tables })
    const seen = open === undefined ? 'none' : `${open.kind} ${open.table} ${open.key}`
    return gate('mismatches', open === undefined, seen, 'no open mismatch', 'Run `twinwrite repair`.')
  },
  reads: async ({ migration, limits }) => {
    const { readMismatches, readSamples, readPeriodMs } = limits
    if (!migration.shadowsReads) return gate('reads', true, 'no shadow reads', 'nothing without them', '')
    const { compared, different } = await readCounts(migration.stores.target, readPeriodMs)
    const open = compared >= readSamples && different <= readMismatches * compared
    const hint =
      compared < readSamples
        ? 'Wait for more reads, or raise `reads.shadow.rate`.'
        : 'See `reads.differing` of the status of each process, and repair, or ignore what may differ.'
    const seen = `${different} of ${compared} shadow reads differ in ${duration(readPeriodMs)}`
    return gate('reads', open, seen, `at most ${readMismatches * 100}% of at least ${readSamples}`, hint)
  },
  marks: ({ status: { journal } }) => {
    const seen = journal === null ? 'the journal does not answer' : textOf(journal.marks)
    return gate(
      'marks',
      journal?.marks.length === 0,
      seen,
      'no table mark',
      'Run `twinwrite backfill`, which settles them.',
    )
  },
  blocked: ({ status: { journal } }) => {
    const seen = journal === null ? 'the journal does not answer' : `${journal.blocked}`
    return gate('blocked', journal?.blocked === 0, seen, 'no blocked row', 'See `twinwrite blocked`.')
  },
  lag: ({ status: { lagMs }, limits }) => {
    const seen = lagMs === null ? 'the journal does not answer' : duration(lagMs)
    const open = lagMs !== null && lagMs <= limits.lagMs
    return gate(
      'lag',
      open,
      seen,
      `at most ${duration(limits.lagMs)}`,
      'Wait, or run `twinwrite relay` beside the processes.',
    )
  },
  counters: async ({ migration, status, to }) => {
    const takes = stagePlan(to, migration.undo).primary
    try {
      const [own, given] = await Promise.all([
        migration.stores[takes].counters(),
        migration.stores[otherSide(takes)].counters(),
      ])
      const raised = own.filter(({ table, next }) => {
        const max = given.find((counter) => counter.table === table)?.max ?? null
        return next !== null && max !== null && next <= max
      })
      const seen =
        raised.length === 0 ? 'ahead' : `the switch raises ${textOf(raised.map(({ table }) => table))}`
      return gate('counters', true, seen, `counters of the ${takes} that can be read`, '')
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return gate(
        'counters',
        false,
        error.message,
        `counters that can be read (${status.stage})`,
        'Grant the rights that `twinwrite doctor` names.',
      )
    }
  },
}

/** A loaded target, or none that a backfill was to load: then the verification has to say all. */
export function isLoaded(seen: BackfillSeen | null, since: number | null): boolean {
  return seen === null || (seen.state === 'finished' && seen.since === since)
}

export function backfillText(seen: BackfillSeen | null, since: number | null): string {
  if (seen === null) return 'none was begun; what the verification says counts'
  if (seen.state !== 'finished') return `${seen.state}, not loaded: ${textOf(seen.left)}`
  return seen.since === since ? seen.state : 'finished before a time without journal'
}

function verifiedText(full: VerifiedSeen | undefined, since: number | null): string {
  if (full === undefined) return 'none'
  if (since === null || full.since !== since) return 'one from before a time without journal'
  const clean = full.clean ? 'clean' : 'not clean'
  const reverse = full.reverse ? '' : ', without reverse'
  return `${clean}${reverse}, ${duration(full.ageMs)} ago, ${full.primary} primary`
}

export function liveProcesses({ processes, epoch }: Status, { silentMs }: Limits): readonly ProcessSeen[] {
  return processes.filter((process) => processState(process, epoch, silentMs) !== 'silent')
}

export function processText({ host, pid, stage, orm }: ProcessSeen): string {
  return `pid ${pid} on ${host} (${orm}) in ${stage}`
}

function textOf(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}

import { setTimeout as sleep } from 'node:timers/promises'
import { buildCommand } from '@stricli/core'
import { type BackfillSeen, backfillSeen } from '@twinwrite/backfill'
import { limitsOf } from '@twinwrite/control'
import {
  type Heard,
  otherSide,
  type RunningMigration,
  shownSpec,
  type Side,
  type Status,
  StoreError,
  TwinwriteError,
} from '@twinwrite/core'
import { lastVerified, type Verified } from '@twinwrite/verify'
import type { ResolvedEntry } from '../config.ts'
import type { Context } from '../context.ts'
import { type CommonFlags, commonAliases, commonFlags, operate } from '../operation.ts'
import { print } from '../print.ts'
import { columns, count, counted, duration } from '../text.ts'
import { backfillView } from './backfill-progress.ts'
import { fleetRows, fleetText, type ProcessShown, shownProcesses } from './fleet.ts'

interface Flags extends CommonFlags {
  readonly watch: boolean
}

const watchMs = 1_000
const clearScreen = '\u001b[H\u001b[J'

export const status = buildCommand<Flags, [], Context>({
  docs: { brief: 'Where the migration stands, in one picture' },
  parameters: {
    flags: {
      ...commonFlags,
      watch: {
        kind: 'boolean',
        default: false,
        brief: 'Again every second, until Ctrl-C',
        withNegated: false,
      },
    },
    aliases: { ...commonAliases, w: 'watch' },
  },
  func(flags) {
    return operate(this, flags, async ({ migration, entry, context }) => {
      while (flags.watch && !context.ending.aborted) {
        const seen = await look(migration, entry)
        if (context.terminal && !flags.json) context.process.stdout.write(clearScreen)
        print(context, flags.json ? JSON.stringify(seen) : picture(seen, entry))
        await sleep(watchMs, undefined, { signal: context.ending }).catch(() => undefined)
      }
      if (flags.watch) return { data: undefined, text: '' }
      const seen = await look(migration, entry)
      return { data: seen, text: picture(seen, entry) }
    })
  },
})

interface Picture extends Omit<Status, 'processes'> {
  readonly processes: readonly ProcessShown[]
  /** Null where none was begun, or the side that is filled does not answer. */
  readonly backfill: BackfillSeen | null
  /** The last whole verification of each mode. */
  readonly verified: readonly Verified[]
  /** Confirmed and not repaired; null where the target does not answer. */
  readonly openMismatches: number | null
}

async function look(migration: RunningMigration, entry: ResolvedEntry): Promise<Picture> {
  const seen = await migration.status()
  const filled = otherSide(seen.primary)
  const tables = migration.tables.map(({ mapping }) => mapping)
  const [backfill, verified, mismatches, heard] = await Promise.all([
    seen[filled].reachable ? orElse(backfillSeen(migration, filled), null) : null,
    seen.target.reachable ? orElse(lastVerified(migration), []) : [],
    seen.target.reachable ? orElse(migration.stores.target.countMismatches({ tables }), null) : null,
    heardNow(entry),
  ])
  const processes = shownProcesses(seen, limitsOf(entry.gates).silentMs)
  return { ...seen, processes, heard, backfill, verified, openMismatches: mismatches }
}

/** What the stage source says to us: an operator listens to none. */
async function heardNow({ migration }: ResolvedEntry): Promise<Heard | null> {
  const { stageSource, name } = migration.migration
  if (stageSource === null) return null
  const source = stageSource.name
  try {
    return { source, stage: await stageSource.get(name), trouble: null }
  } catch (error) {
    const trouble = error instanceof TwinwriteError ? error.what : (error as Error).message
    return { source, stage: null, trouble }
  }
}

/** The value, or `otherwise` where the side does not answer. */
async function orElse<T>(value: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await value
  } catch (error) {
    if (error instanceof StoreError) return otherwise
    throw error
  }
}

function picture(seen: Picture, entry: ResolvedEntry): string {
  const frozen = seen.frozen ? ', frozen: a switch is under way' : ''
  const head = `${seen.migration}: ${seen.installed ? seen.stage : 'not installed'}, epoch ${seen.epoch}${frozen}`
  const rows = [
    ['source', sideText(seen, entry, 'source')],
    ['target', sideText(seen, entry, 'target')],
    ['journal', journalText(seen)],
    ...(seen.heard === null ? [] : [['heard', heardText(seen.heard)]]),
    ...seen.blocked.map(({ table, key, reason }) => ['blocked', `${table} ${key}: ${reason}`]),
    ...seen.marks.map(({ table, reason }) => ['mark', `${table}: ${reason}`]),
    ...seen.problems.map(({ code, message }) => ['mapping', `${code}: ${message}`]),
    ...backfillRows(seen.backfill),
    ...seen.verified.map((verified) => ['verified', verifiedText(verified)]),
    ...((seen.openMismatches ?? 0) > 0 ? [['open', openText(seen.openMismatches!)]] : []),
    ['processes', fleetText(seen.processes)],
  ]
  const fleet = fleetRows(seen.processes)
  return [head, columns(rows, '  '), ...(fleet.length === 0 ? [] : ['', columns(fleet, '  ')])].join('\n')
}

function heardText({ source, stage, trouble }: Heard): string {
  return `${source}: ${trouble ?? stage ?? 'says nothing'}`
}

function backfillRows(seen: BackfillSeen | null): string[][] {
  if (seen === null) return []
  const { state, tables, left: unloaded } = seen
  if (state === 'finished') {
    const rows = tables.reduce((sum, table) => sum + table.rows, 0)
    // None where a dump has brought them.
    return [['backfill', tables.length === 0 ? 'finished' : `finished, ${counted(rows, 'row')}`]]
  }
  const { text, rows: loaded, estimate: all } = backfillView(seen)
  const left = `${count(loaded)} of about ${counted(all, 'row')}`
  const head = state === 'running' ? text : `not under way, \`twinwrite backfill\` goes on: ${left}`
  const own = tables.map(({ table, way, rows, estimate, done }) => [
    '',
    `${table}: ${way}, ${count(rows)} of about ${counted(Math.max(rows, estimate), 'row')}${done ? ', done' : ''}`,
  ])
  const begun = tables.map(({ table }) => table)
  const ahead = unloaded.filter((table) => !begun.includes(table)).map((table) => ['', `${table}: not begun`])
  return [['backfill', head], ...own, ...ahead]
}

function verifiedText({
  mode,
  primary,
  startedAt,
  finishedAt,
  rows,
  open,
  inFlight,
  clean,
}: Verified): string {
  const found = clean
    ? 'clean'
    : [
        ...(open > 0 ? [`${counted(open, 'mismatch', 'mismatches')} open`] : []),
        ...(inFlight > 0 ? [`${counted(inFlight, 'row')} in flight`] : []),
      ].join(', ')
  const ms = Date.parse(finishedAt) - Date.parse(startedAt)
  return `${mode} at ${finishedAt}: ${found}; ${counted(rows, 'row')} in ${duration(ms)}, ${primary} primary`
}

function openText(mismatches: number): string {
  return `${counted(mismatches, 'mismatch', 'mismatches')}: \`twinwrite repair\``
}

function sideText(seen: Picture, entry: ResolvedEntry, side: Side): string {
  const { reachable, fence, error, engine } = seen[side]
  const place = shownSpec({ ...entry[side], engine })
  if (!reachable) return `${place}: does not answer (${error ?? 'no reason given'})`
  if (error !== null) return `${place}: ${error}`
  if (fence?.role === 'loading') return `${place}: loading: a fast backfill fills it, and nothing is applied`
  return `${place}: ${fence === null ? 'no control tables' : fence.role}`
}

function journalText({ installed, journal, lagMs }: Picture): string {
  if (!installed) return 'none'
  if (journal === null) return 'does not answer'
  const { entries, blocked, marks } = journal
  const more = [
    ...(blocked > 0 ? [`${count(blocked)} blocked`] : []),
    ...(marks.length > 0 ? [`marks on ${marks.join(', ')}`] : []),
  ]
  return [counted(entries, 'entry', 'entries'), `lag ${duration(lagMs ?? 0)}`, ...more].join(', ')
}

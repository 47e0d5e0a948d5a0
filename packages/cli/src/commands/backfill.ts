import { buildCommand, buildRouteMap } from '@stricli/core'
import {
  backfill as begin,
  type BackfillOptions,
  type BackfillPreview,
  type BackfillReport,
  previewBackfill,
  type ReplicaLimit,
} from '@twinwrite/backfill'
import { specOf } from '../connection-url.ts'
import type { Context } from '../context.ts'
import { exitCode, UsageError } from '../exit-code.ts'
import { dryRunFlag, numberFlag, requireMapped, tablesFlag } from '../flags.ts'
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  operate,
  type Operation,
  type Outcome,
} from '../operation.ts'
import { watched } from '../run-view.ts'
import { columns, count, duration, wouldText } from '../text.ts'
import { abandon, pause, resume, set } from './backfill-control.ts'
import { backfillView } from './backfill-progress.ts'
import { fromDump } from './from-dump.ts'

interface Flags extends CommonFlags {
  readonly tables?: readonly string[]
  readonly way: 'auto' | 'fast' | 'live'
  readonly parallel?: number
  readonly rowsPerSecond?: number
  readonly chunkMs?: number
  readonly dryRun: boolean
  readonly fromDump: boolean
  readonly since?: Date
  readonly replica?: readonly string[]
  readonly maxLag?: number
}

const run = buildCommand<Flags, [], Context>({
  docs: {
    brief: 'Bring every row of the primary to the side that follows, beside live traffic',
    fullDescription:
      'After `twinwrite stage source-first`. Stopped or killed, the next call goes on where it ended. Exit code 1 where it was stopped.',
  },
  parameters: {
    flags: {
      ...commonFlags,
      tables: tablesFlag,
      way: {
        kind: 'enum',
        values: ['auto', 'fast', 'live'],
        default: 'auto',
        brief:
          'fast: into an empty target that nobody applies to meanwhile; live: through apply; auto: by table',
      },
      parallel: numberFlag('N', 'Chunks under way at once (default: 2)'),
      rowsPerSecond: numberFlag('N', 'Most rows in a second (default: no limit)'),
      chunkMs: numberFlag('MS', 'Milliseconds that a chunk should last (default: 75)'),
      dryRun: dryRunFlag('Say what would be done, table by table'),
      fromDump: {
        kind: 'boolean',
        default: false,
        brief: 'The target was filled from a dump: compare everything and repair, in place of loading',
        withNegated: false,
      },
      since: {
        kind: 'parsed',
        parse: moment,
        optional: true,
        placeholder: 'TIME',
        brief:
          'With --from-dump: bring only what was written since, by the column `verify.updatedAt` of the configuration',
      },
      replica: {
        kind: 'parsed',
        parse: String,
        variadic: true,
        optional: true,
        placeholder: 'URL',
        brief: 'Wait while this read replica, of either side, lags; beside those of the configuration',
      },
      maxLag: numberFlag('MS', 'With --replica: largest lag in milliseconds (default: 5000)'),
    },
    aliases: commonAliases,
  },
  func(flags) {
    return operate(this, flags, (operation) => {
      requireMapped(
        flags.tables,
        operation.migration.tables.map(({ mapping }) => mapping),
      )
      if (flags.since !== undefined) return since(operation, flags, flags.since)
      if (flags.fromDump) {
        refuseLoading(flags)
        return fromDump(operation, flags)
      }
      const options = optionsOf(operation, flags)
      return flags.dryRun ? preview(operation, options) : load(operation, options)
    })
  },
})

function optionsOf({ entry }: Operation, flags: Flags): BackfillOptions {
  const { tables, way, parallel, rowsPerSecond, chunkMs } = flags
  const given = { tables, parallel, rowsPerSecond, chunkMs }
  const wanted = Object.fromEntries(Object.entries(given).filter(([, option]) => option !== undefined))
  const { throttle } = entry.backfill
  const replicas = [...(throttle?.replicas ?? []), ...replicasOf(flags)]
  return { ...entry.backfill, ...wanted, way, throttle: { ...throttle, replicas } }
}

function replicasOf({ replica = [], maxLag }: Flags): readonly ReplicaLimit[] {
  if (replica.length === 0 && maxLag !== undefined) throw new UsageError('--max-lag needs --replica')
  return replica.map((url) => {
    const spec = specOf(url)
    if (spec === null) throw new UsageError('--replica takes a URL (postgres:, mysql:, mariadb:)')
    return { replica: spec, maxLagMs: maxLag ?? 5000 }
  })
}

/** `--from-dump` alone compares and repairs: what only a load has is refused, not passed over. */
function refuseLoading({ dryRun, way, replica, maxLag }: Flags): void {
  if (dryRun) throw new UsageError('--from-dump has no --dry-run: `twinwrite verify` changes nothing')
  if (way !== 'auto') throw new UsageError('--from-dump has no --way: nothing is loaded without --since')
  if (replica !== undefined || maxLag !== undefined)
    throw new UsageError(
      '--from-dump waits for no replica without --since: slow it down with --rows-per-second',
    )
}

/** Without its zone a time would mean another moment on another machine. */
function moment(text: string): Date {
  const time = new Date(text)
  if (/T.*(Z|[+-]\d\d:?\d\d)$/i.test(text) && !Number.isNaN(time.getTime())) return time
  throw new UsageError(`${JSON.stringify(text)} is no time with its zone, such as 2026-01-31T04:00:00Z`)
}

/** What a target that was filled from a dump lacks. */
function since(operation: Operation, flags: Flags, time: Date): Promise<Outcome> {
  if (!flags.fromDump) throw new UsageError('--since needs --from-dump')
  const column = operation.entry.verify.updatedAt
  if (column === undefined)
    throw new UsageError(
      '--since needs `verify.updatedAt` in the configuration: the column that says when a row was written',
    )
  const wanted = { ...optionsOf(operation, flags), writtenSince: { time, column } }
  return flags.dryRun ? preview(operation, wanted) : load(operation, wanted)
}

async function load(operation: Operation, options: BackfillOptions): Promise<Outcome> {
  const begun = performance.now()
  const going = begin(operation.migration, options)
  const report = await watched({ ...operation, what: 'backfill' }, going, () =>
    backfillView(going.progress()),
  )
  const ms = performance.now() - begun
  return {
    data: { ...report, ms },
    text: reportText(report, ms),
    code: report.outcome === 'finished' ? exitCode.ok : exitCode.failed,
  }
}

function reportText({ outcome, tables, left, fellBack }: BackfillReport, ms: number): string {
  const lines = [
    ...(tables.length === 0
      ? []
      : [
          columns(
            tables.map(({ table, way, rows }) => [table, way, `${count(rows)} rows`]),
            '  ',
          ),
        ]),
    ...(fellBack === null ? [] : [`the fast load went on as a live one: ${fellBack}`]),
    ...(outcome === 'finished' && left.length > 0
      ? [`not loaded yet: ${left.join(', ')}; a switch waits for all tables`]
      : []),
  ]
  const head =
    outcome === 'finished'
      ? `loaded in ${duration(ms)}`
      : `stopped after ${duration(ms)}; \`twinwrite backfill\` goes on where this ended`
  return [head, ...lines].join('\n')
}

async function preview(operation: Operation, options: BackfillOptions): Promise<Outcome> {
  const seen = await previewBackfill(operation.migration, options)
  return { data: seen, text: previewText(seen, operation.entry.backfill.where ?? {}) }
}

function previewText(
  { resumes, early, tables }: BackfillPreview,
  where: Readonly<Record<string, string>>,
): string {
  const rows = tables.map(({ table, way, rows: loaded, estimate, done }, index) => [
    `${index + 1}.`,
    table,
    way,
    `about ${count(estimate)} rows`,
    ...(done ? ['loaded already'] : loaded > 0 ? [`${count(loaded)} loaded already`] : []),
    ...(where[table] === undefined ? [] : [`where ${where[table]}`]),
  ])
  return `${wouldText(resumes, early)}\n${columns(rows, '  ')}`
}

export const backfill = buildRouteMap({
  docs: { brief: 'Load what was there before: run, pause, resume, set, abandon' },
  routes: { run, pause, resume, set, abandon },
  defaultCommand: 'run',
})

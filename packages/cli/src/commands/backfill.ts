import { buildCommand, buildRouteMap } from '@stricli/core'
import {
  backfill as begin,
  type BackfillOptions,
  type BackfillPreview,
  type BackfillReport,
  previewBackfill,
} from '@twinwrite/backfill'
import type { Context } from '../context.ts'
import { exitCode, UsageError } from '../exit-code.ts'
import { dryRunFlag, numberFlag, tablesFlag } from '../flags.ts'
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  operate,
  type Operation,
  type Outcome,
} from '../operation.ts'
import { watched } from '../run-view.ts'
import { columns, count, duration } from '../text.ts'
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
    },
    aliases: commonAliases,
  },
  func(flags) {
    return operate(this, flags, (operation) => {
      if (flags.fromDump) {
        if (flags.dryRun)
          throw new UsageError('--from-dump has no --dry-run: `twinwrite verify` changes nothing')
        return fromDump(operation, flags)
      }
      return flags.dryRun ? preview(operation, flags) : load(operation, flags)
    })
  },
})

function optionsOf({ entry }: Operation, flags: Flags): BackfillOptions {
  const { tables, way, parallel, rowsPerSecond, chunkMs } = flags
  const given = { tables, parallel, rowsPerSecond, chunkMs }
  const wanted = Object.fromEntries(Object.entries(given).filter(([, option]) => option !== undefined))
  return { ...entry.backfill, ...wanted, way }
}

async function load(operation: Operation, flags: Flags): Promise<Outcome> {
  const begun = performance.now()
  const going = begin(operation.migration, optionsOf(operation, flags))
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

function reportText({ outcome, tables, fellBack }: BackfillReport, ms: number): string {
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
  ]
  const head =
    outcome === 'finished'
      ? `loaded in ${duration(ms)}`
      : `stopped after ${duration(ms)}; \`twinwrite backfill\` goes on where this ended`
  return [head, ...lines].join('\n')
}

async function preview(operation: Operation, flags: Flags): Promise<Outcome> {
  const seen = await previewBackfill(operation.migration, optionsOf(operation, flags))
  return { data: seen, text: previewText(seen, operation.entry.backfill.where ?? {}) }
}

function previewText({ resumes, tables }: BackfillPreview, where: Readonly<Record<string, string>>): string {
  const rows = tables.map(({ table, way, rows: loaded, estimate, done }, index) => [
    `${index + 1}.`,
    table,
    way,
    `about ${count(estimate)} rows`,
    ...(done ? ['loaded already'] : loaded > 0 ? [`${count(loaded)} loaded already`] : []),
    ...(where[table] === undefined ? [] : [`where ${where[table]}`]),
  ])
  return `${resumes ? 'would go on' : 'would begin'}\n${columns(rows, '  ')}`
}

export const backfill = buildRouteMap({
  docs: { brief: 'Load what was there before: run, pause, resume, set, abandon' },
  routes: { run, pause, resume, set, abandon },
  defaultCommand: 'run',
})

import { buildCommand } from '@stricli/core'
import {
  previewVerify,
  reportLine,
  reportText,
  verify as begin,
  verifyContinuously,
  type VerifyMode,
  type VerifyOptions,
} from '@twinwrite/verify'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode, UsageError } from '../exit-code.ts'
import { dryRunFlag, numberFlag, requireMapped, tablesFlag } from '../flags.ts'
import { keysOf } from '../keys-flag.ts'
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  operate,
  type Operation,
  type Outcome,
} from '../operation.ts'
import { print } from '../print.ts'
import { watched } from '../run-view.ts'
import { columns, counted, wouldText } from '../text.ts'
import { verifyCode } from './verify-outcome.ts'
import { verifyView } from './verify-progress.ts'

interface Flags extends CommonFlags {
  readonly full: boolean
  readonly incremental: boolean
  readonly keys?: string
  readonly sample?: number
  readonly reverse: boolean
  readonly tables?: readonly string[]
  readonly repair: boolean
  readonly continuous?: number
  readonly mask?: readonly string[]
  readonly parallel?: number
  readonly rowsPerSecond?: number
  readonly dryRun: boolean
}

const mode = (brief: string) => ({ kind: 'boolean', default: false, brief, withNegated: false }) as const

export const verify = buildCommand<Flags, [], Context>({
  docs: {
    brief: 'Compare both sides beside live traffic; only confirmed mismatches count',
    fullDescription:
      'Changes nothing but the stored mismatches, unless --repair is given. Exit code 3 where mismatches are open, 1 where it was stopped.',
  },
  parameters: {
    flags: {
      ...commonFlags,
      full: mode('Every row of both sides (default)'),
      incremental: mode(
        'Rows written since the last time, by the column `verify.updatedAt` of the configuration',
      ),
      keys: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'TABLE:KEY,...',
        brief: 'These rows; a comma inside a key is written \\,',
      },
      sample: numberFlag('N', 'So many rows of each table, here and there'),
      reverse: {
        kind: 'boolean',
        default: true,
        brief: 'With --full: also look for rows that only the secondary has',
      },
      tables: tablesFlag,
      repair: mode('Repair what is confirmed'),
      continuous: numberFlag('SECONDS', 'Pass after pass with so long a rest in between, until Ctrl-C'),
      mask: {
        kind: 'parsed',
        parse: (text: string): readonly string[] => text.split(','),
        optional: true,
        placeholder: 'TABLE.COLUMN,...',
        brief: 'Columns whose values are not shown, beside those of the configuration',
      },
      parallel: numberFlag('N', 'Tables at a time (default: 2)'),
      rowsPerSecond: numberFlag('N', 'Most rows in a second (default: no limit)'),
      dryRun: dryRunFlag('Say what would be compared, table by table'),
    },
    aliases: commonAliases,
  },
  func(flags) {
    return operate(this, flags, (operation) => {
      const options = optionsOf(operation, flags)
      if (flags.dryRun) return preview(operation, options)
      if (flags.continuous !== undefined) return passes(operation, options, flags.continuous)
      return once(operation, options)
    })
  },
})

function optionsOf({ entry, migration }: Operation, flags: Flags): VerifyOptions {
  const { tables, keys, sample, reverse, repair, parallel, rowsPerSecond } = flags
  const names = migration.tables.map(({ mapping }) => mapping)
  requireMapped(tables, names)
  const given = { tables, sample, parallel, rowsPerSecond }
  const wanted = Object.fromEntries(Object.entries(given).filter(([, option]) => option !== undefined))
  return {
    ...entry.verify,
    ...wanted,
    mode: modeOf(flags),
    reverse,
    repair,
    mask: [...(entry.verify.mask ?? []), ...(flags.mask ?? [])],
    ...(keys === undefined ? {} : { keys: keysOf(keys, names) }),
  }
}

function modeOf({ full, incremental, keys, sample }: Flags): VerifyMode {
  const named: VerifyMode[] = [
    ...(full ? (['full'] as const) : []),
    ...(incremental ? (['incremental'] as const) : []),
    ...(keys === undefined ? [] : (['keys'] as const)),
    ...(sample === undefined ? [] : (['sample'] as const)),
  ]
  if (named.length > 1) throw new UsageError(`one mode at a time: --${named.join(' or --')}`)
  return named[0] ?? 'full'
}

const ways: Readonly<Record<string, string>> = { range: 'range by range', key: 'row by row' }

/** What is known of the number of rows before they are read. */
const certainty: Readonly<Record<VerifyMode, string>> = {
  full: 'about ',
  incremental: 'at most about ',
  keys: '',
  sample: 'about ',
}

async function preview({ migration }: Operation, options: VerifyOptions): Promise<Outcome> {
  const seen = await previewVerify(migration, options)
  const rows = seen.tables.map(({ table, way, estimate }) => [
    table,
    ways[way] ?? way,
    `${certainty[seen.mode]}${counted(estimate, 'row')}`,
  ])
  const text = `${seen.mode} verify ${wouldText(seen.resumes, seen.early)}\n${columns(rows, '  ')}`
  return { data: seen, text }
}

async function once(operation: Operation, options: VerifyOptions): Promise<Outcome> {
  const run = begin(operation.migration, options)
  const report = await watched({ ...operation, what: `verify ${options.mode}` }, run, () =>
    verifyView(run.progress()),
  )
  const again = report.stopped ? '\nthe same command goes on where this ended' : ''
  return { data: report, text: `${reportText(report)}${again}`, code: verifyCode(report) }
}

/** One line (or one JSON object in a line) for each pass; the exit code is that of the last whole one: without one nothing is known. */
async function passes(
  { migration, context, json }: Operation,
  options: VerifyOptions,
  seconds: number,
): Promise<Outcome> {
  let code: ExitCode | null = null
  const settings = { ...options, everyMs: seconds * 1000, signal: context.ending }
  for await (const report of verifyContinuously(migration, settings)) {
    if (report.stopped) break
    code = verifyCode(report)
    const line = json ? JSON.stringify(report) : `${report.finishedAt} ${reportLine(report)}`
    print(context, line)
  }
  const text = code === null ? 'stopped before the first pass had ended' : ''
  return { data: undefined, text, code: code ?? exitCode.failed }
}

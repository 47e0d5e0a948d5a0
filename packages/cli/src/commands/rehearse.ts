import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { buildCommand } from '@stricli/core'
import type { ConnectionSpec } from '@twinwrite/core'
import {
  previewRehearsal,
  rehearse as begin,
  type RehearsalReport,
  type RehearseOptions,
} from '@twinwrite/rehearse'
import { confirmed, yesFlag } from '../confirm.ts'
import { pickMigration, type ResolvedEntry } from '../config.ts'
import { specOf } from '../connection-url.ts'
import type { Context } from '../context.ts'
import { exitCode, type ExitCode, UsageError } from '../exit-code.ts'
import { dryRunFlag, numberFlag } from '../flags.ts'
import { answer, type CommonFlags, commonAliases, commonFlags, type Outcome } from '../operation.ts'
import { print } from '../print.ts'
import { rehearsedFile } from '../rehearsed-file.ts'
import { script } from './install.ts'
import { rehearsalText } from './rehearsal-text.ts'

interface Flags extends CommonFlags {
  readonly scratchSource?: ConnectionSpec
  readonly scratchTarget?: ConnectionSpec
  readonly rows?: number
  readonly processes?: number
  readonly rate?: number
  readonly rest: number
  readonly outage: number
  readonly kills: boolean
  readonly statements?: string
  readonly dryRun: boolean
  readonly yes: boolean
}

const databaseFlag = (side: string) =>
  ({
    kind: 'parsed',
    parse: databaseOf,
    optional: true,
    placeholder: 'URL',
    brief: `Rehearse in this database in place of one beside the ${side}; empty of the mapped tables`,
  }) as const

export const rehearse = buildCommand<Flags, [], Context>({
  docs: {
    brief: 'The whole way forward and back on scratch databases, under traffic and with faults',
    fullDescription:
      'Copies the tables and their first rows into scratch databases on the same servers, writes to them with several processes, and goes through every stage. Neither side of the migration is changed. Exit code 1 where something failed, 3 where a write was lost or the sides differed.',
  },
  parameters: {
    flags: {
      ...commonFlags,
      scratchSource: databaseFlag('source'),
      scratchTarget: databaseFlag('target'),
      rows: numberFlag('N', 'Most rows of each table to copy (default: 2000)'),
      processes: numberFlag('N', 'Writing processes (default: 4)'),
      rate: numberFlag('N', 'Write operations per second of all of them (default: 100)'),
      rest: {
        kind: 'parsed',
        parse: seconds,
        default: '2',
        placeholder: 'SECONDS',
        brief: 'Traffic between two steps',
      },
      outage: {
        kind: 'parsed',
        parse: seconds,
        default: '5',
        placeholder: 'SECONDS',
        brief: 'How long the target is away once; 0: never',
      },
      kills: {
        kind: 'boolean',
        default: true,
        brief: 'Kill a writer, and controllers in the midst of a switch',
      },
      statements: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'FILE|server',
        brief: "The application's own SQL: looked at, and written in the traffic where it has its values",
      },
      dryRun: dryRunFlag('Print the statements that would make the scratch databases'),
      yes: yesFlag,
    },
    aliases: commonAliases,
  },
  func(flags) {
    return answer(this, flags.json, async () => {
      const entry = pickMigration(await this.loadMigrations(flags.config), flags.migration)
      const options = { ...optionsOf(this, flags, entry), statements: await statementsOf(this, flags) }
      if (flags.dryRun) return preview(entry, options)
      const report = await begin(entry, options)
      return { data: report, text: rehearsalText(report), code: codes[report.verdict] }
    })
  },
})

const codes: Readonly<Record<RehearsalReport['verdict'], ExitCode>> = {
  passed: exitCode.ok,
  failed: exitCode.failed,
  stopped: exitCode.failed,
  mismatches: exitCode.mismatches,
}

function optionsOf(
  context: Context,
  flags: Flags,
  { migration, backfill, gates }: ResolvedEntry,
): RehearseOptions {
  const { rows, processes, rate, rest, outage, kills, scratchSource, scratchTarget } = flags
  const { parallel, chunkMs, rowsPerSecond } = backfill
  return {
    foundBy: {
      module: rehearsedFile,
      given: { cwd: context.cwd, config: flags.config, migration: migration.migration.name },
    },
    scratch: { source: scratchSource, target: scratchTarget },
    rows,
    processes,
    rate,
    restMs: rest * 1000,
    outageMs: outage * 1000,
    kills,
    backfill: { parallel, chunkMs, rowsPerSecond },
    gates,
    signal: context.ending,
    say: (line) => {
      if (!flags.json) print(context, line)
    },
    replace: (databases) =>
      confirmed(
        context,
        flags.yes,
        `Drop ${databases.join(' and ')}, which an earlier rehearsal has left behind?`,
      ),
  }
}

/** @throws UsageError where there is no such file */
async function statementsOf({ cwd }: Context, { statements }: Flags): Promise<RehearseOptions['statements']> {
  if (statements === undefined || statements === 'server') return statements
  try {
    return { text: await readFile(resolve(cwd, statements), 'utf8') }
  } catch (error) {
    throw new UsageError(`--statements: ${(error as Error).message}`)
  }
}

async function preview(entry: ResolvedEntry, options: RehearseOptions): Promise<Outcome> {
  const planned = await previewRehearsal(entry, options)
  const remarks = [...planned.notes, ...planned.steps.map((step, at) => `${at + 1}. ${step}`)]
  const text = [script(planned), remarks.map((remark) => `-- ${remark}`).join('\n')].join('\n\n')
  return { data: planned, text }
}

function databaseOf(url: string): ConnectionSpec {
  const spec = specOf(url)
  // Never the URL itself: it holds a password.
  if (spec === null)
    throw new UsageError(
      '--scratch-source and --scratch-target take a URL (postgres:, mysql:, mariadb:, sqlite:, file:)',
    )
  return spec
}

function seconds(text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && number >= 0) return number
  throw new UsageError(`${JSON.stringify(text)} is no number of seconds`)
}

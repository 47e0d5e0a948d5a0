import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { buildCommand } from '@stricli/core'
import type { RowKey, RunningMigration } from '@twinwrite/core'
import { repair as apply, repairStatements, storedMismatches, type Unrepaired } from '@twinwrite/verify'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { exitCode, UsageError } from '../exit-code.ts'
import { dryRunFlag } from '../flags.ts'
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
import { count, counted } from '../text.ts'

interface Flags extends CommonFlags {
  readonly from?: string
  readonly dryRun: boolean
  readonly unmasked: boolean
}

export const repair = buildCommand<Flags, [], Context>({
  docs: {
    brief: 'Put the rows of open mismatches through apply, and look at them again',
    fullDescription: 'Exit code 3 where rows still differ afterwards, 1 where it was stopped.',
  },
  parameters: {
    flags: {
      ...commonFlags,
      from: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'FILE',
        brief: 'What `twinwrite verify --json` said (default: all mismatches that are stored)',
      },
      dryRun: dryRunFlag('Print the statements only'),
      unmasked: {
        kind: 'boolean',
        default: false,
        brief: 'With --dry-run: show the values of masked columns, too',
        withNegated: false,
      },
    },
    aliases: commonAliases,
  },
  func(flags) {
    return operate(this, flags, async (operation) => {
      const { migration, context } = operation
      // Also where there is nothing to repair: "0 rows" would sound as if somebody followed.
      await migration.following({ early: flags.dryRun })
      const tables = migration.tables.map(({ mapping }) => mapping)
      const rows = await (flags.from === undefined
        ? allStored(migration, tables)
        : rowsOf(resolve(context.cwd, flags.from), tables))
      if (!flags.dryRun) return mend(operation, rows)
      if ((operation.entry.verify.mask ?? []).length > 0 && !flags.unmasked)
        throw new UsageError(
          'statements show whole rows, masked columns too: pass --unmasked where that may be',
        )
      return preview(operation, rows)
    })
  },
})

/** What is to be repaired. */
interface Rows {
  readonly number: number
  readonly pages: Iterable<readonly RowKey[]> | AsyncIterable<readonly RowKey[]>
}

async function allStored(migration: RunningMigration, tables: readonly string[]): Promise<Rows> {
  const number = await migration.stores.target.countMismatches({ tables })
  return { number, pages: storedMismatches(migration, tables) }
}

/** Prints as it reads: there may be as many as the table has rows. */
async function preview({ migration, context, json }: Operation, rows: Rows): Promise<Outcome> {
  const all: string[] = []
  for await (const page of rows.pages) {
    const statements = await repairStatements(migration, page)
    if (json) all.push(...statements)
    else print(context, statements.join('\n'))
  }
  if (json) return { data: { statements: all }, text: '' }
  const nothing = 'nothing to repair: no mismatch is stored; `twinwrite verify` looks for some'
  return { data: undefined, text: rows.number === 0 ? nothing : '' }
}

async function mend(operation: Operation, rows: Rows): Promise<Outcome> {
  const { mask = [] } = operation.entry.verify
  const left: Unrepaired[] = []
  const state = { seen: 0, repaired: 0, stopped: false }
  const work = async (): Promise<void> => {
    for await (const page of rows.pages) {
      if (state.stopped) return
      const done = await apply(operation.migration, page, { mask })
      state.seen += page.length
      state.repaired += done.repaired
      left.push(...done.left)
    }
    state.stopped = false
  }
  const run = { done: work(), stop: () => void (state.stopped = true) }
  await watched({ ...operation, what: 'repair' }, run, () => {
    const estimate = Math.max(state.seen, rows.number)
    return { rows: state.seen, estimate, text: `${count(state.seen)} of ${count(estimate)} rows` }
  })
  const { repaired, stopped } = state
  const lines = [
    `${counted(repaired, 'row')} repaired, ${count(left.length)} left`,
    ...left.map(({ table, key, reason }) => `  ${table} ${key}: ${reason}`),
    ...(stopped ? ['stopped; the same command goes on where this ended'] : []),
  ]
  return {
    data: { repaired, left, stopped },
    text: lines.join('\n'),
    code: left.length > 0 ? exitCode.mismatches : stopped ? exitCode.failed : exitCode.ok,
  }
}

const row = z.object({ table: z.string(), key: z.string() })
const report = z.object({ mismatches: z.number(), shown: z.array(row) })

async function rowsOf(file: string, tables: readonly string[]): Promise<Rows> {
  const parsed = report.safeParse(await jsonOf(file))
  if (!parsed.success) throw new UsageError(`${file} is no report of \`twinwrite verify --json\``)
  const { mismatches, shown } = parsed.data
  const unknown = shown.find(({ table }) => !tables.includes(table))
  if (unknown !== undefined) throw new UsageError(`${file} names ${unknown.table}, which is not mapped`)
  if (shown.length < mismatches)
    throw new UsageError(
      `${file} shows ${count(shown.length)} of ${counted(mismatches, 'mismatch', 'mismatches')}: repair without --from takes all that are stored`,
    )
  return { number: shown.length, pages: pagesOf(shown) }
}

/** Rows between two looks at whether it is to stop. */
const pageRows = 500

function* pagesOf(rows: readonly RowKey[]): Iterable<readonly RowKey[]> {
  for (let start = 0; start < rows.length; start += pageRows) yield rows.slice(start, start + pageRows)
}

async function jsonOf(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

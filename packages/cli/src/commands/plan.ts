import { buildCommand } from '@stricli/core'
import {
  findTable,
  parentsFirst,
  type MappingProblem,
  type RunningMigration,
  type SideCatalog,
  type SideStatements,
  type TableNames,
  type TableRef,
  tableText,
} from '@twinwrite/core'
import { proposeTable, type TableProposal } from '@twinwrite/sql'
import type { Context } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { type CommonFlags, commonAliases, commonFlags, operate } from '../operation.ts'
import { script } from './install.ts'

export interface TablePlan {
  readonly mapping: string
  readonly source: string
  readonly target: string
  /** Source column to target column; null while one of the tables is not there. */
  readonly columns: Readonly<Record<string, string>> | null
  readonly problems: readonly MappingProblem[]
  /** For a target table that is not there. */
  readonly create: TableProposal | null
}

export interface Plan {
  readonly tables: readonly TablePlan[]
  /** What `install` runs. */
  readonly control: SideStatements
}

export const plan = buildCommand<CommonFlags, [], Context>({
  docs: {
    brief: 'The mapping table by table, what can be lost, and the SQL that is missing',
    fullDescription: 'Changes nothing. Exit code 1 where the mapping cannot be carried out as it is.',
  },
  parameters: { flags: commonFlags, aliases: commonAliases },
  func(flags) {
    return operate(this, flags, async ({ migration }) => {
      const made = await planOf(migration)
      const stopped = made.tables.some(({ problems }) =>
        problems.some(({ severity }) => severity === 'error'),
      )
      return { data: made, text: planText(made), code: stopped ? exitCode.failed : exitCode.ok }
    })
  },
})

async function planOf(migration: RunningMigration): Promise<Plan> {
  const problems = await migration.check()
  const catalogs = await migration.catalogs()
  const control = await migration.install({ dryRun: true })
  const tables = inMakingOrder(migration.tables, catalogs.source).map((names): TablePlan => ({
    mapping: names.mapping,
    source: tableText(names.source),
    target: tableText(names.target),
    columns: names.columns === null ? null : Object.fromEntries(names.columns),
    problems: problems.filter(({ table }) => table === names.mapping),
    create: missingTarget(names, migration.tables, catalogs),
  }))
  return { tables, control }
}

/** In the order in which tables can be made. */
function inMakingOrder(all: readonly TableNames[], { tables, engine }: SideCatalog): TableNames[] {
  return parentsFirst(all, ({ source }) =>
    (findTable(tables, source, engine)?.foreignKeys ?? []).map(({ parent }) =>
      all.find((other) => findTable(tables, other.source, engine) === findTable(tables, parent, engine)),
    ),
  )
}

function missingTarget(
  names: TableNames,
  all: readonly TableNames[],
  { source, target }: Record<'source' | 'target', SideCatalog>,
): TableProposal | null {
  const table = findTable(source.tables, names.source, source.engine)
  if (table === undefined || findTable(target.tables, names.target, target.engine) !== undefined) return null
  return proposeTable({ engine: source.engine, table }, target.engine, {
    table: names.target,
    column: (name) => names.renamed.get(name) ?? name,
    tableOf: (ref) => all.find((other) => sameTable(other.source, ref))?.target ?? null,
  })
}

function sameTable(one: TableRef, other: TableRef): boolean {
  return one.name === other.name && (one.schema ?? null) === (other.schema ?? null)
}

function planText({ tables, control }: Plan): string {
  return [...tables.map(tableTextOf), `control tables\n${script(control)}`].join('\n\n')
}

function tableTextOf({ source, target, columns, problems, create }: TablePlan): string {
  const pairs = Object.entries(columns ?? {}).map(([from, to]) => (from === to ? from : `${from} -> ${to}`))
  return [
    `${source} -> ${target}${pairs.length === 0 ? '' : `: ${pairs.join(', ')}`}`,
    ...problems.map(({ code, severity, message, hint }) => `  ${severity} ${code}: ${message}. ${hint}.`),
    ...(create === null ? [] : ['  proposed for the target:', `${create.statement};`]),
    ...(create?.remarks ?? []).map((remark) => `-- ${remark}`),
  ].join('\n')
}

// The application's own statements as the rehearsal takes them: which can't be mirrored, and which the writers may run.

import {
  type MigrationDefinition,
  scan,
  type SideCatalog,
  statementShape,
  tablesOf,
  tableText,
  textLook,
} from '@twinwrite/core'
import { sqlDialect } from '@twinwrite/sql'
import type { Found } from '../fleet/job.ts'
import type { RehearseOptions } from '../options.ts'
import type { UnmirrorableReport } from '../report.ts'
import { scratchRef } from '../scratch/definition.ts'
import type { Real } from '../scratch/real.ts'
import { type AppStatement, statementsOf } from './app-statement.ts'
import { serverStatements } from './server-statements.ts'

/** In the form in which Knex takes raw SQL. */
export interface RunnableStatement {
  readonly sql: string
  readonly bindings: readonly unknown[]
  readonly shape: string
}

export interface Mirrored {
  readonly looked: number
  /** Those that read or write mapped tables. */
  readonly mapped: number
  readonly unmirrorable: readonly UnmirrorableReport[]
  readonly runnable: readonly RunnableStatement[]
  /** Mappings that the runnable ones write, or that follow these by foreign keys. */
  readonly written: ReadonlySet<string>
  readonly notes: readonly string[]
}

/** @returns null where none are given */
export async function mirroredOf(
  given: RehearseOptions['statements'],
  found: Found,
  { catalogs, flat }: Real,
): Promise<Mirrored | null> {
  if (given === undefined) return null
  const { source: catalog } = catalogs
  if (given !== 'server')
    return mirrored(statementsOf(given.text, catalog.engine), found.migration, catalog, flat.source)
  const counted = await serverStatements({ ...found.source, engine: catalog.engine })
  if ('unavailable' in counted)
    return { ...none, notes: [`the statements of the server were not looked at: ${counted.unavailable}`] }
  const looked = mirrored(counted.statements, found.migration, catalog, flat.source)
  const full = 'the server had no room to count every shape of statements: some were not looked at'
  return counted.complete ? looked : { ...looked, notes: [...looked.notes, full] }
}

const none: Mirrored = { looked: 0, mapped: 0, unmirrorable: [], runnable: [], written: new Set(), notes: [] }

/** @param catalog of the real source @param flat whether a schema is a database there, so that a qualified name leads out of the scratch one */
export function mirrored(
  statements: readonly AppStatement[],
  { migration }: MigrationDefinition,
  catalog: SideCatalog,
  flat: boolean,
): Mirrored {
  const { engine } = catalog
  const dialect = sqlDialect(engine, { migration: migration.name, cohort: '*', prefix: '_tw_', schema: null })
  const look = textLook(migration, 'source', catalog, dialect)
  const refused = new Map<string, UnmirrorableReport>()
  const runnable: RunnableStatement[] = []
  const written = new Set<string>()
  let mapped = 0
  for (const statement of statements) {
    const { mapped: tables, refused: error } = look(statement.sql)
    if (tables.length > 0) mapped++
    const shape = statementShape(statement.sql, engine)
    if (error !== null) {
      const before = refused.get(shape)
      const count = (before?.count ?? 0) + statement.count
      refused.set(shape, {
        shape,
        code: error.code,
        what: error.what,
        hint: error.hint,
        table: error.table ?? null,
        count,
      })
      continue
    }
    const away = flat && leadsAway(statement.sql, catalog)
    const run = tables.length === 0 || away ? null : runnableForm(statement, engine)
    if (run === null) continue
    runnable.push({ ...run, shape })
    for (const table of tables) written.add(tableText(scratchRef(migration.tables.get(table)!.source, flat)))
  }
  const notes = [...written].map(
    (table) =>
      `${table}: acknowledged writes are not looked for one by one, the application's statements write it too`,
  )
  return { looked: statements.length, mapped, unmirrorable: [...refused.values()], runnable, written, notes }
}

/** Only writes of the scratch tables themselves, with all their values. */
function runnableForm(
  { sql, bindings }: AppStatement,
  engine: SideCatalog['engine'],
): Omit<RunnableStatement, 'shape'> | null {
  const scanned = scan(sql, engine)
  if (
    bindings === null ||
    (scanned.kind !== 'insert' && scanned.kind !== 'update' && scanned.kind !== 'delete')
  )
    return null
  const { placeholders } = scanned
  if (placeholders.some(({ param, name }) => name !== null || param >= bindings.length)) return null
  // Knex numbers question marks by itself.
  let text = ''
  let from = 0
  const given: unknown[] = []
  for (const { range, param } of [...placeholders].toSorted(
    (left, right) => left.range.start - right.range.start,
  )) {
    text += `${escaped(sql.slice(from, range.start))}?`
    from = range.end
    given.push(bindings[param])
  }
  return { sql: text + escaped(sql.slice(from)), bindings: given }
}

/** Where a schema is a database of its own, a qualified name could lead to the real tables, and a function of another one anywhere. */
function leadsAway(sql: string, { engine, tables }: SideCatalog): boolean {
  if (tablesOf(sql, engine).some(({ schema }) => schema !== null)) return true
  if (/\.\s*[`"]?[\w$]+[`"]?\s*\(/.test(sql)) return true
  const words = new Set(sql.toLowerCase().match(/[\w$\u0080-\uffff]+/g) ?? [])
  return tables.some(({ inSchema }) => inSchema !== null && words.has(inSchema.toLowerCase()))
}

function escaped(text: string): string {
  return text.replaceAll('?', String.raw`\?`)
}

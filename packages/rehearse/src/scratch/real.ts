// The real migration as far as a rehearsal looks at it: its mapping, both catalogs, how many rows there are. Everything here only reads.

import {
  type Bulk,
  type EngineName,
  findTable,
  type KeyedRow,
  type MappingProblem,
  type Side,
  type SideCatalog,
  type SideTable,
  type TableRef,
  tableText,
  TwinwriteError,
} from '@twinwrite/core'
import { openBulk } from '@twinwrite/sql'
import type { Found } from '../fleet/job.ts'
import { acceptingNothing, type OneDatabase, scratchRef } from './definition.ts'
import { firstRows } from './rows.ts'

export interface Real {
  readonly catalogs: Readonly<Record<Side, SideCatalog>>
  /** What columns can lose, accepted or not. */
  readonly losses: readonly MappingProblem[]
  readonly flat: OneDatabase
}

/** @throws TwinwriteError `TW_UNREACHABLE`, and the mapping's own errors: what `twinwrite plan` refuses can't be rehearsed */
export async function lookAtReal(found: Found): Promise<Real> {
  const operator = found.migration.operate(found)
  try {
    const problems = await operator.check()
    const catalogs = await operator.catalogs()
    const isThere = (mapping: string): boolean => {
      const settings = found.migration.migration.tables.get(mapping)
      const { tables, engine } = catalogs.target
      return settings !== undefined && findTable(tables, settings.target, engine) !== undefined
    }
    // What is wrong with a table that is proposed and not made yet is seen in the scratch database.
    requireMapping(
      problems.filter(({ table, message }) => isThere(table) || message.startsWith('the source')),
    )
    const isFlat = (engine: EngineName): boolean => engine === 'mysql' || engine === 'mariadb'
    const flat = { source: isFlat(catalogs.source.engine), target: isFlat(catalogs.target.engine) }
    return { catalogs, losses: await lossesOf(found), flat }
  } finally {
    await operator.close()
  }
}

/** @throws TwinwriteError with the code of the first error among them */
export function requireMapping(problems: readonly MappingProblem[]): void {
  const [wrong, ...more] = problems.filter(({ severity }) => severity === 'error')
  if (wrong === undefined) return
  throw new TwinwriteError(wrong.code, [wrong, ...more].map(({ message }) => message).join('; '), {
    hint: `${wrong.hint}. See \`twinwrite plan\`.`,
    table: wrong.table,
  })
}

async function lossesOf(found: Found): Promise<readonly MappingProblem[]> {
  const operator = acceptingNothing(found.migration).operate(found)
  try {
    return (await operator.check()).filter(({ code }) => code === 'TW_TYPE_LOSSY')
  } finally {
    await operator.close()
  }
}

/** Whole tables by the names that their mappings have in the rehearsal. */
export function wholeTables(
  { migration: { migration } }: Found,
  catalog: SideCatalog,
  flat: boolean,
  refOf: (ref: TableRef) => TableRef,
): ReadonlyMap<string, SideTable> {
  const found = new Map<string, SideTable>()
  for (const { source } of migration.tables.values()) {
    const table = findTable(catalog.tables, refOf(source), catalog.engine)
    if (table === undefined) continue
    const mapping = tableText(scratchRef(source, flat))
    const key = table.key.map((name) => table.columns.find((column) => column.name === name)!)
    found.set(mapping, { mapping, table, columns: table.columns, key })
  }
  return found
}

/** In the order in which the scratch table has them. */
function withColumnsOf(scratch: SideTable, real: SideTable): SideTable {
  const columns = scratch.columns.map(({ name }) => real.columns.find((column) => column.name === name)!)
  return { ...real, columns }
}

export interface RealRows {
  readonly rows: readonly KeyedRow[]
  /** Rows that there are, as the statistics tell. */
  readonly estimate: number
}

/** The first rows of each table of the real source. @param scratch tables that they are for: only columns of these are read */
export async function readReal(
  found: Found,
  { catalogs, flat }: Real,
  scratch: ReadonlyMap<string, SideTable>,
  rows: number,
): Promise<ReadonlyMap<string, RealRows>> {
  const whole = wholeTables(found, catalogs.source, flat.source, (ref) => ref)
  const tables = new Map([...whole].map(([name, table]) => [name, withColumnsOf(scratch.get(name)!, table)]))
  const bulk: Bulk = openBulk({
    engine: catalogs.source.engine,
    connection: found.source.connection,
    side: 'source',
    naming: { migration: found.migration.migration.name, cohort: '*', prefix: '_tw_', schema: null },
    sessions: 1,
  })
  bulk.use(tables)
  try {
    const read = new Map<string, RealRows>()
    for (const name of tables.keys())
      read.set(name, { rows: await firstRows(bulk, name, rows), estimate: await bulk.estimate(name) })
    return read
  } finally {
    await bulk.close()
  }
}

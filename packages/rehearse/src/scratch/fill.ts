// Fills the scratch source, and says what the writers are to know of its tables.

import type { RunningMigration, TableNames } from '@twinwrite/core'
import { openStore } from '@twinwrite/sql'
import type { Found } from '../fleet/job.ts'
import { type TrafficTable, trafficTable } from '../traffic/traffic-table.ts'
import { scratchRef } from './definition.ts'
import { type MadeColumns, madeColumns } from './made-columns.ts'
import type { ScratchPair } from './pair.ts'
import { type Real, readReal, wholeTables } from './real.ts'
import { type FilledTable, ScratchRows } from './rows.ts'

export interface Filled {
  readonly tables: readonly (FilledTable & { readonly realRows: number })[]
  readonly traffic: readonly TrafficTable[]
  readonly notes: readonly string[]
}

interface Filling {
  readonly pair: ScratchPair
  /** The one on the scratch sides, installed there. */
  readonly migration: RunningMigration
  /** Most of each table. */
  readonly rows: number
  /** Processes that ever write. */
  readonly writers: number
}

export async function fill(
  found: Found,
  real: Real,
  { pair, migration, rows, writers }: Filling,
): Promise<Filled> {
  const { source: catalog, target } = await migration.catalogs()
  await migration.tablesKnown()
  const isFlat = real.flat.source
  const whole = wholeTables(found, catalog, isFlat, (ref) => scratchRef(ref, isFlat))
  const read = await readReal(found, real, whole, rows)
  const { name, controlTables } = pair.definition.migration
  const naming = { migration: name, cohort: '*', ...controlTables }
  const namesOf = (mapping: string): TableNames => migration.tables.find((one) => one.mapping === mapping)!
  const made = new Map<string, MadeColumns>(
    [...whole].map(([mapping, table]) => {
      const settings = pair.definition.migration.tables.get(mapping)!
      return [mapping, madeColumns(table, target, { names: namesOf(mapping), settings })]
    }),
  )
  const store = openStore({ ...pair.sides().source, side: 'source', naming })
  store.use(whole)
  try {
    const scratchRows = new ScratchRows(store, catalog, made)
    const tables: (FilledTable & { realRows: number })[] = []
    for (const table of scratchRows.inOrder([...whole.values()])) {
      const { rows: given, estimate } = read.get(table.mapping) ?? { rows: [], estimate: 0 }
      const one = await scratchRows.fill(table, given, rows)
      // All were read where fewer were there than wanted.
      tables.push({ ...one, realRows: given.length < rows ? given.length : Math.max(estimate, given.length) })
    }
    // The next number of each counter lies behind the rows that were copied with theirs.
    const counters = await store.counters()
    await store.raiseCounters(
      counters.flatMap(({ table, next, max }) =>
        next === null || max === null ? [] : [{ table, next: max + 1n }],
      ),
    )
    const traffic = [...whole.values()].map((table) => {
      const { mapping } = table
      const { converted } = namesOf(mapping)
      const about = { engine: catalog.engine, rows: scratchRows.rowsOf(mapping), converted, writers }
      return trafficTable(table, made.get(mapping)!, about)
    })
    return { tables, traffic, notes: notesOf(tables, traffic) }
  } finally {
    await store.close()
  }
}

function notesOf(tables: readonly FilledTable[], traffic: readonly TrafficTable[]): string[] {
  return [
    ...tables.flatMap(({ table, left }) =>
      left === 0
        ? []
        : [
            `${table}: ${left} rows were not copied: those that they refer to were not, or the table refused them`,
          ],
    ),
    ...traffic.flatMap(({ mapping, fresh, converted }) => [
      ...(fresh === null
        ? [`${mapping}: no new rows were written: no column of its keys takes a new value`]
        : []),
      ...(converted
        ? [`${mapping}: its rows are converted, so it was written only while the source was primary`]
        : []),
    ]),
  ]
}

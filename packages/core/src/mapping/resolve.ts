// From the user's config and the two catalogs to table mappings that apply and capture work with, or to the list of everything that
// is in the way. Pure: the catalogs were read before.

import type { Table, TableRef } from '../catalog.ts'
import type { Side } from '../stage.ts'
import type { Row } from '../store.ts'
import type { Migration, TableSettings } from './config.ts'
import { findTable } from './find-table.ts'
import type { MappedTable, SideCatalog } from './mapped-table.ts'
import { matchKey } from './match-key.ts'
import { pairColumns } from './pair-columns.ts'
import { type MappingProblem, Problems } from './problem.ts'
import { carriesTexts, comparesTexts, rowMap, sideTable } from './row-map.ts'
import type { SideTable } from './side-table.ts'
import { didYouMean } from './suggest.ts'
import { tableText } from './table-name.ts'
import { validateForeignKeys, validateTriggers } from './validate-actions.ts'
import { validateAccept } from './validate-accept.ts'
import { validateColumns } from './validate-columns.ts'
import { validateOtherNames } from './validate-other-names.ts'
import { validateReads } from './validate-reads.ts'

const sides = ['source', 'target'] as const

export interface TableMapping {
  /** The source table as the config writes it; stands in journal entries. */
  readonly name: string
  readonly source: SideTable
  readonly target: SideTable
  /**
   * A row in the order of `source.columns` to one in the order of `target.columns`; the given row itself where nothing changes.
   * @throws TwinwriteError TW_SECONDARY_REJECTED for a row that the target can't hold or on which a function of the user's throws,
   * TW_CONFIG_INVALID when such a function returns something that is no row
   */
  toTarget(row: Row): Row
  /** The way back, with the same errors. */
  toSource(row: Row): Row
  /** Columns of each side, from the first on, that are no constants. */
  readonly telling: Readonly<Record<Side, number>>
  /** Whether rows of this side have the same texts on the other one, column by column. */
  readonly carriesTexts: Readonly<Record<Side, boolean>>
  /** Whether a row of this side is equal to one of the other where the texts of all columns that are no constants are. */
  readonly comparesTexts: Readonly<Record<Side, boolean>>
}

export interface MappingPlan {
  /** Empty as long as there is a problem of severity `error`. */
  readonly mappings: readonly TableMapping[]
  readonly problems: readonly MappingProblem[]
}

/**
 * Checks the mapping against both catalogs. Never throws: what is wrong comes back as data (`mappingError` makes one error of it).
 * The catalogs need to hold the tables that `tablesOf` names, where they exist.
 */
export function planMapping(migration: Migration, source: SideCatalog, target: SideCatalog): MappingPlan {
  const catalogs = { source, target }
  const engine = { source: source.engine, target: target.engine }
  const problems: MappingProblem[] = []
  const tables: MappedTable[] = []
  const alone: Record<Side, Table[]> = { source: [], target: [] }
  const taken: Record<Side, Map<string, string>> = { source: new Map(), target: new Map() }
  for (const [name, settings] of migration.tables) {
    const own = new Problems(name)
    const [sourceTable, targetTable] = sides.map((side) => {
      const table = findTable(catalogs[side].tables, settings[side], engine[side])
      if (table === undefined) unknownTable(side, settings[side], catalogs[side], own)
      return table !== undefined && claim(taken[side], side, table, name, own) ? table : undefined
    })
    if (sourceTable !== undefined && targetTable !== undefined) {
      const mapped = mapTable(name, settings, { source: sourceTable, target: targetTable }, engine, own)
      validateColumns(mapped, own)
      validateTriggers(mapped, own)
      validateAccept(mapped, own)
      validateReads(mapped, migration.reads, own)
      tables.push(mapped)
    } else {
      if (sourceTable !== undefined) alone.source.push(sourceTable)
      if (targetTable !== undefined) alone.target.push(targetTable)
    }
    problems.push(...own.found)
  }
  problems.push(...validateForeignKeys(tables, alone), ...validateOtherNames(tables))
  if (problems.some((problem) => problem.severity === 'error')) return { mappings: [], problems }
  return { mappings: tables.flatMap(compile), problems }
}

function mapTable(
  name: string,
  settings: TableSettings,
  table: MappedTable['table'],
  engine: MappedTable['engine'],
  problems: Problems,
): MappedTable {
  const pairing = pairColumns(settings, table, engine, problems)
  const key = matchKey(table, engine, pairing, problems)
  return { name, settings, table, engine, pairing, key }
}

function compile(mapped: MappedTable): TableMapping[] {
  const { name, key, pairing } = mapped
  if (key === null) return []
  const { pairs, loose } = pairing
  return [
    {
      name,
      source: sideTable(mapped, 'source', key),
      target: sideTable(mapped, 'target', key),
      toTarget: rowMap(mapped, 'source', key),
      toSource: rowMap(mapped, 'target', key),
      telling: {
        source: pairs.length + loose.source.length,
        target: pairs.length + loose.target.length,
      },
      carriesTexts: { source: carriesTexts(mapped, 'source'), target: carriesTexts(mapped, 'target') },
      comparesTexts: { source: comparesTexts(mapped, 'source'), target: comparesTexts(mapped, 'target') },
    },
  ]
}

function unknownTable(side: Side, ref: TableRef, { engine, tables }: SideCatalog, problems: Problems): void {
  const option = side === 'source' ? 'the name in `tables`' : 'the option `target`'
  problems.error(
    'TW_TABLE_UNKNOWN',
    undefined,
    `the ${side} (${engine}) has no table ${tableText(ref)}`,
    `${didYouMean(tableText(ref), tables.map(tableText))}Create the table, or correct ${option}`,
  )
}

/** Notes that a mapping uses a table; false when another one does already. */
function claim(
  taken: Map<string, string>,
  side: Side,
  table: Table,
  name: string,
  problems: Problems,
): boolean {
  const other = taken.get(tableText(table))
  if (other === undefined) {
    taken.set(tableText(table), name)
    return true
  }
  problems.error(
    'TW_TABLE_TWICE',
    undefined,
    `${tableText(table)} (${side}) stands in two mappings, ${JSON.stringify(other)} and ${JSON.stringify(name)}`,
    'Keep one mapping of the table',
  )
  return false
}

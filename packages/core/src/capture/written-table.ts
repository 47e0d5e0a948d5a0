// The mapped tables that a statement writes, and how its own text calls them.

import type { SideTable } from '../mapping/side-table.ts'
import { tableText } from '../mapping/table-name.ts'
import type { TargetTable, TruncateScan } from '../scan/statement.ts'
import type { WriteScan } from '../write/write-side.ts'
import type { CaptureSide } from './capture.ts'
import { captureTraits } from './capture-traits.ts'
import { refusal } from './refusal.ts'

export interface WrittenTable {
  readonly table: SideTable
  readonly target: TargetTable
  /** Quoted alias or name by which the statement's clauses can qualify columns of the table. */
  readonly reference: string
}

/** Tables in which the statement writes, or may write. */
export function targetsOf(scan: WriteScan | TruncateScan): readonly TargetTable[] {
  if (scan.kind === 'truncate') return scan.tables.map((table) => ({ ...table, alias: null }))
  return scan.kind === 'insert' ? [{ ...scan.table, alias: scan.alias }] : scan.targets
}

/** @throws TwinwriteError `TW_CAPTURE_REFUSED` where a mapped table is written by another name than its own */
export function refuseOtherNames(side: CaptureSide, scan: WriteScan): void {
  const verb = scan.kind === 'insert' ? scan.verb : scan.kind
  for (const target of targetsOf(scan)) {
    const [table] = side.through(target)
    if (table === undefined || !mayWrite(scan, target)) continue
    throw refusal(
      table.mapping,
      `${verb.toUpperCase()} through ${JSON.stringify(target.name)}`,
      `Write the table ${tableText(table.table)} itself.`,
    )
  }
}

/** An UPDATE of several tables writes those of which it sets a column. */
function mayWrite(scan: WriteScan, target: TargetTable): boolean {
  if (scan.kind !== 'update' || !scan.multiTable) return true
  const name = (target.alias ?? target.name).toLowerCase()
  return scan.assignments.some(({ qualifier }) => qualifier === null || qualifier.toLowerCase() === name)
}

export function writtenTables(side: CaptureSide, scan: WriteScan): WrittenTable[] {
  const { quote } = side.dialect
  return targetsOf(scan).flatMap((target) => {
    const table = side.find(target)
    if (table === undefined) return []
    // MySQL compares table names as the server is told to: the name as written is the one that surely fits.
    return [{ table, target, reference: quote(target.alias ?? target.name) }]
  })
}

/** Compares names of columns as the engine does. */
export function sameColumn(side: CaptureSide, left: string, right: string): boolean {
  if (left === right) return true
  return captureTraits[side.dialect.engine].foldsColumns && left.toLowerCase() === right.toLowerCase()
}

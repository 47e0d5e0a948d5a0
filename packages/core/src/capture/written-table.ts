// The mapped tables that a statement writes, and how its own text calls them.

import type { SideTable } from '../mapping/side-table.ts'
import type { TargetTable } from '../scan/statement.ts'
import type { WriteScan } from '../write/write-side.ts'
import type { CaptureSide } from './capture.ts'
import { captureTraits } from './capture-traits.ts'

export interface WrittenTable {
  readonly table: SideTable
  readonly target: TargetTable
  /** Quoted alias or name by which the statement's clauses can qualify columns of the table. */
  readonly reference: string
}

export function writtenTables(side: CaptureSide, scan: WriteScan): WrittenTable[] {
  const targets: readonly TargetTable[] =
    scan.kind === 'insert' ? [{ ...scan.table, alias: scan.alias }] : scan.targets
  const { quote } = side.dialect
  return targets.flatMap((target) => {
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

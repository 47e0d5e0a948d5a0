// Which store is read and which is written, and how a row of the one becomes a row of the other.

import type { SideTable } from '../mapping/side-table.ts'
import type { Side } from '../stage.ts'
import type { Row, Store } from '../store.ts'

/** One mapping as seen from the primary. */
export interface DirectedTable {
  readonly from: SideTable
  readonly to: SideTable
  /** Row of the primary to row of the secondary. */
  convert(row: Row): Row
}

export interface Direction {
  readonly primarySide: Side
  readonly primary: Store
  readonly secondary: Store
  /** By the mapping's name. */
  readonly tables: ReadonlyMap<string, DirectedTable>
}

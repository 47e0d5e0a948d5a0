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
  /** Row of the secondary to row of the primary. */
  back(row: Row): Row
  /** Columns, from the first on, that tell something of the row; those after them hold the same in every row applied. */
  readonly telling: { readonly from: number; readonly to: number }
  /** Whether `convert` only refuses rows and changes no text: the columns of `from` then are those of `to`, in their order. */
  readonly carriesTexts: boolean
  /** Whether rows are equal where the texts of all their columns are, which stand in one order on both sides. */
  readonly comparesTexts: boolean
}

export interface Direction {
  readonly primarySide: Side
  readonly primary: Store
  readonly secondary: Store
  /** By the mapping's name. */
  readonly tables: ReadonlyMap<string, DirectedTable>
}

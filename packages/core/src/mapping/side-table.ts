// One side of a resolved table mapping: which columns travel, and in which order.

import type { Column, Table } from '../catalog.ts'

export interface SideTable {
  /** Name of the mapping, the same on both sides; stands in journal entries. */
  readonly mapping: string
  readonly table: Table
  /** Columns that travel, in the order of `Row`. Generated columns never do. */
  readonly columns: readonly Column[]
  /** Columns of the row's key, in the same order on both sides; all of them stand in `columns` too. */
  readonly key: readonly Column[]
}

// The port through which one side's rows are read to be compared: unlocked, in several statements, maybe from a read replica, so old
// a moment later. What differs here is only suspected (see `confirm`). @twinwrite/sql implements it, on sessions of its own.

import type { DirectedTable } from '../apply/direction.ts'
import type { KeyedRow, KeyRange } from '../bulk.ts'
import type { Key } from '../key.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Side } from '../stage.ts'
import type { Row } from '../store.ts'

/** A row with the canonical text of the time at which it was written. */
export interface TimedRow extends KeyedRow {
  readonly time: string
}

export interface Differing {
  /** Of this side, in the range. */
  readonly rows: number
  /** Rows that may differ: all others are equal. Null: more than were wanted. */
  readonly keys: readonly Key[] | null
}

/** Every method rejects with StoreError. Tables are named by their mapping. */
export interface SideRows {
  readonly side: Side
  /** Sets the tables that the methods below know. */
  use(tables: ReadonlyMap<string, SideTable>): void
  /** Rows that the database's statistics believe to be there. */
  estimate(table: string): Promise<number>
  /** The first rows of a range, in the order of the key in this database. @param limit null: all of them */
  page(table: string, range: KeyRange, limit: number | null): Promise<readonly KeyedRow[]>
  /**
   * Compares a range with that of another database, without making a value of any column: as digests that the databases make, or as
   * the bytes that both write.
   * @param table whose `from` is this side
   * @param rows that this side has in the range, at most
   * @param most keys that are wanted
   * @returns null where the two do not write the same bytes for the same row
   */
  differing(
    other: SideRows,
    table: DirectedTable,
    range: KeyRange,
    rows: number,
    most: number,
  ): Promise<Differing | null>
  /** Rows with these keys; those that are not there are absent. */
  byKey(table: string, keys: readonly Key[]): Promise<ReadonlyMap<Key, Row>>
  /** The key of the row that stands `rows` places (at least 1) after `after`; null when fewer are left. */
  keyBeyond(table: string, after: Key | null, rows: number): Promise<Key | null>
  /** The latest time in a column; null in a table without one. */
  newest(table: string, column: string): Promise<string | null>
  /** Rows by the time in a column, then by key: those at or after a time, or those behind a row of that time. */
  changed(
    table: string,
    column: string,
    from: { readonly time: string | null; readonly after: Key | null },
    limit: number,
  ): Promise<readonly TimedRow[]>
  /** Milliseconds since 1970 by the database's clock. */
  clockMs(): Promise<number>
  close(): Promise<void>
}

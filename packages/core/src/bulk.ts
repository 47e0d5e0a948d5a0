// The port through which whole tables are read and filled, for loading and comparing. It is no part of the protocol: what it reads is
// unlocked and may be old a moment later. @twinwrite/sql implements it, on sessions of its own without the short limits of the others.

import type { Key } from './key.ts'
import type { SideTable } from './mapping/side-table.ts'
import type { Side } from './stage.ts'
import type { Row } from './store.ts'

/** Rows of a table in the order of its key in this database: after `after`, up to and with `upTo`. Null: no bound. */
export interface KeyRange {
  readonly after: Key | null
  readonly upTo: Key | null
}

export interface KeyedRow {
  readonly key: Key
  readonly row: Row
}

/** Every method rejects with StoreError. Tables are named by their mapping. */
export interface Bulk {
  readonly side: Side
  /** Sets the tables that the methods below know. */
  use(tables: ReadonlyMap<string, SideTable>): void
  /** Rows that the database's statistics believe to be there: cheap, and rough. */
  estimate(table: string): Promise<number>
  /** The largest key; null in an empty table. */
  lastKey(table: string): Promise<Key | null>
  /** The key of the row that stands `rows` places (at least 1) after `after`; null when fewer are left. */
  keyAt(table: string, after: Key | null, rows: number): Promise<Key | null>
  /** All rows of a range, in the order of the key. The caller keeps ranges small. */
  rows(table: string, range: KeyRange): Promise<readonly KeyedRow[]>
  close(): Promise<void>
}

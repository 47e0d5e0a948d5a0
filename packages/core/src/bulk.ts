// The port through which whole tables are read and filled, for loading and comparing. It is no part of the protocol: what it reads is
// unlocked and may be old a moment later. @twinwrite/sql implements it, on sessions of its own without the short limits of the others.

import type { DirectedTable } from './apply/direction.ts'
import type { Key } from './key.ts'
import type { SideTable } from './mapping/side-table.ts'
import type { Side } from './stage.ts'
import type { Checkpoint, Row } from './store.ts'

/** Rows of a table in the order of its key in this database: after `after`, up to and with `upTo`. Null: no bound. */
export interface KeyRange {
  readonly after: Key | null
  readonly upTo: Key | null
  /** SQL condition in the words of this database that rows must also meet: given by the operator, never by data. */
  readonly where?: string
}

export interface KeyedRow {
  readonly key: Key
  readonly row: Row
}

/** What must hold when rows are filled in: of several loaders, and of dead ones, only one writes a chunk. */
export interface FillGuard {
  /**
   * What the side must be. `loading`: nothing is applied meanwhile. `secondary`: the chunk is an apply of all its rows, so it locks
   * every key before it reads the first row, until it is committed; it only adds rows, and none where one stands already.
   */
  readonly role: 'loading' | 'secondary'
  /** Of the fence row; null: any. */
  readonly epoch: number | null
  /** Body of the checkpoint as it must stand; null: none. */
  readonly expected: string | null
  /** What is written in its place, in the same transaction. @param rows written by it */
  next(rows: number): Checkpoint
}

/** `fence`, `checkpoint`: the guard did not hold, and nothing was written. */
export type FillOutcome =
  | {
      readonly kind: 'filled'
      readonly rows: number
      /** Milliseconds for which the chunk held its locks. */
      readonly ms: number
    }
  | { readonly kind: 'fence' }
  | { readonly kind: 'checkpoint' }

/** An index that a load can do without. */
export interface SpareIndex {
  readonly name: string
  /** Makes exactly this index again. */
  readonly create: string
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
  /** The key of the row that stands `rows` places (at least 1) after the beginning of the range; null when fewer are left in it. */
  keyAt(table: string, range: KeyRange, rows: number): Promise<Key | null>
  /** The first keys of a range, in their order. */
  keys(table: string, range: KeyRange, limit: number): Promise<readonly Key[]>
  /** Those of the keys that are there. */
  present(table: string, keys: readonly Key[]): Promise<ReadonlySet<Key>>
  /** All rows of a range, in the order of the key. The caller keeps ranges small. */
  rows(table: string, range: KeyRange): Promise<readonly KeyedRow[]>
  /**
   * Copies a range of another database's table into this one: one transaction that checks the fence under its shared lock, and the
   * checkpoint. Rejects with `unique`, `foreign-key` or `rejected` where the rows are not accepted.
   */
  fill(source: Bulk, table: DirectedTable, range: KeyRange, guard: FillGuard): Promise<FillOutcome>
  /** Deletes all rows, in such a transaction. */
  empty(table: string, guard: FillGuard): Promise<FillOutcome>
  /** Indexes that are not unique, serve no foreign key, and can be made again to the letter. */
  spareIndexes(table: string): Promise<readonly SpareIndex[]>
  /** Drops an index while this side is `loading`. @returns false when it is not */
  dropIndex(table: string, name: string, epoch: number): Promise<boolean>
  createIndexes(table: string, indexes: readonly SpareIndex[]): Promise<void>
  close(): Promise<void>
}

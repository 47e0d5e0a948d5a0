// What differs between engines for finding touched keys, as data. No strategy asks for an engine's name.

import type { EngineName } from '../catalog.ts'

/**
 * - `locked`: rows that a statement is about to change stay as they are until then
 * - `written`: rows that the transaction has just written
 */
export type Reading = 'locked' | 'written'

export interface CaptureTraits {
  /**
   * `all`: every write can return its touched rows, and the response tells nothing that can't be rebuilt from them.
   * `none`: keys come from given values, generated ids and reads.
   */
  readonly returning: 'all' | 'none'
  /** Whether an INSERT can return its rows. */
  readonly insertReturning: boolean
  /**
   * Lock of a SELECT until the end of the transaction, by what is read; empty where the writer has the database for itself. Under
   * REPEATABLE READ of MySQL and MariaDB a plain read of rows just written would also fix the snapshot of the transaction before the
   * app reads anything, and a unique value that has moved from row to row would be found in the row that had it first.
   */
  readonly lock: Record<Reading, string>
  /** Shared lock, at the end of a SELECT. */
  readonly shareLock: string
  /**
   * Whether a statement is bound to the rows that were read and locked before it: others may commit new rows in
   * between that its WHERE would match, too (failure case p).
   */
  readonly pins: boolean
  /** A condition that no row fulfils, and that the server finds out only row by row: it would answer another way otherwise. */
  readonly never: (column: string) => string
  /** Whether unquoted and quoted column names that differ by case alone are the same. */
  readonly foldsColumns: boolean
  /** Whether a qualified column name can stand in RETURNING. */
  readonly qualifiesReturning: boolean
  /** Expression of the connection's last generated id, which the driver reports for every write; null: it reports none. */
  readonly lastId: string | null
  /** How a list of key tuples is given. */
  readonly tuples: 'arrays' | 'rows' | 'values'
}

const mysql: CaptureTraits = {
  returning: 'none',
  insertReturning: false,
  lock: { locked: ' FOR UPDATE', written: ' FOR SHARE' },
  shareLock: ' FOR SHARE',
  pins: true,
  never: (column) => `NOT (${column} <=> ${column})`,
  foldsColumns: true,
  qualifiesReturning: true,
  lastId: null,
  tuples: 'rows',
}

export const captureTraits: Record<EngineName, CaptureTraits> = {
  postgres: {
    returning: 'all',
    insertReturning: true,
    lock: { locked: ' FOR UPDATE', written: '' },
    shareLock: ' FOR SHARE',
    pins: true,
    never: (column) => `${column} IS DISTINCT FROM ${column}`,
    foldsColumns: false,
    qualifiesReturning: true,
    lastId: null,
    tuples: 'arrays',
  },
  mysql,
  mariadb: {
    ...mysql,
    lock: { locked: ' FOR UPDATE', written: ' LOCK IN SHARE MODE' },
    shareLock: ' LOCK IN SHARE MODE',
    insertReturning: true,
  },
  // One writer at a time, and better-sqlite3 reports last_insert_rowid() for every write.
  sqlite: {
    returning: 'all',
    insertReturning: true,
    lock: { locked: '', written: '' },
    shareLock: '',
    pins: false,
    never: (column) => `${column} IS NOT ${column}`,
    foldsColumns: true,
    qualifiesReturning: false,
    lastId: 'last_insert_rowid()',
    tuples: 'values',
  },
}

// The port that builds the few statements which run on the *app's* connection: canonical keys, journal, fence.
// Each is bound to one migration on one engine; @twinwrite/sql implements it. Values are always bound,
// identifiers always quoted (W14).

import type { Column, EngineName, TableRef } from './catalog.ts'
import type { Change } from './change.ts'
import type { SideTable } from './mapping/side-table.ts'
import type { Key } from './key.ts'
import type { Statement } from './statement.ts'
import type { Row } from './store.ts'

export interface SqlDialect {
  readonly engine: EngineName
  quote(identifier: string): string
  /** Quoted name with its schema, where it has one. */
  table(ref: TableRef): string
  /** Text of the 1-based placeholder: `$1`, `?`. */
  placeholder(position: number): string
  /** SQL expression of what `readText` makes the canonical text of, given the SQL expression of the column. */
  canonical(column: Column, expression: string): string
  /** Canonical text of a string that came from `canonical`; floats and JSON are for `readRow`. */
  readText(given: string): string
  /**
   * SQL expression of the column's own type, given the SQL expression (placeholder) of a canonical text.
   * @param text which one, where it is known: SQLite has a form of its own for some
   */
  typed(column: Column, expression: string, text?: string): string

  /**
   * Inserts the changes into the journal if the fence says `primary` at this epoch, under a shared lock that lasts until
   * the end of the transaction (PROTOCOL 5.11). Fewer rows inserted than changes given: the fence refused.
   * `stale`: the transaction's snapshot may be older than the fence (PostgreSQL REPEATABLE READ, SERIALIZABLE).
   */
  journal(changes: readonly Change[], epoch: number, stale: boolean): Statement
  /** Returns a row if the fence says `primary` at this epoch, under the same lock. */
  checkFence(epoch: number, stale: boolean): Statement
  /** Marks a whole table as written in a way that could not be captured, under the same fence. */
  mark(table: string, reason: string, epoch: number, stale: boolean): Statement
  /**
   * Journal and COMMIT as one text for one round trip, without placeholders, in any isolation level; fails with an error that `refused`
   * knows when the fence refuses. Null where the engine has no such thing.
   */
  journalAndCommit(changes: readonly Change[], epoch: number): string | null
  /** Whether the error says that what `journalAndCommit` calls is not there or not allowed; the transaction is as it was. */
  isUnusable(error: unknown): boolean
  /**
   * SQL for the RETURNING list of a write outside of a transaction: for each touched row it inserts the row's key into the journal under the
   * fence and gives the encoded key (as `encodeKey` does), or fails with an error that `refused` knows. Null where the engine can't.
   * @param parts SQL of the canonical text of each part of the key
   */
  fold(table: string, parts: readonly string[], op: Change['op'], epoch: number): string | null
  /** Whether an error of the app's connection is the refusal made by `journalAndCommit` or `fold`. */
  refused(error: unknown): boolean
  /** Canonical rows of these keys, columns aliased c0, c1, ... in the order of `SideTable.columns`, key parts k0, k1, ... */
  rows(table: SideTable, keys: readonly Key[]): Statement
  /** Canonical key and row of one row (by alias) of `rows`, whose floats and JSON servers can't make canonical by themselves. */
  readRow(table: SideTable, row: Readonly<Record<string, unknown>>): { readonly key: Key; readonly row: Row }
}

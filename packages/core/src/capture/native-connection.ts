// What an adapter gives to capture: one physical connection of the app, and one call of the app on it.

import type { Statement } from '../statement.ts'

/**
 * Reads and rebuilds the raw response of a driver (`R`), so that the app sees exactly what it would have seen without us (W1).
 * One per driver, or per layer above drivers.
 */
export interface ResponseShape<R> {
  /** Rows as objects by column name; none for a statement without a result set. */
  rows(response: R): Record<string, unknown>[]
  /** Number of rows that the statement touched, as the driver reports it. */
  affected(response: R): number
  /** Whether the statement surely left every row as it was. */
  unchanged(response: R): boolean
  /** The generated id that the driver reports, unsigned; null when it reports none, or can't report it exactly. */
  insertId(response: R): bigint | null
  /** Takes our columns out of rows and column metadata. `restore` tells what the app's own statement would have answered with. */
  strip(response: R, ours: readonly string[], restore: ResponseRestore): R
  /** The response of the last one of several statements in one text. */
  last?(response: R): R
  /** The response of a COMMIT, from that of the dialect's `journalAndCommit`, where the driver tells them apart. */
  committed?(response: R): R
  /** The response of a statement that we ran in a transaction of our own, as it is without a transaction. */
  autocommitted(response: R): R
  /** The error of a rewritten statement, as the statement of the app would have made it. */
  failure(error: unknown, rewrite: Rewrite): unknown
  /** What node-postgres, mysql2 or better-sqlite3 would have thrown, where a layer above the driver wraps its errors. */
  driverError?(error: unknown): unknown
}

export interface ResponseRestore {
  /** The app's statement itself returns rows; otherwise the response must look like one of a statement that returns none. */
  readonly returnsRows: boolean
  /** Command tag of the app's statement where the driver reports one, e.g. `UPDATE`. */
  readonly command?: string
  readonly affected: number
  /** As the driver itself would give it. */
  readonly insertId?: number | bigint | string
  /** Text that MySQL's and MariaDB's answers carry. */
  readonly info?: string
  readonly warnings?: number
}

/** How a statement of the app was sent in another form. */
export interface Rewrite {
  readonly original: Statement
  readonly sent: Statement
  /** Offset in the original text of an offset in the sent one; null when that text is ours. */
  origin(offset: number): number | null
}

/** One call of the app: its statement, and the way to run it (or a rewritten form) with the app's own driver options. */
export interface AppCall<R> extends Statement {
  run(statement: Statement): Promise<R>
}

/** One physical connection of the app. */
export interface NativeConnection<R> {
  readonly shape: ResponseShape<R>
  /** Whether the app has allowed this driver to send several statements in one text. */
  readonly takesSeveral?: boolean
  /** Runs one statement of ours, unseen by the app; rejects with the driver's error. */
  own(statement: Statement): Promise<R>
  /** Keeps the connection from going back into the pool: its transaction state is unknown. */
  discard(): void
}

/** An error as its driver made it. */
export function driverError<R>({ shape }: NativeConnection<R>, error: unknown): unknown {
  return shape.driverError === undefined ? error : shape.driverError(error)
}

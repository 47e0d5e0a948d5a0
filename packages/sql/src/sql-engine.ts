// What an engine must offer so that the one store and the one writer of rows work on it. Each engine's folder has one of these, with
// the same file names in it; nothing outside these folders asks which engine it is.

import type {
  Column,
  ControlNaming,
  Counter,
  EngineName,
  Key,
  RowKey,
  SideTable,
  SpareIndex,
  SqlDialect,
  Statement,
  StoreReason,
  Table,
  TableRef,
} from '@twinwrite/core'
import type { Digest } from './compare/digest.ts'
import type { Lines } from './lines/lines.ts'
import type { Finding } from './finding.ts'
import type { ControlTables, controlTableKinds } from './naming.ts'
import type { Answer, Session } from './session.ts'
import type { LagReader } from './sql-replica.ts'
import type { Sql } from './sql-text.ts'
import type { Values } from './values/values.ts'

/**
 * What a session is for: applying writes with short limits and, where permitted, without foreign keys and triggers; reading and filling
 * whole tables without limits; or all else. `load` fills tables: as `apply`, without limits.
 * `replica` reads whole tables, and does not mind a server that takes no writes.
 */
export type SessionPurpose = 'apply' | 'control' | 'bulk' | 'load' | 'replica'

export interface ControlStatements {
  /** Statements that make each table. */
  readonly create: Record<(typeof controlTableKinds)[number], readonly string[]>
  /** Made where the user may; without them a commit takes one round trip more. */
  readonly routines: readonly string[]
  /** Removes what is made with the tables and outlives them. */
  readonly drop: readonly string[]
  /** Fills the stripe table. */
  readonly stripes: string
  /** Inserts a row of literals unless one with this key is there. */
  insertAbsent(table: string, columns: readonly string[], literals: readonly string[]): string
}

/** Values of some columns, as `Values.bind` gave them, for the row of a key. */
export interface BoundRow {
  readonly key: Key
  readonly values: readonly unknown[]
}

/** Statements that write rows of one table by key. None of them ever touches a row with another key (C16, C17). */
export interface WriteStatements {
  /** Most rows in one statement for this number of columns. */
  batch(columns: number): number
  /** Fails where a row with such a key or unique value is there. */
  insert(table: SideTable, rows: readonly BoundRow[]): Statement
  /** Inserts or updates by key in one; null where the engine has no safe form for this table. */
  upsert(table: SideTable, rows: readonly BoundRow[]): Statement | null
  /** Sets columns of the rows with these keys. */
  update(table: SideTable, columns: SideTable['columns'], rows: readonly BoundRow[]): Statement
  /** Whether the error says that `upsert` is not safe on this table after all. */
  refusedUpsert(error: unknown): boolean
}

/** The part of a statement that finds rows. */
export interface Found {
  /** What stands after FROM, or after UPDATE. */
  readonly from: Sql
  readonly where: Sql
}

/** Column definitions that hold every value of a column of another engine. */
export interface ColumnTypes {
  /** @returns null where no type holds the same values */
  typeOf(column: Column, inIndex: boolean): string | null
  /** How the type of a column of this engine is written. */
  kept(column: Column): string
  /** The type of last resort. */
  textOf(inIndex: boolean): string
  /** What makes the column count by itself. */
  counter(column: Column, table: Table): string
  /** Whether the definition of a column says that it is the primary key. */
  keyInColumn(table: Table): boolean
}

export interface SqlEngine {
  readonly name: EngineName
  readonly columnTypes: ColumnTypes
  readonly values: Values
  readonly write: WriteStatements
  /** Milliseconds since 1970 by the database's clock. */
  readonly now: Sql
  /** Locks the rows of `t` that a SELECT reads, where the engine locks rows. */
  forUpdate(session: Session): Sql
  readonly sessionsPerPool: number

  dialect(naming: ControlNaming): SqlDialect
  quote(identifier: string): string
  table(ref: TableRef): string
  placeholder(position: number): string
  /** A text as SQL literal, for statements that an administrator may run by hand. */
  literal(text: string): string
  control(tables: ControlTables): ControlStatements

  /** @param settings what the user gave for the driver */
  connect(settings: unknown, purpose: SessionPurpose): Promise<Session>
  /** @param control name that all control tables begin with */
  reason(error: unknown, control: string): StoreReason

  /** An expression as text that any other text can stand with in a UNION. */
  unionText(expression: Sql): Sql
  /** Rows (alias `t`) with these keys, by the engine's own idea of equality, through the index of the key. */
  rowsByKey(table: SideTable, keys: readonly Key[]): Found
  /** Rows of `alias` with exactly these keys, byte by byte. */
  keysEqual(table: SideTable, alias: string, keys: readonly Key[]): Sql
  /** Entries (alias `j`) of these rows, or with these ids. */
  journalByKey(journal: string, keys: readonly RowKey[]): Found
  journalById(journal: string, ids: readonly string[]): Found
  /** Expression that gives each mark (alias `j`) an id of its own, one that took the place of another included. */
  readonly markId: string
  marksById(mark: string, ids: readonly string[]): Found
  /** Beginning of a DELETE from what is found, up to FROM. */
  deleteOf(alias: string): string
  /** What a row is ordered by, for a column of the key. */
  keyOrder(column: SideTable['columns'][number], expression: string): string
  /** What a column of times is ordered by and compared with, and SQL of that for a canonical text. */
  readonly times: {
    order(column: Column, expression: string): string
    bound(column: Column, text: string): string
  }

  /** Begins a transaction in an apply session, with the fence row read under a shared lock. @param select a literal statement */
  beginApply(session: Session, select: string): Promise<Answer>
  lockStripes(lock: string, stripes: readonly number[], mode: 'wait' | 'skip'): Statement
  /** Runs an UPDATE of the fence row (a literal statement) under an exclusive lock that is waited for at most so long. */
  changeFence(session: Session, fence: string, update: string, lockTimeoutMs: number): Promise<Answer>

  /** Rows of a table as the statistics tell. */
  estimate(table: SideTable): Statement

  /** Rows as bytes; null where only canonical rows travel. */
  readonly lines: Lines | null
  /** Digests of rows; null where they cost more than the bytes of the rows. */
  readonly digest: Digest | null
  /** Indexes that a load can do without (see `Bulk.spareIndexes`). */
  spareIndexes(session: Session, table: SideTable): Promise<SpareIndex[]>
  dropIndex(table: SideTable, name: string): string
  /** Whether a change of the schema is a part of the transaction it stands in; elsewhere it commits it. */
  readonly ddlInTransaction: boolean
  createIndexes(table: SideTable, indexes: readonly SpareIndex[]): readonly string[]

  /** Reads the lag of a read replica; what it remembers is of one server. */
  lagReader(): LagReader

  /** Query of the names of all tables in the connection's default schema. */
  readonly tableNames: string
  /** What stands in the way of a migration here, for people. */
  inspect(session: Session, tables: readonly TableRef[]): Promise<Finding[]>
  catalog(session: Session, names: readonly TableRef[]): Promise<Table[]>
  counters(session: Session, tables: readonly SideTable[]): Promise<Counter[]>
  raiseCounter(session: Session, table: SideTable, next: bigint, control: ControlTables): Promise<void>
  transactionMark(session: Session): Promise<string>
  olderTransactions(session: Session, mark: string, control: ControlTables): Promise<string[]>
}

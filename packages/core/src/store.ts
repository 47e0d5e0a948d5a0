// The port through which the protocol sees one side's database (PROTOCOL section 3). @twinwrite/sql implements
// it on real servers, the simulator in memory. Every method is about one round trip, so that a crash between
// two of them can be tried. All sessions belong to the store: never the app's connections or pools, and the
// reads that apply needs have connections of their own (PROTOCOL 5.6, C29).

import type { Table, TableRef } from './catalog.ts'
import type { Change } from './change.ts'
import type { Key } from './key.ts'
import type { SideTable } from './mapping/side-table.ts'
import type { Side, Stage } from './stage.ts'

/** `loading`: a secondary that a fast load fills; nothing is applied to it meanwhile, and it can't become primary. */
export type Role = 'primary' | 'secondary' | 'frozen' | 'loading'

/** One side's fence row: what this database says it is. It decides, whatever anybody believes the stage to be. */
export interface Fence {
  readonly role: Role
  /** Only grows. */
  readonly epoch: number
  readonly stage: Stage
}

/** Compare part of a fence change: this role at this epoch, or any role below an epoch. */
export type FenceGuard = { readonly role: Role; readonly epoch: number } | { readonly epochBelow: number }

/** One row of one mapping. */
export interface RowKey {
  readonly table: string
  readonly key: Key
}

/** Canonical texts of the mapped columns of one side, in the order of `SideTable.columns`. */
export type Row = readonly (string | null)[]

export interface JournalEntry extends RowKey {
  /** Decimal text; grows with insertion. */
  readonly id: string
  readonly attempts: number
}

/** Journal entries and rows as one snapshot of the primary saw them. A row that is not there is absent. */
export interface Snapshot {
  readonly journal: readonly JournalEntry[]
  readonly rows: ReadonlyMap<string, ReadonlyMap<Key, Row>>
}

export interface Upsert {
  readonly key: Key
  readonly row: Row
}

/** What apply writes to one table of the secondary. */
export interface TableWrite {
  readonly table: string
  readonly upserts: readonly Upsert[]
  readonly deletes: readonly Key[]
}

export interface JournalState {
  /** Entries that are not blocked. */
  readonly entries: number
  /** Age of the oldest of them by the database's clock; null when there is none. This is the lag. */
  readonly oldestMs: number | null
  readonly blocked: number
  /** Tables that have marks. */
  readonly marks: readonly string[]
}

export interface BlockedKey extends RowKey {
  readonly id: string
  readonly attempts: number
  readonly reason: string
}

/** Something was written to the table that could not be captured exactly: only a load brings both sides together again. */
export interface Mark {
  readonly id: string
  readonly table: string
  readonly reason: string
}

/** Where a run that can be resumed stands (backfill, verify), or a fact that others must find. */
export interface Checkpoint {
  /** What the run is, e.g. `backfill`. */
  readonly run: string
  /** Mapping that it is about; `*` for the run as a whole. */
  readonly table: string
  /** Number of the part of the table, from 0. */
  readonly part: number
  /** JSON; its form is the run's own business. */
  readonly body: string
}

/** A checkpoint as it was found. */
export interface CheckpointSeen extends Checkpoint {
  /** Since it was written, by the database's clock. */
  readonly ageMs: number
}

/** A confirmed mismatch as it is kept until it is repaired. */
export interface MismatchRecord extends RowKey {
  readonly kind: string
  /** JSON; its form is the business of those who compare. */
  readonly body: string
}

export interface MismatchSeen extends MismatchRecord {
  /** Later ones have larger ids. */
  readonly id: string
}

/** Which mismatches are meant. */
export interface MismatchFilter {
  /** Mappings; all when left out. */
  readonly tables?: readonly string[] | undefined
  /** Only those behind this id. */
  readonly after?: string | undefined
}

/** Next value that the side's counter of a table would give, and the largest value in the table. */
export interface Counter {
  readonly table: string
  readonly next: bigint | null
  readonly max: bigint | null
}

/** What somebody did to the stage, as it is kept for ever. */
export interface Audit {
  /** JSON; its form is the business of those who write it. */
  readonly body: string
  /** ISO 8601, by the database's clock. */
  readonly writtenAt: string
}

/** A process of the fleet as registered in the database. */
export interface ProcessBeat {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly version: string
  /** Through what it writes: `knex`, `prisma`, `typeorm`; `none` for a relay. */
  readonly orm: string
  /** Stage and epoch that every later write of the process obeys: no open transaction began before. */
  readonly stage: Stage
  readonly epoch: number
}

export interface ProcessSeen extends ProcessBeat {
  /** Since the last beat, by the database's clock. */
  readonly ageMs: number
}

/**
 * Why a store could not do what it was asked:
 * - `unique`: another row holds a unique value; `foreign-key`: a parent is missing or a child stands in the way
 * - `rejected`: the row itself is not acceptable (type, length, check, null)
 * - `transient`: deadlock, lock or statement timeout, serialization; the transaction is gone, the server is well
 * - `lost`: no connection, or the connection broke; the outcome of a commit is unknown
 * - `missing`: the journal tables are not there; `version`: they are of another version; `denied`: no right
 */
export type StoreReason =
  | 'unique'
  | 'foreign-key'
  | 'rejected'
  | 'transient'
  | 'lost'
  | 'missing'
  | 'version'
  | 'denied'

export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly reason: StoreReason
  readonly side: Side

  constructor(side: Side, reason: StoreReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.side = side
    this.reason = reason
  }
}

/**
 * A transaction on the secondary that writes applied rows. After any rejection only `rollback` may be called
 * (PROTOCOL 5.7). Its session ends by itself when it idles in a transaction for too long.
 */
export interface ApplySession {
  /** Read under a shared lock that is held until the end of the transaction. */
  readonly fence: Fence | null
  /**
   * Locks the stripes (ascending) until the end of the transaction and returns those it got:
   * all of them with `wait`, only those that nobody holds with `skip`.
   */
  lock(stripes: readonly number[], mode: 'wait' | 'skip'): Promise<ReadonlySet<number>>
  /**
   * Writes rows by key: deletes, then upserts, parents before children where foreign keys are enforced.
   * `displace` also copes with unique values that move between the written rows (PROTOCOL 5.4).
   */
  write(writes: readonly TableWrite[], options: { readonly displace: boolean }): Promise<void>
  commit(): Promise<void>
  /** Ends the transaction; a session that can't is destroyed. Never rejects. */
  rollback(): Promise<void>
}

export interface Store {
  readonly side: Side

  /** Tables of the database with these names, in one reading of the catalog; unknown names are left out. */
  catalog(names: readonly TableRef[]): Promise<Table[]>
  /** Sets the tables that the methods below know, by the mapping's name. */
  use(tables: ReadonlyMap<string, SideTable>): void

  /** Statements that make the journal tables and this migration's fence row, in order. */
  installStatements(first: Fence): readonly string[]
  /** Makes what is missing; rejects with `version` or `denied`. */
  install(first: Fence): Promise<void>
  uninstallStatements(): readonly string[]
  /** Removes this migration's rows, and the tables when no other migration uses them. */
  uninstall(): Promise<void>

  /** Milliseconds since this migration was installed here, by the database's clock; null when it is not. */
  installedMs(): Promise<number | null>

  /** The committed fence row, unlocked; null when not installed. */
  readFence(): Promise<Fence | null>
  /**
   * Compare-and-set of the fence row under an exclusive lock, which waits for writes and applies that hold the
   * shared one (`transient` after `lockTimeoutMs`). False when the guard did not hold.
   */
  changeFence(guard: FenceGuard, next: Fence, lockTimeoutMs: number): Promise<boolean>

  /** Begins a transaction and share-locks the fence. */
  beginApply(): Promise<ApplySession>
  /** Journal entries and rows of these keys, in one snapshot of committed data, without locks. */
  snapshot(keys: readonly RowKey[]): Promise<Snapshot>
  /** Rows of this side that stand in the way of the writes: holders of a unique value, missing parents, children. */
  inTheWay(writes: readonly TableWrite[], reason: 'unique' | 'foreign-key'): Promise<RowKey[]>

  /** Adds journal entries outside any business transaction (repair, tests); true when the fence let them in. */
  addJournal(changes: readonly Change[], epoch: number): Promise<boolean>
  /** Oldest entries first, neither blocked nor waiting for their next try. */
  journalPage(limit: number): Promise<JournalEntry[]>
  deleteJournal(ids: readonly string[]): Promise<void>
  /** Notes a failed try; the entries rest for `retryMs`, or are blocked. */
  failJournal(
    ids: readonly string[],
    reason: string,
    next: { readonly retryMs: number } | 'blocked',
  ): Promise<void>
  journalState(): Promise<JournalState>
  blocked(limit: number): Promise<BlockedKey[]>
  /** Puts blocked entries back into the queue. */
  unblock(ids: readonly string[]): Promise<void>
  /** Oldest first; none on a side without journal tables. @param limit all when left out */
  marks(limit?: number): Promise<Mark[]>
  /** Marks a table outside of a business transaction. */
  addMark(table: string, reason: string): Promise<void>
  /** Only these: a mark that is set again has another id. */
  deleteMarks(ids: readonly string[]): Promise<void>

  /** All of a run by table and part; none on a side without control tables. */
  checkpoints(run: string): Promise<CheckpointSeen[]>
  /**
   * Writes one, over what is there. With `expected` only over exactly this body (null: only where there is none).
   * @returns false when the expectation did not hold
   */
  saveCheckpoint(checkpoint: Checkpoint, expected?: string | null): Promise<boolean>
  deleteCheckpoints(run: string): Promise<void>

  /** One for a row: those that were kept before give way. */
  saveMismatches(records: readonly MismatchRecord[]): Promise<void>
  /** Oldest first; none on a side without control tables. */
  mismatches(limit: number, which?: MismatchFilter): Promise<MismatchSeen[]>
  countMismatches(which?: MismatchFilter): Promise<number>
  deleteMismatches(rows: readonly RowKey[]): Promise<void>

  addAudit(body: string): Promise<void>
  /** Newest first; none on a side without control tables. */
  audits(limit: number): Promise<Audit[]>

  /** The statements that `ApplySession.write` would send, with their values, for people. */
  writeText(writes: readonly TableWrite[]): Promise<string[]>

  counters(): Promise<Counter[]>
  /** Moves each counter so that its next value is at least `next`; never moves one back. */
  raiseCounters(counters: readonly { readonly table: string; readonly next: bigint }[]): Promise<void>

  beat(process: ProcessBeat): Promise<void>
  processes(): Promise<ProcessSeen[]>
  forget(processId: string): Promise<void>
  /** A mark of now, to ask later whether write transactions that were open at it are gone. */
  transactionMark(): Promise<string>
  /** Sessions (for a message) whose write transaction is older than the mark; empty when all are gone. */
  olderTransactions(mark: string): Promise<string[]>

  /** Up to `limit` keys after `after` in the order of the key, for loading. */
  keysAfter(table: string, after: Key | null, limit: number): Promise<Key[]>

  close(): Promise<void>
}

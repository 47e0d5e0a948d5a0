// The store of one side on a real server: core's port, each method a few lines of SQL in the folder `store`.

import type {
  ApplySession,
  Audit,
  BlockedKey,
  Change,
  Checkpoint,
  CheckpointSeen,
  Counter,
  Fence,
  FenceGuard,
  JournalEntry,
  JournalState,
  Key,
  Mark,
  MismatchFilter,
  MismatchRecord,
  MismatchSeen,
  ProcessBeat,
  ProcessSeen,
  RowKey,
  Side,
  SideTable,
  Snapshot,
  Store,
  Table,
  TableRef,
  TableWrite,
} from '@twinwrite/core'
import { beginApply } from './store/apply-session.ts'
import { addAudit, audits } from './store/audits.ts'
import { checkpoints, deleteCheckpoints, saveCheckpoint } from './store/checkpoints.ts'
import { type ContextOptions, StoreContext } from './store/context.ts'
import { changeFence, readFence } from './store/fence.ts'
import { inTheWay } from './store/in-the-way.ts'
import {
  install,
  installedMs,
  installStatements,
  uninstall,
  uninstallStatements,
} from './store/installation.ts'
import {
  addJournal,
  blocked,
  deleteJournal,
  failJournal,
  journalPage,
  journalState,
  unblock,
} from './store/journal.ts'
import { keysOf } from './store/range-keys.ts'
import { addMark, deleteMarks, marks } from './store/marks.ts'
import { countMismatches, deleteMismatches, mismatches, saveMismatches } from './store/mismatches.ts'
import { beat, forget, processes } from './store/processes.ts'
import { snapshot } from './store/snapshot.ts'
import { writeText } from './write/write-text.ts'

export class SqlStore implements Store {
  readonly side: Side
  readonly #context: StoreContext

  constructor(options: ContextOptions) {
    this.side = options.side
    this.#context = new StoreContext(options)
  }

  /** Whether apply writes without foreign keys and triggers here: asked of the server, by the rights of the user. */
  async foreignKeysOff(): Promise<boolean> {
    try {
      return await this.#context.applyPool.with((session) => Promise.resolve(session.foreignKeysOff))
    } catch (error) {
      throw this.#context.failure(error)
    }
  }

  catalog(names: readonly TableRef[]): Promise<Table[]> {
    return this.#context.with((session) => this.#context.engine.catalog(session, names))
  }

  use(tables: ReadonlyMap<string, SideTable>): void {
    this.#context.mapped = tables
  }

  installStatements(first: Fence): readonly string[] {
    return installStatements(this.#context, first)
  }

  install(first: Fence): Promise<void> {
    return install(this.#context, first)
  }

  uninstallStatements(): readonly string[] {
    return uninstallStatements(this.#context)
  }

  uninstall(): Promise<void> {
    return uninstall(this.#context)
  }

  installedMs(): Promise<number | null> {
    return installedMs(this.#context)
  }

  readFence(): Promise<Fence | null> {
    return readFence(this.#context)
  }

  changeFence(guard: FenceGuard, next: Fence, lockTimeoutMs: number): Promise<boolean> {
    return changeFence(this.#context, guard, next, lockTimeoutMs)
  }

  beginApply(): Promise<ApplySession> {
    return beginApply(this.#context)
  }

  snapshot(keys: readonly RowKey[]): Promise<Snapshot> {
    return snapshot(this.#context, keys)
  }

  inTheWay(writes: readonly TableWrite[], reason: 'unique' | 'foreign-key'): Promise<RowKey[]> {
    return inTheWay(this.#context, writes, reason)
  }

  addJournal(changes: readonly Change[], epoch: number): Promise<boolean> {
    return addJournal(this.#context, changes, epoch)
  }

  journalPage(limit: number): Promise<JournalEntry[]> {
    return journalPage(this.#context, limit)
  }

  deleteJournal(ids: readonly string[]): Promise<void> {
    return deleteJournal(this.#context, ids)
  }

  failJournal(
    ids: readonly string[],
    reason: string,
    next: { readonly retryMs: number } | 'blocked',
  ): Promise<void> {
    return failJournal(this.#context, ids, reason, next)
  }

  journalState(): Promise<JournalState> {
    return journalState(this.#context)
  }

  blocked(limit: number): Promise<BlockedKey[]> {
    return blocked(this.#context, limit)
  }

  unblock(ids: readonly string[]): Promise<void> {
    return unblock(this.#context, ids)
  }

  marks(limit?: number): Promise<Mark[]> {
    return marks(this.#context, limit)
  }

  addMark(table: string, reason: string): Promise<void> {
    return addMark(this.#context, table, reason)
  }

  deleteMarks(ids: readonly string[]): Promise<void> {
    return deleteMarks(this.#context, ids)
  }

  checkpoints(run: string): Promise<CheckpointSeen[]> {
    return checkpoints(this.#context, run)
  }

  saveCheckpoint(checkpoint: Checkpoint, expected?: string | null): Promise<boolean> {
    return this.#context.with((session) => saveCheckpoint(this.#context, session, checkpoint, expected))
  }

  deleteCheckpoints(run: string): Promise<void> {
    return deleteCheckpoints(this.#context, run)
  }

  saveMismatches(records: readonly MismatchRecord[]): Promise<void> {
    return saveMismatches(this.#context, records)
  }

  mismatches(limit: number, which?: MismatchFilter): Promise<MismatchSeen[]> {
    return mismatches(this.#context, limit, which)
  }

  countMismatches(which?: MismatchFilter): Promise<number> {
    return countMismatches(this.#context, which)
  }

  deleteMismatches(rows: readonly RowKey[]): Promise<void> {
    return deleteMismatches(this.#context, rows)
  }

  addAudit(body: string): Promise<void> {
    return addAudit(this.#context, body)
  }

  audits(limit: number): Promise<Audit[]> {
    return audits(this.#context, limit)
  }

  writeText(writes: readonly TableWrite[]): Promise<string[]> {
    return writeText(this.#context, writes)
  }

  counters(): Promise<Counter[]> {
    return this.#context.with((session) =>
      this.#context.engine.counters(session, [...this.#context.mapped.values()]),
    )
  }

  async raiseCounters(counters: readonly { readonly table: string; readonly next: bigint }[]): Promise<void> {
    const { engine, tables } = this.#context
    await this.#context.with(async (session) => {
      for (const { table, next } of counters) {
        await engine.raiseCounter(session, this.#context.table(table), next, tables)
      }
    })
  }

  beat(process: ProcessBeat): Promise<void> {
    return beat(this.#context, process)
  }

  processes(): Promise<ProcessSeen[]> {
    return processes(this.#context)
  }

  forget(processId: string): Promise<void> {
    return forget(this.#context, processId)
  }

  transactionMark(): Promise<string> {
    return this.#context.with((session) => this.#context.engine.transactionMark(session))
  }

  olderTransactions(mark: string): Promise<string[]> {
    const { engine, tables } = this.#context
    return this.#context.with((session) => engine.olderTransactions(session, mark, tables))
  }

  keysAfter(table: string, after: Key | null, limit: number): Promise<Key[]> {
    return keysOf(this.#context, table, { after, upTo: null }, limit)
  }

  async close(): Promise<void> {
    await Promise.all([this.#context.applyPool.close(), this.#context.controlPool.close()])
  }
}

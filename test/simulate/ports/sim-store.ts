// The protocol's port to a database, over a simulated server. One request is one round trip.

import type {
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
  Role,
  Row,
  RowKey,
  Side,
  SideTable,
  Snapshot,
  Store,
  Table,
  TableRef,
  TableWrite,
} from '@twinwrite/core'
import type { SimProcess } from '../engine/sim-process.ts'
import type { ServerSession, SessionKind, Task, Work } from '../server/server-session.ts'
import { ServerFault } from '../server/server-fault.ts'
import type { SimDatabase } from '../server/sim-database.ts'
import { catalogTables, parentOf, tableNamed, uniqueOf } from '../server/sim-tables.ts'
import { Link, type NetworkOptions } from './link.ts'
import { SimApplySession } from './sim-apply-session.ts'
import { SimFillSession } from './sim-fill-session.ts'
import { storeError } from './store-error.ts'

/** How notes begin that a server holds and can't send. */
export const unreadable = 'odd'

export interface SimStoreOptions {
  readonly network: () => NetworkOptions
  /** Whether a snapshot takes two round trips: journal first, rows after (allowed by PROTOCOL section 3, step 4). */
  readonly splitSnapshot: boolean
}

export class SimStore implements Store {
  readonly side: Side
  readonly db: SimDatabase
  readonly #process: SimProcess
  readonly #options: SimStoreOptions
  readonly #idle: Record<SessionKind, Link[]> = { app: [], apply: [], auto: [], fill: [] }

  constructor(process: SimProcess, db: SimDatabase, options: SimStoreOptions) {
    this.side = db.side
    this.db = db
    this.#process = process
    this.#options = options
  }

  catalog(names: readonly TableRef[]): Promise<Table[]> {
    const wanted = new Set(names.map((ref) => ref.name))
    return this.auto('catalog', () => catalogTables.filter((table) => wanted.has(table.name)))
  }

  /** The simulated rows have no columns that could stay behind or change their order. */
  use(tables: ReadonlyMap<string, SideTable>): void {
    for (const [name, { columns }] of tables) {
      const given = columns.map((column) => column.name).join()
      if (given !== tableNamed(name).columns.join()) throw new Error(`${name} has columns ${given}`)
    }
  }

  installStatements(): readonly string[] {
    return []
  }

  async install(): Promise<void> {}

  uninstallStatements(): readonly string[] {
    return []
  }

  async uninstall(): Promise<void> {}

  /** Long ago, so that every process of the fleet is registered. */
  installedMs(): Promise<number | null> {
    return this.auto('installedMs', () => 1_000_000 + this.db.scheduler.now)
  }

  readFence(): Promise<Fence | null> {
    return this.auto('readFence', () => this.db.fence)
  }

  changeFence(guard: FenceGuard, next: Fence, lockTimeoutMs: number): Promise<boolean> {
    const { db } = this
    const work = function* (): Work<boolean> {
      yield { name: 'fence', mode: 'exclusive', timeoutMs: lockTimeoutMs }
      return db.changeFence(guard, next)
    }
    return this.#request('changeFence', { work: (session) => alone(session, work()) }, next)
  }

  beginApply(): Promise<SimApplySession> {
    const { db } = this
    return this.#beginApply({
      *work(session) {
        session.begin()
        yield { name: 'fence', mode: 'shared', timeoutMs: db.options.lockTimeoutMs }
        return db.fence
      },
    })
  }

  async beginFill(role: Role, fenced: boolean): Promise<SimFillSession> {
    const { db } = this
    const link = this.#take('fill')
    try {
      const fence = await link.request('beginFill', {
        *work(session) {
          session.begin().filling = role
          if (fenced) yield { name: 'fence', mode: 'shared', timeoutMs: db.options.lockTimeoutMs }
          return db.fence
        },
      })
      return new SimFillSession(link, fence, () => this.#give(link))
    } catch (error) {
      link.hangUp()
      throw storeError(this.side, error)
    }
  }

  /** For seeded bugs only: neither checks nor locks the fence. */
  beginUnfencedApply(): Promise<SimApplySession> {
    return this.#beginApply({
      instant(session) {
        session.begin()
        return { role: 'secondary', epoch: 0, stage: 'source-first' }
      },
    })
  }

  async #beginApply(begin: Task<Fence>): Promise<SimApplySession> {
    const link = this.#take('apply')
    try {
      const fence = await link.request('beginApply', begin)
      return new SimApplySession(link, fence, () => this.#give(link))
    } catch (error) {
      link.hangUp()
      throw storeError(this.side, error)
    }
  }

  async snapshot(keys: readonly RowKey[]): Promise<Snapshot> {
    if (!this.#options.splitSnapshot) {
      return this.auto('snapshot', () => ({ journal: this.journalOf(keys), rows: this.rowsOf(keys) }))
    }
    const journal = await this.auto('snapshot journal', () => this.journalOf(keys))
    const rows = await this.auto('snapshot rows', () => this.rowsOf(keys))
    return { journal, rows }
  }

  journalOf(keys: readonly RowKey[]): JournalEntry[] {
    return this.db.journal.of(keys)
  }

  rowsOf(keys: readonly RowKey[]): Map<string, Map<Key, Row>> {
    const rows = new Map<string, Map<Key, Row>>()
    for (const { table, key } of keys) {
      const row = this.db.committedRow(table, key)
      if (row === null) continue
      if (row.at(-1)?.startsWith(unreadable))
        throw new ServerFault('rejected', `${table} ${key}: note of unknown characters`)
      let ofTable = rows.get(table)
      if (ofTable === undefined) rows.set(table, (ofTable = new Map()))
      ofTable.set(key, row)
    }
    return rows
  }

  inTheWay(writes: readonly TableWrite[], reason: 'unique' | 'foreign-key'): Promise<RowKey[]> {
    const find = (): RowKey[] => [...(reason === 'unique' ? this.#holders(writes) : this.#relatives(writes))]
    return this.auto('inTheWay', find, reason)
  }

  addJournal(changes: readonly Change[], epoch: number): Promise<boolean> {
    const { db } = this
    const work = function* (): Work<boolean> {
      yield { name: 'fence', mode: 'shared', timeoutMs: db.options.lockTimeoutMs }
      if (db.fence.role !== 'primary' || db.fence.epoch !== epoch) return false
      db.journal.commit(
        changes.map(({ table, key, op }) => db.journal.make(table, key, op, db.scheduler.now)),
      )
      return true
    }
    return this.#request('addJournal', { work: (session) => alone(session, work()) }, changes)
  }

  journalPage(limit: number): Promise<JournalEntry[]> {
    return this.auto('journalPage', () => this.db.journal.page(limit, this.db.scheduler.now))
  }

  deleteJournal(ids: readonly string[]): Promise<void> {
    return this.auto('deleteJournal', () => this.db.journal.delete(ids), ids)
  }

  failJournal(
    ids: readonly string[],
    reason: string,
    next: { readonly retryMs: number } | 'blocked',
  ): Promise<void> {
    return this.auto('failJournal', () => this.db.journal.fail(ids, reason, next, this.db.scheduler.now))
  }

  journalState(): Promise<JournalState> {
    return this.auto('journalState', () => this.db.journal.state(this.db.scheduler.now))
  }

  blocked(limit: number): Promise<BlockedKey[]> {
    return this.auto('blocked', () => this.db.journal.blocked(limit))
  }

  unblock(ids: readonly string[]): Promise<void> {
    return this.auto('unblock', () => this.db.journal.unblock(ids))
  }

  /** Nothing in the little language is opaque to capture. */
  marks(): Promise<Mark[]> {
    return this.auto('marks', () => [])
  }

  async addMark(): Promise<void> {}

  async deleteMarks(): Promise<void> {}

  /** Nobody here asks how old one is. */
  checkpoints(run: string): Promise<CheckpointSeen[]> {
    return this.auto('checkpoints', () =>
      [...this.db.checkpoints.values()]
        .filter((checkpoint) => checkpoint.run === run)
        .map((checkpoint) => ({ ...checkpoint, ageMs: 0 })),
    )
  }

  saveCheckpoint(checkpoint: Checkpoint, expected?: string | null): Promise<boolean> {
    const { run, table, part } = checkpoint
    return this.auto('saveCheckpoint', () =>
      this.db.saveCheckpoint(`${run} ${table} ${part}`, checkpoint, expected),
    )
  }

  deleteCheckpoints(run: string): Promise<void> {
    return this.auto('deleteCheckpoints', () => {
      for (const [id, checkpoint] of this.db.checkpoints)
        if (checkpoint.run === run) this.db.checkpoints.delete(id)
    })
  }

  saveMismatches(records: readonly MismatchRecord[]): Promise<void> {
    return this.auto('saveMismatches', () => {
      for (const record of records) this.db.keepMismatch(record)
    })
  }

  mismatches(limit: number, which: MismatchFilter = {}): Promise<MismatchSeen[]> {
    return this.auto('mismatches', () => this.#mismatches(which).slice(0, limit))
  }

  countMismatches(which: MismatchFilter = {}): Promise<number> {
    return this.auto('countMismatches', () => this.#mismatches(which).length)
  }

  #mismatches({ tables, after = '0' }: MismatchFilter): MismatchSeen[] {
    return [...this.db.mismatches.values()].filter(
      ({ id, table }) => BigInt(id) > BigInt(after) && (tables?.includes(table) ?? true),
    )
  }

  deleteMismatches(rows: readonly RowKey[]): Promise<void> {
    return this.auto('deleteMismatches', () => {
      for (const { table, key } of rows) this.db.mismatches.delete(`${table} ${key}`)
    })
  }

  addAudit(body: string): Promise<void> {
    return this.auto('addAudit', () => {
      const writtenAt = new Date(this.db.scheduler.now).toISOString()
      this.db.audits.unshift({ body, writtenAt })
    })
  }

  audits(limit: number): Promise<Audit[]> {
    return this.auto('audits', () => this.db.audits.slice(0, limit))
  }

  /** The little language has no text. */
  async writeText(): Promise<string[]> {
    return []
  }

  counters(): Promise<Counter[]> {
    return this.auto('counters', () => this.db.counters())
  }

  raiseCounters(counters: readonly { readonly table: string; readonly next: bigint }[]): Promise<void> {
    return this.auto('raiseCounters', () => {
      for (const { table, next } of counters) this.db.raiseCounter(table, next)
    })
  }

  beat(process: ProcessBeat): Promise<void> {
    return this.auto('beat', () => {
      this.db.processes.set(process.id, { ...process, at: this.db.scheduler.now })
    })
  }

  processes(): Promise<ProcessSeen[]> {
    const { now } = this.db.scheduler
    return this.auto('processes', () =>
      [...this.db.processes.values()].map(({ at, ...beat }) => ({ ...beat, ageMs: now - at })),
    )
  }

  forget(processId: string): Promise<void> {
    return this.auto('forget', () => {
      this.db.processes.delete(processId)
    })
  }

  transactionMark(): Promise<string> {
    return this.auto('transactionMark', () => String(this.db.transactionMark))
  }

  olderTransactions(mark: string): Promise<string[]> {
    return this.auto('olderTransactions', () =>
      this.db.olderTransactions(Number(mark)).map(({ name }) => name),
    )
  }

  keysAfter(table: string, after: Key | null, limit: number): Promise<Key[]> {
    const from = after === null ? -1 : Number(after)
    return this.auto('keysAfter', () =>
      [...(this.db.committed.get(table)?.keys() ?? [])]
        .filter((key) => Number(key) > from)
        .sort((left, right) => Number(left) - Number(right))
        .slice(0, limit),
    )
  }

  async close(): Promise<void> {
    for (const links of Object.values(this.#idle)) for (const link of links.splice(0)) link.hangUp()
  }

  /** One statement that waits for nothing. */
  auto<T>(label: string, instant: () => T, detail?: unknown): Promise<T> {
    return this.#request(label, { instant }, detail)
  }

  /** One statement in a transaction of its own. */
  async #request<T>(label: string, task: Task<T>, detail?: unknown): Promise<T> {
    const link = this.#take('auto')
    try {
      const result = await link.request(label, task, detail)
      this.#give(link)
      return result
    } catch (error) {
      link.hangUp()
      throw storeError(this.side, error)
    }
  }

  #take(kind: SessionKind): Link {
    return this.#idle[kind].pop() ?? new Link(this.#process, this.db, kind, this.#options.network)
  }

  #give(link: Link): void {
    this.#idle[link.session.kind].push(link)
  }

  *#holders(writes: readonly TableWrite[]): Generator<RowKey> {
    for (const write of writes) {
      const table = tableNamed(write.table)
      for (const { key, row } of write.upserts) {
        const value = uniqueOf(table, row)
        const holder = value === null ? null : this.db.holderOf(null, table, value, key)
        if (holder !== null) yield { table: write.table, key: holder }
      }
    }
  }

  *#relatives(writes: readonly TableWrite[]): Generator<RowKey> {
    for (const write of writes) {
      const table = tableNamed(write.table)
      for (const { row } of write.upserts) {
        const parent = parentOf(table, row)
        if (parent === null || table.parent === null) continue
        if (this.db.committedRow(table.parent.table, parent) === null)
          yield { table: table.parent.table, key: parent }
      }
      for (const key of write.deletes) {
        for (const child of this.db.childrenOf(null, table, key))
          yield { table: child.table.name, key: child.key }
      }
    }
  }
}

function* alone<T>(session: ServerSession, work: Work<T>): Work<T> {
  try {
    return yield* work
  } finally {
    session.rollback()
  }
}

// One simulated database server: committed rows, sessions with transactions, row locks, a fence row, a journal,
// counters. Atomic and durable commits at READ COMMITTED; everything else can be lost at any time.

import type {
  Audit,
  Checkpoint,
  MismatchRecord,
  MismatchSeen,
  Counter,
  Fence,
  FenceGuard,
  Key,
  ProcessSeen,
  Row,
  Side,
} from '@twinwrite/core'
import type { Scheduler } from '../engine/scheduler.ts'
import type { Oracle, RowChange } from '../oracle.ts'
import { Journal } from './journal.ts'
import { LockTable } from './lock-table.ts'
import { ServerFault } from './server-fault.ts'
import type { ServerSession, Work } from './server-session.ts'
import { parentOf, simTables, type SimTable, uniqueOf } from './sim-tables.ts'

export interface DatabaseOptions {
  /** How a failed statement leaves its transaction, and whether explicit ids move the counter. */
  readonly engine: 'postgres' | 'mysql'
  readonly barging: boolean
  /** Waits (ms) of row locks. */
  readonly lockTimeoutMs: number
}

/** What the server keeps of a process of the fleet. */
type Beat = Omit<ProcessSeen, 'ageMs'> & { readonly at: number }

export class SimDatabase {
  readonly side: Side
  readonly scheduler: Scheduler
  readonly oracle: Oracle
  readonly options: DatabaseOptions
  readonly locks: LockTable
  readonly journal = new Journal()
  readonly sessions = new Set<ServerSession>()
  readonly processes = new Map<string, Beat>()
  readonly checkpoints = new Map<string, Checkpoint>()
  readonly audits: Audit[] = []
  readonly mismatches = new Map<string, MismatchSeen>()
  readonly committed: ReadonlyMap<string, Map<Key, Row>> = new Map(
    simTables.map(({ name }) => [name, new Map()]),
  )
  readonly #nextIds = new Map(simTables.map(({ name }) => [name, 100]))
  fence: Fence
  /** The server does not answer before this time. */
  downUntil = 0
  #transactions = 0
  #mismatchIds = 0

  constructor(side: Side, scheduler: Scheduler, oracle: Oracle, first: Fence, options: DatabaseOptions) {
    this.side = side
    this.scheduler = scheduler
    this.oracle = oracle
    this.options = options
    this.fence = first
    this.locks = new LockTable(scheduler, { barging: options.barging })
  }

  saveCheckpoint(id: string, checkpoint: Checkpoint, expected: string | null | undefined): boolean {
    const held = this.checkpoints.get(id)?.body ?? null
    if (expected !== undefined && held !== expected) return false
    this.checkpoints.set(id, checkpoint)
    return true
  }

  keepMismatch(record: MismatchRecord): void {
    const name = `${record.table} ${record.key}`
    this.mismatches.delete(name)
    this.mismatches.set(name, { ...record, id: String(++this.#mismatchIds) })
  }

  get down(): boolean {
    return this.scheduler.now < this.downUntil
  }

  /** The server dies and comes back: its sessions are gone, what was committed stays. */
  crash(forMs: number): void {
    this.downUntil = this.scheduler.now + forMs
    this.scheduler.log(this.side, `crashes for ${forMs} ms`)
    for (const session of this.sessions) session.close('the server crashed')
  }

  committedRow(table: string, key: Key): Row | null {
    return this.#tableRows(table).get(key) ?? null
  }

  /** The row as the session sees it. */
  row(session: ServerSession, table: string, key: Key): Row | null {
    const own = session.transaction?.written.get(table)?.get(key)
    return own === undefined ? this.committedRow(table, key) : own
  }

  /** Rows that the session sees and that `accept` takes. */
  *rowsWhere(
    session: ServerSession | null,
    table: string,
    accept: (row: Row) => boolean,
  ): Generator<[Key, Row]> {
    const own = session?.transaction?.written.get(table)
    for (const [key, row] of this.#tableRows(table)) if (!own?.has(key) && accept(row)) yield [key, row]
    if (own !== undefined) for (const [key, row] of own) if (row !== null && accept(row)) yield [key, row]
  }

  /** Writes one row in the session's transaction, under the locks and constraints that every engine has. */
  *writeRow(session: ServerSession, table: SimTable, key: Key, row: Row | null): Work<void> {
    const timeoutMs = this.options.lockTimeoutMs
    yield { name: `row ${table.name} ${key}`, mode: 'exclusive', timeoutMs }
    const before = this.row(session, table.name, key)
    const released = uniqueOf(table, before)
    const taken = uniqueOf(table, row)
    if (released !== taken) {
      for (const value of [released, taken]) {
        if (value !== null) yield { name: `unique ${table.name} ${value}`, mode: 'exclusive', timeoutMs }
      }
      if (taken !== null && this.holderOf(session, table, taken, key) !== null) {
        throw new ServerFault('unique', `${table.name} ${key}: "${taken}" exists already`)
      }
    }
    const parent = parentOf(table, row)
    if (parent !== null && table.parent !== null) {
      yield { name: `row ${table.parent.table} ${parent}`, mode: 'shared', timeoutMs }
      if (this.row(session, table.parent.table, parent) === null) {
        throw new ServerFault('foreign-key', `${table.name} ${key}: no ${table.parent.table} ${parent}`)
      }
    }
    if (row === null && this.childrenOf(session, table, key).length > 0) {
      throw new ServerFault('foreign-key', `${table.name} ${key} has children`)
    }
    this.#write(session, table, key, row)
  }

  /** Deletes one row in a session whose foreign keys are off. */
  *removeRow(session: ServerSession, table: SimTable, key: Key): Work<void> {
    yield { name: `row ${table.name} ${key}`, mode: 'exclusive', timeoutMs: this.options.lockTimeoutMs }
    this.#write(session, table, key, null)
  }

  #write(session: ServerSession, table: SimTable, key: Key, row: Row | null): void {
    session.begin().began ??= ++this.#transactions
    session.begin().set(table.name, key, row)
  }

  /** Key of another row that holds a value of the second unique column. */
  holderOf(session: ServerSession | null, table: SimTable, value: string, except: Key): Key | null {
    for (const [key] of this.rowsWhere(session, table.name, (row) => uniqueOf(table, row) === value)) {
      if (key !== except) return key
    }
    return null
  }

  childrenOf(session: ServerSession | null, table: SimTable, key: Key): { table: SimTable; key: Key }[] {
    const children: { table: SimTable; key: Key }[] = []
    for (const child of simTables) {
      if (child.parent?.table !== table.name) continue
      for (const [childKey] of this.rowsWhere(session, child.name, (row) => parentOf(child, row) === key)) {
        children.push({ table: child, key: childKey })
      }
    }
    return children
  }

  /** Takes the next id of a table; never given back. */
  nextId(table: string): Key {
    const id = this.#nextIds.get(table) as number
    this.#nextIds.set(table, id + 1)
    return String(id)
  }

  counters(): Counter[] {
    return simTables.map(({ name }) => {
      let max: bigint | null = null
      for (const key of this.#tableRows(name).keys()) {
        if (max === null || BigInt(key) > max) max = BigInt(key)
      }
      return { table: name, next: BigInt(this.#nextIds.get(name) as number), max }
    })
  }

  raiseCounter(table: string, next: bigint): void {
    this.#nextIds.set(table, Math.max(this.#nextIds.get(table) as number, Number(next)))
  }

  /** A mark of now, for `olderTransactions`. */
  get transactionMark(): number {
    return this.#transactions
  }

  /** Sessions whose transaction had written before the mark. */
  olderTransactions(mark: number): ServerSession[] {
    return [...this.sessions].filter(
      ({ transaction }) => transaction?.began != null && transaction.began <= mark,
    )
  }

  /** The session's transaction becomes visible and durable at once. */
  commit(session: ServerSession): void {
    const { transaction } = session
    if (transaction !== null) {
      const changes: RowChange[] = []
      for (const [table, rows] of transaction.written) {
        const committed = this.#tableRows(table)
        for (const [key, after] of rows) {
          const before = committed.get(key) ?? null
          if (after === null) committed.delete(key)
          else committed.set(key, after)
          if (this.options.engine === 'mysql' && after !== null) this.raiseCounter(table, BigInt(key) + 1n)
          changes.push({ table, key, before, after })
        }
      }
      this.journal.commit(transaction.journal)
      for (const [id, checkpoint] of transaction.checkpoints) this.checkpoints.set(id, checkpoint)
      if (changes.length > 0) this.oracle.committed(this, session, changes, transaction.tokens)
    }
    session.rollback()
  }

  /** Compare-and-set of the fence; the caller holds its exclusive lock. */
  changeFence(guard: FenceGuard, next: Fence): boolean {
    const { fence } = this
    const holds =
      'epochBelow' in guard
        ? fence.epoch < guard.epochBelow
        : fence.role === guard.role && fence.epoch === guard.epoch
    if (holds) this.setFence(next)
    return holds
  }

  setFence(next: Fence): void {
    const before = this.fence
    this.fence = next
    this.oracle.fenceChanged(this, before)
  }

  #tableRows(table: string): Map<Key, Row> {
    const rows = this.committed.get(table)
    if (rows === undefined) throw new ServerFault('rejected', `no table ${table}`)
    return rows
  }
}

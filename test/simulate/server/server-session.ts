// The server's side of one connection. It runs one statement at a time, holds locks, and when it ends its
// transaction is gone with them: a session that is lost can never commit.

import type { SimProcess } from '../engine/sim-process.ts'
import type { LockMode } from './lock-table.ts'
import type { SimDatabase } from './sim-database.ts'
import { ServerFault } from './server-fault.ts'
import { Transaction } from './transaction.ts'

export interface LockWish {
  readonly name: string
  readonly mode: LockMode
  readonly timeoutMs: number
}

/** A statement as the server runs it: it stops where it needs a lock. */
export type Work<T> = Generator<LockWish, T, void>

/** What a statement does: at once, or with locks that it may have to wait for. */
export type Task<T> =
  | { readonly instant: (session: ServerSession) => T }
  | { readonly work: (session: ServerSession) => Work<T> }

interface Statement {
  readonly task: Task<unknown>
  readonly done: (fault: ServerFault | null, value: unknown) => void
}

/** `fill`: writes chunks of a load. */
export type SessionKind = 'app' | 'apply' | 'auto' | 'fill'

export class ServerSession {
  readonly db: SimDatabase
  readonly owner: SimProcess
  readonly kind: SessionKind
  readonly name: string
  readonly locks = new Map<string, LockMode>()
  transaction: Transaction | null = null
  /** Counts statements, to tell whether the session has been idle. */
  statements = 0
  /** The next statement of the app meets a deadlock. */
  unlucky = false
  #open = true
  #closing = false
  #running: { readonly statement: Statement; readonly work: Work<unknown> } | null = null
  readonly #queue: Statement[] = []

  constructor(db: SimDatabase, owner: SimProcess, kind: SessionKind) {
    this.db = db
    this.owner = owner
    this.kind = kind
    this.name = `${owner.name}/${kind}@${db.side}`
    db.sessions.add(this)
  }

  get open(): boolean {
    return this.#open
  }

  get busy(): boolean {
    return this.#running !== null
  }

  submit(task: Task<unknown>, done: Statement['done']): void {
    if (!this.#open) return done(new ServerFault('lost', 'the session is closed'), undefined)
    this.#queue.push({ task, done })
    if (this.#running === null) this.#next()
  }

  /** Begins a transaction, or gives the open one. */
  begin(): Transaction {
    this.transaction ??= new Transaction()
    return this.transaction
  }

  /** Ends the transaction without a trace. */
  rollback(): void {
    this.transaction = null
    this.db.locks.releaseAll(this)
  }

  /** The client is gone: a statement that runs is still finished (a zombie statement), then the session ends. */
  hangUp(): void {
    this.#closing = true
    if (this.#running === null && this.#queue.length === 0) this.close('its client is gone')
  }

  /** The server ends the session now, whatever it does. */
  close(why: string): void {
    if (!this.#open) return
    this.#open = false
    this.db.sessions.delete(this)
    this.db.locks.cancel(this)
    this.rollback()
    const statements = [...(this.#running === null ? [] : [this.#running.statement]), ...this.#queue]
    this.#running = null
    this.#queue.length = 0
    const fault = new ServerFault('lost', `session ${this.name} has ended: ${why}`)
    for (const statement of statements) statement.done(fault, undefined)
  }

  #next(): void {
    const statement = this.#queue.shift()
    if (statement === undefined) {
      if (this.#closing) this.close('its client is gone')
      return
    }
    this.statements++
    const { task } = statement
    if ('work' in task) {
      this.#running = { statement, work: task.work(this) }
      this.#advance()
    } else {
      this.#instant(statement, task.instant)
    }
  }

  #instant(statement: Statement, run: (session: ServerSession) => unknown): void {
    let fault: ServerFault | null = null
    let value: unknown
    try {
      value = run(this)
    } catch (error) {
      if (!(error instanceof ServerFault)) throw error
      fault = error
    }
    this.#finish(statement, fault, value)
  }

  #advance(fault?: ServerFault): void {
    const running = this.#running
    if (running === null) return
    const { statement, work } = running
    const { locks } = this.db
    try {
      let next = fault === undefined ? work.next() : work.throw(fault)
      while (!next.done) {
        const wish: LockWish = next.value
        if (locks.tryTake(this, wish.name, wish.mode)) {
          next = work.next()
          continue
        }
        const granted = (): void => {
          if (this.#running === running) this.#advance()
        }
        const timedOut = (): void =>
          this.#advance(new ServerFault('transient', `lock timeout on ${wish.name}`))
        if (locks.wait(this, wish.name, wish.mode, wish.timeoutMs, granted, timedOut)) return
        next = work.throw(new ServerFault('deadlock', `deadlock at ${wish.name}`))
      }
      this.#finish(statement, null, next.value)
    } catch (error) {
      if (!(error instanceof ServerFault)) throw error
      this.#finish(statement, error, undefined)
    }
  }

  #finish(statement: Statement, fault: ServerFault | null, value: unknown): void {
    this.#running = null
    statement.done(fault, value)
    if (this.#open && this.#running === null) this.#next()
  }
}

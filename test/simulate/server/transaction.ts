// An open transaction of a simulated server: what it has written and nobody else sees yet.

import type { Checkpoint, Fence, Key, Role, Row } from '@twinwrite/core'
import type { JournalRow } from './journal.ts'

interface Undo {
  readonly rows: Map<Key, Row | null>
  readonly key: Key
  readonly before: Row | null | undefined
}

interface Savepoint {
  readonly name: string
  readonly undo: number
  readonly journal: number
  readonly tokens: number
}

export class Transaction {
  /** Order in which transactions began to write on this server; null: it has written nothing. */
  began: number | null = null
  /** PostgreSQL: a statement failed; only a rollback (also to a savepoint) is accepted. */
  failed = false
  /** The fence as a transaction with a snapshot of its own sees it (REPEATABLE READ). */
  snapshotFence: Fence | null = null
  /** Role of the side that a chunk of a load believes to write to. */
  filling: Role | null = null
  readonly written = new Map<string, Map<Key, Row | null>>()
  readonly journal: JournalRow[] = []
  /** By their place. */
  readonly checkpoints = new Map<string, Checkpoint>()
  /** Names of the writes of the app in it, for the oracle. */
  readonly tokens: string[] = []
  readonly #undo: Undo[] = []
  readonly #savepoints: Savepoint[] = []

  set(table: string, key: Key, row: Row | null): void {
    let rows = this.written.get(table)
    if (rows === undefined) this.written.set(table, (rows = new Map()))
    this.#undo.push({ rows, key, before: rows.get(key) })
    rows.set(key, row)
  }

  savepoint(name: string): void {
    const { length } = this.#undo
    this.#savepoints.push({ name, undo: length, journal: this.journal.length, tokens: this.tokens.length })
  }

  rollbackTo(name: string): void {
    const index = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name)
    if (index < 0) throw new Error(`no savepoint ${name}`)
    const savepoint = this.#savepoints[index] as Savepoint
    for (let at = this.#undo.length - 1; at >= savepoint.undo; at--) {
      const { rows, key, before } = this.#undo[at] as Undo
      if (before === undefined) rows.delete(key)
      else rows.set(key, before)
    }
    this.#undo.length = savepoint.undo
    this.journal.length = savepoint.journal
    this.tokens.length = savepoint.tokens
    this.#savepoints.length = index + 1
  }

  release(name: string): void {
    this.#savepoints.length = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name)
  }
}

// A transaction on the simulated side that is filled, which writes a chunk and its checkpoint.

import { allStripes, type Checkpoint, type Fence, type Upsert } from '@twinwrite/core'
import { ServerFault } from '../server/server-fault.ts'
import type { ServerSession, Task, Work } from '../server/server-session.ts'
import { type SimTable, tableNamed } from '../server/sim-tables.ts'
import { unacceptable } from './sim-apply-session.ts'
import type { Link } from './link.ts'
import { storeError } from './store-error.ts'

export class SimFillSession {
  readonly fence: Fence
  readonly #link: Link
  readonly #released: () => void

  constructor(link: Link, fence: Fence, released: () => void) {
    this.#link = link
    this.fence = fence
    this.#released = released
  }

  /** Every key of every table. */
  lockAll(): Promise<void> {
    const { db } = this.#link
    const work = function* (): Work<void> {
      for (const stripe of allStripes)
        yield { name: `stripe ${stripe}`, mode: 'exclusive', timeoutMs: db.options.lockTimeoutMs }
    }
    return this.#request('lock all', { work })
  }

  insert(name: string, rows: readonly Upsert[]): Promise<void> {
    const { db } = this.#link
    const table = tableNamed(name)
    const work = function* (session: ServerSession): Work<void> {
      for (const { key, row } of rows) {
        if (db.row(session, name, key) !== null) throw new ServerFault('unique', `${name} ${key} is there`)
        if (row.at(-1)?.startsWith(unacceptable))
          throw new ServerFault('rejected', `${name} ${key}: note too long`)
        // Foreign keys are off.
        yield* db.writeRow(session, withoutParent(table), key, row)
      }
    }
    return this.#request('insert', { work }, rows)
  }

  deleteAll(name: string): Promise<number> {
    const { db } = this.#link
    const table = tableNamed(name)
    const work = function* (session: ServerSession): Work<number> {
      const keys = [...db.rowsWhere(session, name, () => true)].map(([key]) => key)
      for (const key of keys) yield* db.removeRow(session, table, key)
      return keys.length
    }
    return this.#request('delete all', { work })
  }

  /** @param expected left out: whatever is there */
  saveCheckpoint(checkpoint: Checkpoint, expected?: string | null): Promise<boolean> {
    const { db } = this.#link
    const id = `${checkpoint.run} ${checkpoint.table} ${checkpoint.part}`
    const work = function* (session: ServerSession): Work<boolean> {
      yield { name: `checkpoint ${id}`, mode: 'exclusive', timeoutMs: db.options.lockTimeoutMs }
      const held = db.checkpoints.get(id)?.body ?? null
      if (expected !== undefined && held !== expected) return false
      session.begin().checkpoints.set(id, checkpoint)
      return true
    }
    return this.#request('checkpoint', { work }, checkpoint)
  }

  async commit(): Promise<void> {
    const { db } = this.#link
    await this.#request('commit', {
      instant(session) {
        if (session.transaction === null) throw new ServerFault('lost', 'no transaction to commit')
        db.commit(session)
      },
    })
    this.#released()
  }

  async rollback(): Promise<void> {
    try {
      await this.#request('rollback', { instant: (session) => session.rollback() })
      this.#released()
    } catch {
      this.#link.hangUp()
    }
  }

  async #request<T>(label: string, task: Task<T>, detail?: unknown): Promise<T> {
    try {
      return await this.#link.request(label, task, detail)
    } catch (error) {
      throw storeError(this.#link.db.side, error)
    }
  }
}

function withoutParent(table: SimTable): SimTable {
  return { ...table, parent: null }
}

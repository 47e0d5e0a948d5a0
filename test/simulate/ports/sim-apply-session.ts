// A transaction on the simulated secondary that writes applied rows.

import type { ApplySession, Fence, TableWrite } from '@twinwrite/core'
import { ServerFault } from '../server/server-fault.ts'
import type { ServerSession, Task, Work } from '../server/server-session.ts'
import type { SimDatabase } from '../server/sim-database.ts'
import { simTables, tableNamed, uniqueOf } from '../server/sim-tables.ts'
import type { Link } from './link.ts'
import { storeError } from './store-error.ts'

/** Notes that the secondary does not accept begin with this. */
export const unacceptable = 'bad'

export class SimApplySession implements ApplySession {
  readonly fence: Fence | null
  readonly link: Link
  readonly #released: () => void

  constructor(link: Link, fence: Fence | null, released: () => void) {
    this.link = link
    this.fence = fence
    this.#released = released
  }

  async lock(stripes: readonly number[], mode: 'wait' | 'skip'): Promise<ReadonlySet<number>> {
    const { db } = this.link
    const work = function* (session: ServerSession): Work<ReadonlySet<number>> {
      const got = new Set<number>()
      for (const stripe of stripes) {
        const name = `stripe ${stripe}`
        if (mode === 'wait') {
          yield { name, mode: 'exclusive', timeoutMs: db.options.lockTimeoutMs }
          got.add(stripe)
        } else if (db.locks.tryTake(session, name, 'exclusive')) {
          got.add(stripe)
        }
      }
      return got
    }
    return this.request(`lock, ${mode}`, { work }, stripes)
  }

  write(writes: readonly TableWrite[], { displace }: { readonly displace: boolean }): Promise<void> {
    const { db } = this.link
    const work = (session: ServerSession): Work<void> => writeAll(db, session, writes, displace)
    return this.request(displace ? 'write, displacing' : 'write', { work }, writes)
  }

  async commit(): Promise<void> {
    const { db } = this.link
    await this.request('commit', {
      instant(session) {
        if (session.transaction === null) throw new ServerFault('lost', 'no transaction to commit')
        db.commit(session)
      },
    })
    this.#released()
  }

  async rollback(): Promise<void> {
    try {
      await this.request('rollback', { instant: (session) => session.rollback() })
      this.#released()
    } catch {
      this.link.hangUp()
    }
  }

  /** One statement of this transaction. */
  async request<T>(label: string, task: Task<T>, detail?: unknown): Promise<T> {
    try {
      return await this.link.request(label, task, detail)
    } catch (error) {
      throw storeError(this.link.db.side, error)
    }
  }
}

function* writeAll(
  db: SimDatabase,
  session: ServerSession,
  writes: readonly TableWrite[],
  displace: boolean,
): Work<void> {
  const parentsFirst = [...writes].sort((left, right) => rank(left) - rank(right))
  if (displace) {
    yield* park(db, session, writes)
    yield* upsert(db, session, parentsFirst)
    yield* remove(db, session, parentsFirst)
  } else {
    yield* remove(db, session, parentsFirst)
    yield* upsert(db, session, parentsFirst)
  }
}

/** Takes the values that must be unique out of all rows of the batch, so that they can move. */
function* park(db: SimDatabase, session: ServerSession, writes: readonly TableWrite[]): Work<void> {
  for (const write of writes) {
    const table = tableNamed(write.table)
    if (table.unique === null) continue
    for (const key of [...write.upserts.map((one) => one.key), ...write.deletes]) {
      const row = db.row(session, table.name, key)
      if (row === null || uniqueOf(table, row) === null) continue
      yield* db.writeRow(session, table, key, row.with(table.unique, null))
    }
  }
}

function* upsert(db: SimDatabase, session: ServerSession, writes: readonly TableWrite[]): Work<void> {
  for (const write of writes) {
    const table = tableNamed(write.table)
    for (const { key, row } of write.upserts) {
      if (row.at(-1)?.startsWith(unacceptable))
        throw new ServerFault('rejected', `${table.name} ${key}: note too long`)
      yield* db.writeRow(session, table, key, row)
    }
  }
}

function* remove(db: SimDatabase, session: ServerSession, writes: readonly TableWrite[]): Work<void> {
  for (const write of [...writes].reverse()) {
    const table = tableNamed(write.table)
    for (const key of write.deletes) yield* db.writeRow(session, table, key, null)
  }
}

function rank(write: TableWrite): number {
  return simTables.findIndex((table) => table.name === write.table)
}

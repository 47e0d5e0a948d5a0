// A transaction on the secondary. Fence, stripes and writes are all in one server session, so that a session that is lost loses its
// writes with its locks (PROTOCOL section 3). After an error nothing but `rollback` is sent (C31). Upholds W5, W8.

import { type ApplySession, type Fence, StoreError, type TableWrite } from '@twinwrite/core'
import type { Session } from '../session.ts'
import { writeRows } from '../write/write-rows.ts'
import type { StoreContext } from './context.ts'
import { fenceOf, fenceSelect } from './fence.ts'

export async function beginApply(context: StoreContext): Promise<ApplySession> {
  let session: Session | undefined
  try {
    session = await context.applyPool.acquire()
    const { rows } = await context.engine.beginApply(session, fenceSelect(context))
    const row = rows[0]
    return new SqlApplySession(context, session, row === undefined ? null : fenceOf(context, row))
  } catch (error) {
    if (session !== undefined) context.applyPool.release(session, false)
    throw context.failure(error)
  }
}

class SqlApplySession implements ApplySession {
  readonly fence: Fence | null
  readonly #context: StoreContext
  readonly #session: Session
  #state: 'open' | 'failed' | 'ended' = 'open'

  constructor(context: StoreContext, session: Session, fence: Fence | null) {
    this.#context = context
    this.#session = session
    this.fence = fence
  }

  async lock(stripes: readonly number[], mode: 'wait' | 'skip'): Promise<ReadonlySet<number>> {
    if (stripes.length === 0) return new Set()
    const { engine, tables } = this.#context
    const { rows } = await this.#run(() =>
      this.#session.query(engine.lockStripes(tables.lock, stripes, mode)),
    )
    const locked = new Set(rows.map(([slot]) => Number(slot)))
    if (mode === 'wait' && locked.size < stripes.length) {
      this.#state = 'failed'
      throw new StoreError(this.#context.side, 'missing', 'the stripe table has lost rows')
    }
    return locked
  }

  async write(writes: readonly TableWrite[], { displace }: { readonly displace: boolean }): Promise<void> {
    await this.#run(() => writeRows(this.#context, this.#session, writes, displace))
  }

  async commit(): Promise<void> {
    await this.#run(() => this.#session.query({ sql: 'COMMIT', bindings: [] }))
    this.#state = 'ended'
    this.#context.applyPool.release(this.#session, true)
  }

  async rollback(): Promise<void> {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    let clean = false
    try {
      if (this.#session.healthy) {
        await this.#session.query({ sql: 'ROLLBACK', bindings: [] })
        clean = true
      }
    } catch {
      // The session is destroyed, and its transaction with it.
    }
    this.#context.applyPool.release(this.#session, clean)
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state !== 'open')
      throw new StoreError(this.#context.side, 'transient', 'the transaction has failed or ended')
    try {
      return await work()
    } catch (error) {
      this.#state = 'failed'
      throw this.#context.failure(error)
    }
  }
}

// How far a read replica is behind, as the server tells it. A server that is slow or gone gives the reason why nobody knows.

import type { Replica, ReplicaLag } from '@twinwrite/core'
import { connectMs, type Session, within } from './session.ts'
import { SessionPool } from './session-pool.ts'
import type { SqlEngine } from './sql-engine.ts'

/** Asks a server once. */
export type LagReader = (session: Session) => Promise<ReplicaLag>

export class SqlReplica implements Replica {
  readonly name: string
  readonly #pool: SessionPool
  readonly #read: LagReader

  constructor(engine: SqlEngine, settings: () => Promise<unknown>, name: string) {
    this.name = name
    this.#pool = new SessionPool(1, async () => engine.connect(await settings(), 'replica'))
    this.#read = engine.lagReader()
  }

  async lag(): Promise<ReplicaLag> {
    try {
      return await this.#pool.with((session) =>
        within(this.#read(session), connectMs, () => session.destroy()),
      )
    } catch (error) {
      return { unreadable: error instanceof Error ? error.message : String(error) }
    }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}

// Runs reads of the app a second time, on either side, on connections of our own: the app's pools, events and hooks of its client have no
// part in it. One that is given up loses its connection, so that nothing waits for a side that hangs. Upholds W7.

import type { Side } from '@twinwrite/core'
import type { DialectName } from './carry/dialect.ts'
import type { Client, ClientClass, PhysicalConnection, Runnable, Runner } from './knex-internals.ts'
import type { SideClient } from './side-client.ts'

/** Longest time (ms) that closing waits for a server's goodbye. */
const goodbyeMs = 1000

interface Pool {
  readonly client: Client
  /** Connections that a read is on. */
  readonly busy: Set<PhysicalConnection>
}

export class Aside {
  readonly #sides: Readonly<Record<Side, SideClient>>
  readonly #connections: number
  readonly #pools = new Map<Side, Pool>()
  #isClosed = false

  /** @param connections of each side at most */
  constructor(sides: Readonly<Record<Side, SideClient>>, connections: number) {
    this.#sides = sides
    this.#connections = connections
  }

  /** Whether connections of our own can be made: an app may give Knex a pool instead of settings. */
  get isPossible(): boolean {
    return Object.values(this.#sides).every(({ client }) => client.config.connection !== undefined)
  }

  /**
   * @param client the app's, with its configuration
   * @param statement compiles to the text of the side
   */
  async run(side: Side, client: Client, statement: Runnable, signal: AbortSignal): Promise<unknown> {
    if (this.#isClosed) throw new Error('closed')
    const pool = this.#pool(side)
    const connection = await pool.client.acquireConnection()
    pool.busy.add(connection)
    const { dialect } = this.#sides[side]
    const giveUp = (): void => cut[dialect](connection)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      signal.throwIfAborted()
      const runner = pool.client.runner(silent(statement))
      runner.client = this.#view(side, client)
      runner.connection = connection
      runner.ensureConnection = (callback) => (callback as (runner: Runner) => Promise<unknown>)(runner)
      return await (runner as Runner & { run(): Promise<unknown> }).run()
    } finally {
      signal.removeEventListener('abort', giveUp)
      pool.busy.delete(connection)
      await pool.client.releaseConnection(connection)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(
      [...this.#pools].map(async ([side, { client, busy }]) => {
        for (const connection of busy) cut[this.#sides[side].dialect](connection)
        let timer: NodeJS.Timeout | undefined
        const enough = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, goodbyeMs)
        })
        await Promise.race([client.destroy(), enough])
        clearTimeout(timer)
      }),
    )
  }

  #pool(side: Side): Pool {
    const known = this.#pools.get(side)
    if (known !== undefined) return known
    const { client } = this.#sides[side]
    const Own = (
      side === 'source' ? Object.getPrototypeOf(client.constructor) : client.constructor
    ) as ClientClass
    const limits = { min: 0, max: this.#connections, idleTimeoutMillis: 5000, createTimeoutMillis: 3000 }
    const made = new Own({
      ...client.config,
      pool: { ...client.config.pool, ...limits },
      acquireConnectionTimeout: 3000,
    })
    const pool = { client: made, busy: new Set<PhysicalConnection>() }
    this.#pools.set(side, pool)
    return pool
  }

  /** The app's client, deaf and dumb. */
  #view(side: Side, client: Client): Client {
    const view = silent(client)
    const { plain } = this.#sides[side]
    view._query = (connection, compiled) => plain.query(connection, compiled)
    return view
  }
}

function silent<T extends object>(of: T): T {
  const made = Object.create(of) as T & { emit: () => boolean }
  made.emit = () => false
  return made
}

/** Ends a connection without asking the server. */
const cut: Readonly<Record<DialectName, (connection: PhysicalConnection) => void>> = {
  postgres: (connection) => {
    connection.__knex__disposed = true
    const { stream } = (connection as { connection?: { stream?: { destroy(): void } } }).connection ?? {}
    stream?.destroy()
  },
  mysql: (connection) => {
    connection.__knex__disposed = true
    ;(connection as { destroy?(): void }).destroy?.()
  },
  sqlite: () => undefined,
}

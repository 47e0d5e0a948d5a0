// A driver for TypeORM's option `driver` that keeps every text which reaches a connection of its own.

import type { Engine } from '@twinwrite/testkit'
import BetterSqlite3 from 'better-sqlite3'
import mysql, { type PoolOptions } from 'mysql2'
import pg, { type PoolConfig } from 'pg'

type Method = (first: string | { text?: string; sql?: string }, ...rest: unknown[]) => unknown

export class WatchedDriver {
  readonly texts: string[] = []
  readonly options: {
    readonly driver: unknown
    readonly poolSize: number
    readonly statementCacheSize: number
  }

  constructor(engine: Engine) {
    // SQLite: no statement is kept, so that each is prepared when it runs.
    this.options = { driver: this.#drivers[engine](), poolSize: 1, statementCacheSize: 0 }
  }

  async during(work: () => Promise<unknown>): Promise<string[]> {
    const from = this.texts.length
    await work()
    return this.texts.slice(from)
  }

  readonly #watch = (connection: object, method: 'query' | 'prepare'): void => {
    const known = connection as Record<string, Method>
    const original = known[method]!.bind(connection)
    known[method] = (first, ...rest) => {
      this.texts.push(typeof first === 'string' ? first : (first.text ?? first.sql ?? ''))
      return original(first, ...rest)
    }
  }

  readonly #mysql = (): unknown => ({
    createPool: (options: PoolOptions) =>
      mysql.createPool(options).on('connection', (connection) => this.#watch(connection, 'query')),
  })

  readonly #drivers: Record<Engine, () => unknown> = {
    postgres: () => {
      const watch = this.#watch
      class Pool extends pg.Pool {
        constructor(options: PoolConfig) {
          super(options)
          this.on('connect', (client) => watch(client, 'query'))
        }
      }
      return { ...pg, Pool }
    },
    mysql: this.#mysql,
    mariadb: this.#mysql,
    sqlite: () => {
      const watch = this.#watch
      return class extends BetterSqlite3 {
        constructor(...given: ConstructorParameters<typeof BetterSqlite3>) {
          super(...given)
          watch(this, 'prepare')
        }
      }
    },
  }
}

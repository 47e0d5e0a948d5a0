// One side's driver adapter with every statement captured: all that Prisma runs on a side passes here, whatever model
// operation, nested write, batch or raw SQL it came from. Upholds W1, W10.

import type {
  ConnectionInfo,
  IsolationLevel,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils'
import {
  type AdapterMigration,
  type AppConnection,
  type ScanDialect,
  SessionSettings,
  type Side,
} from '@twinwrite/core'
import type { AdapterEngine } from './adapter-engine.ts'
import { AdapterConnection, kindOf, type Method } from './native-connection.ts'
import { withoutNames } from './prisma-internals.ts'
import type { AdapterResponse } from './response.ts'

/** A connection of Prisma's together with what captures its statements. */
interface Captured {
  readonly native: AdapterConnection
  readonly app: AppConnection<AdapterResponse>
}

/** A pool of Prisma's on one side of a migration. */
class SidePool {
  readonly adapter: SqlDriverAdapter
  readonly engine: AdapterEngine
  readonly #migration: AdapterMigration
  readonly #side: Side
  readonly #session = new SessionSettings()
  readonly #ours = new WeakSet<object>()
  /** The one connection, where there is only one. */
  readonly #single: Captured | null
  /** For statements outside of transactions, of which nothing is left behind. */
  readonly #idle: Captured[] = []
  readonly #dialect = (): ScanDialect => this.#migration.engines[this.#side]
  #turn: Promise<unknown> = Promise.resolve()

  constructor(adapter: SqlDriverAdapter, engine: AdapterEngine, side: Side, migration: AdapterMigration) {
    this.adapter = adapter
    this.engine = engine
    this.#side = side
    this.#migration = migration
    this.#single = engine.single ? this.#connect() : null
    withoutNames(adapter, (query) => this.#ours.has(query))
  }

  get single(): boolean {
    return this.#single !== null
  }

  isRead(sql: string): boolean {
    return kindOf(sql, this.#dialect) === 'read'
  }

  /** For one transaction. */
  connection(): Captured {
    return this.#single ?? this.#connect()
  }

  /** Runs one statement outside of a transaction. */
  async run(
    method: Method,
    query: SqlQuery,
  ): Promise<{ readonly native: AdapterConnection; readonly response: AdapterResponse }> {
    const captured = this.#single ?? this.#idle.pop() ?? this.#connect()
    const { native, app } = captured
    try {
      return { native, response: await app.execute(native.call(method, query)) }
    } finally {
      if (this.#single === null) {
        if (native.transaction === null && !app.inTransaction) this.#idle.push(captured)
        else await native.release()
      }
    }
  }

  /** Where transactions share a connection: waits for the end of those before, and gives the way to end this turn. */
  async turn(): Promise<() => void> {
    if (this.#single === null) return nothing
    const before = this.#turn
    let end: () => void = nothing
    this.#turn = new Promise<void>((resolve) => {
      end = resolve
    })
    await before
    return end
  }

  #connect(): Captured {
    const native = new AdapterConnection(
      this.adapter,
      this.engine,
      this.#dialect,
      (query) => void this.#ours.add(query),
    )
    const app = this.#migration.connect(this.#side, native, this.#session)
    native.captures = () => app.captures
    return { native, app }
  }
}

/** Takes the place of the app's factory. */
export class SideFactory implements SqlDriverAdapterFactory {
  readonly provider: SqlDriverAdapterFactory['provider']
  readonly adapterName: SqlDriverAdapterFactory['adapterName']
  readonly #factory: SqlDriverAdapterFactory
  readonly #engine: AdapterEngine
  readonly #side: Side
  readonly #migration: () => AdapterMigration

  constructor(
    factory: SqlDriverAdapterFactory,
    engine: AdapterEngine,
    side: Side,
    migration: () => AdapterMigration,
  ) {
    this.provider = factory.provider
    this.adapterName = factory.adapterName
    this.#factory = factory
    this.#engine = engine
    this.#side = side
    this.#migration = migration
  }

  async connect(): Promise<SqlDriverAdapter> {
    const migration = this.#migration()
    const adapter = await this.#factory.connect()
    return new SideAdapter(new SidePool(adapter, this.#engine, this.#side, migration))
  }
}

class SideAdapter implements SqlDriverAdapter {
  readonly provider: SqlDriverAdapter['provider']
  readonly adapterName: SqlDriverAdapter['adapterName']
  readonly #pool: SidePool

  constructor(pool: SidePool) {
    this.provider = pool.adapter.provider
    this.adapterName = pool.adapter.adapterName
    this.#pool = pool
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    const { adapter, single } = this.#pool
    if (!single && this.#pool.isRead(query.sql)) return adapter.queryRaw(query)
    return (await this.#pool.run('rows', query)).response.set
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    const { native, response } = await this.#pool.run('count', query)
    return native.count(response)
  }

  async startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    const endTurn = await this.#pool.turn()
    const { native, app } = this.#pool.connection()
    const level = isolationLevel === undefined ? '' : ` ISOLATION LEVEL ${isolationLevel}`
    try {
      await app.execute({
        sql: `BEGIN${level}`,
        bindings: [],
        run: () => native.begin(isolationLevel),
      })
    } catch (error) {
      endTurn()
      throw error
    }
    return new SideTransaction(native, app, endTurn)
  }

  async executeScript(script: string): Promise<void> {
    await this.#pool.adapter.executeScript(script)
  }

  getConnectionInfo(): ConnectionInfo {
    return this.#pool.adapter.getConnectionInfo?.() ?? { supportsRelationJoins: false }
  }

  async dispose(): Promise<void> {
    await this.#pool.adapter.dispose()
  }

  /** What the adapter gives to the app by `$extends`, where it gives it. */
  underlyingDriver(): unknown {
    const { adapter } = this.#pool as { adapter: SqlDriverAdapter & { underlyingDriver?(): unknown } }
    return adapter.underlyingDriver?.()
  }
}

class SideTransaction implements Transaction {
  readonly provider: Transaction['provider']
  readonly adapterName: Transaction['adapterName']
  readonly options: Transaction['options']
  readonly createSavepoint?: (name: string) => Promise<void>
  readonly rollbackToSavepoint?: (name: string) => Promise<void>
  readonly releaseSavepoint?: (name: string) => Promise<void>
  readonly #native: AdapterConnection
  readonly #app: AppConnection<AdapterResponse>
  readonly #endTurn: () => void

  constructor(native: AdapterConnection, app: AppConnection<AdapterResponse>, endTurn: () => void) {
    const transaction = native.transaction!
    this.provider = transaction.provider
    this.adapterName = transaction.adapterName
    this.options = transaction.options
    this.#native = native
    this.#app = app
    this.#endTurn = endTurn
    if (transaction.createSavepoint !== undefined) {
      this.createSavepoint = (name) =>
        this.#execute(`SAVEPOINT ${name}`, () => transaction.createSavepoint!(name))
    }
    if (transaction.rollbackToSavepoint !== undefined) {
      this.rollbackToSavepoint = (name) =>
        this.#execute(`ROLLBACK TO SAVEPOINT ${name}`, () => transaction.rollbackToSavepoint!(name))
    }
    if (transaction.releaseSavepoint !== undefined) {
      this.releaseSavepoint = (name) =>
        this.#execute(`RELEASE SAVEPOINT ${name}`, () => transaction.releaseSavepoint!(name))
    }
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return (await this.#app.execute(this.#native.call('rows', query))).set
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    return this.#native.count(await this.#app.execute(this.#native.call('count', query)))
  }

  commit(): Promise<void> {
    return this.#end('commit')
  }

  rollback(): Promise<void> {
    return this.#end('rollback')
  }

  /** Where the driver speaks for itself this is the end of the transaction, else it only gives the connection back. */
  async #end(how: 'commit' | 'rollback'): Promise<void> {
    try {
      if (!this.options.usePhantomQuery) {
        await this.#native.end(how)
        return
      }
      const sql = how.toUpperCase()
      await this.#app.execute({
        sql,
        bindings: [],
        run: (statement) => (statement.sql === sql ? this.#native.end(how) : this.#native.endBy(statement)),
      })
    } finally {
      this.#endTurn()
    }
  }

  async #execute(sql: string, run: () => Promise<void>): Promise<void> {
    await this.#app.execute({
      sql,
      bindings: [],
      run: async () => {
        await run()
        return { set: { columnNames: [], columnTypes: [], rows: [] }, affected: 0 }
      },
    })
  }
}

function nothing(): void {
  // There is no turn to end.
}

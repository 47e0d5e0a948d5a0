// The entry: a Knex client class whose statements go to the side that is primary, with every write captured. Its state
// stands beside it, not in its instances: Knex makes the clients of transactions without calling the constructor.

import type { RunningMigration, TwinwriteError } from '@twinwrite/core'
import type { Knex } from 'knex'
import { DeferredConnection } from './deferred-connection.ts'
import type {
  Client,
  ClientClass,
  Compiled,
  EnsureConnection,
  PhysicalConnection,
  Raw,
  Runnable,
  Runner,
  Transaction,
  TransactionConfig,
} from './knex-internals.ts'
import { type BaseClient, checkOptions, clientClass, type DoubleWriteOptions, invalid } from './options.ts'
import { rawOf } from './per-side.ts'
import { Router } from './route.ts'
import { Running } from './running.ts'
import type { PlainCalls, SideClient } from './side-client.ts'
import { SideViews } from './side-views.ts'
import { TransactionRouter } from './transaction.ts'

/** What stands beside the one instance of a client class. */
interface State {
  readonly running: Running
  readonly views: SideViews
  readonly router: Router
  readonly transactions: TransactionRouter
  /** Takes the place of `ensureConnection` in each runner. */
  readonly ensure: EnsureConnection
}

const states = new WeakMap<object, State>()

/**
 * A client for `knex({ client })` that keeps another database in step and can change over to it.
 *
 * One result serves one Knex instance. `knex.destroy()` ends the migration too.
 * @param base the client of the source: 'pg', 'mysql2', 'better-sqlite3', or a class that extends one of theirs
 * @throws TwinwriteError `TW_CONFIG_INVALID`, `TW_ENGINE_UNSUPPORTED`
 * @example
 * const db = knex({
 *   client: doubleWrite('mysql2', { migration: shop, target: { client: 'pg', connection: process.env.TARGET_URL } }),
 *   connection: process.env.SOURCE_URL,
 * })
 */
export function doubleWrite(base: BaseClient, options: DoubleWriteOptions): typeof Knex.Client {
  checkOptions(options)
  const { Class: Base, dialect } = clientClass(base)
  let state: State | undefined

  class DoubleWriteClient extends Base {
    constructor(config: Knex.Config) {
      if (state !== undefined) throw usedTwice()
      super(config)
      // Without a connection it only compiles.
      if (!config.connection && !('connectionPool' in config)) return
      state = start(new Running(this, dialect, callsOf(this, Base), options), Base)
      states.set(DoubleWriteClient, state)
    }

    override raw(...given: Parameters<Client['raw']>): Raw {
      const [text, ...bindings] = given
      return rawOf(text, (own) => super.raw(own, ...bindings))
    }

    override runner(builder: Runnable): Runner {
      const runner = super.runner(builder)
      if (state !== undefined) runner.ensureConnection = state.ensure
      return runner
    }

    override transaction(
      container: unknown,
      config?: TransactionConfig,
      outer?: Transaction | null,
    ): Transaction {
      const transaction = super.transaction(container, config, outer)
      if (this.transacting) state?.transactions.nest(transaction)
      else state?.transactions.route(transaction)
      return transaction
    }

    /** For apps that hold a connection themselves: one of the side that is primary now. */
    override async acquireConnection(): Promise<PhysicalConnection> {
      const primary = await state?.running.migration.primary()
      if (state === undefined || primary !== 'target') return super.acquireConnection()
      return state.views.acquireOnTarget()
    }

    override releaseConnection(connection: PhysicalConnection): Promise<void> {
      if (!state?.running.targetConnections.has(connection)) return super.releaseConnection(connection)
      return state.running.sides.target.plain.release(connection)
    }

    override _query(connection: PhysicalConnection, compiled: Compiled): Promise<Compiled> {
      if (state === undefined) return super._query(connection, compiled)
      if (connection instanceof DeferredConnection) return connection.query(compiled)
      const { transactions } = state
      const answered = sideOf(state, connection).query(connection, compiled)
      return transactions.isBeginning(connection)
        ? answered.catch(transactions.refusedBegin(connection, compiled))
        : answered
    }

    override _stream(
      connection: PhysicalConnection,
      compiled: Compiled,
      stream: NodeJS.ReadWriteStream,
      given?: unknown,
    ): Promise<unknown> {
      if (state === undefined) return super._stream(connection, compiled, stream, given)
      if (connection instanceof DeferredConnection) return connection.stream(compiled, stream, given)
      return sideOf(state, connection).stream(connection, compiled, stream, given)
    }

    override processResponse(compiled: Compiled, runner: Runner): unknown {
      const plan = state?.router.resultPlan(compiled)
      if (state === undefined || plan === undefined) return super.processResponse(compiled, runner)
      const processed = state.running.sides.target.plain.processResponse(compiled, runner)
      return processed instanceof Promise
        ? processed.then((value: unknown) => plan.convert(compiled, value))
        : plan.convert(compiled, processed)
    }

    override async cancelQuery(connection: PhysicalConnection): Promise<unknown> {
      if (state === undefined) return super.cancelQuery(connection)
      const deferred = connection instanceof DeferredConnection ? connection : undefined
      const physical = deferred === undefined ? connection : deferred.physical
      if (physical === undefined) return undefined
      const side = deferred?.side === undefined ? sideOf(state, physical) : state.running.sides[deferred.side]
      return side.plain.cancel(physical)
    }

    override async destroy(callback?: (error?: unknown) => void): Promise<void> {
      if (state === undefined || this.transacting) return super.destroy(callback)
      try {
        await state.running.close()
      } catch (error) {
        await super.destroy()
        if (callback === undefined) throw error
        return callback(error)
      }
      return super.destroy(callback)
    }
  }
  return DoubleWriteClient as unknown as typeof Knex.Client
}

/**
 * The running migration of a Knex instance that was made with `doubleWrite`, or of one of its transactions.
 * @throws TwinwriteError `TW_CONFIG_INVALID` for any other instance
 */
export function twinwrite(db: Knex): RunningMigration {
  const client = db.client as Client
  const state = states.get(client.constructor)
  if (state !== undefined) return state.running.migration
  throw invalid(
    'twinwrite() was given a Knex instance without double writes',
    'Make it with `knex({ client: doubleWrite(...), connection })`.',
  )
}

function start(running: Running, Base: ClientClass): State {
  const views = new SideViews(running)
  const runner = (Base.prototype as Client).runner.call(running.sides.source.client, {} as Runnable)
  const router = new Router(running, views, runner.ensureConnection)
  const transactions = new TransactionRouter(running, views)
  return {
    running,
    views,
    router,
    transactions,
    ensure(this: Runner, callback, params) {
      return router.ensureConnection(this, callback, params)
    },
  }
}

function sideOf({ running }: State, connection: PhysicalConnection): SideClient {
  return running.sides[running.targetConnections.has(connection) ? 'target' : 'source']
}

/** Knex's own methods of the source's dialect. */
function callsOf(client: Client, Base: ClientClass): PlainCalls {
  const plain = Base.prototype as Client
  return {
    query: (connection, compiled) => plain._query.call(client, connection, compiled),
    stream: (connection, compiled, stream, options) =>
      plain._stream.call(client, connection, compiled, stream, options),
    acquire: () => plain.acquireConnection.call(client),
    release: (connection) => plain.releaseConnection.call(client, connection),
    cancel: (connection) => plain.cancelQuery.call(client, connection),
    processResponse: (compiled, runner) => plain.processResponse.call(client, compiled, runner),
  }
}

function usedTwice(): TwinwriteError {
  return invalid(
    'one result of doubleWrite() was given to a second Knex instance',
    'Call doubleWrite() once per instance.',
  )
}

// Transactions of the app. While the source is primary they are Knex's own, at once; while the target is, they get a
// connection that finds its side with the first statement. A BEGIN that the fence refuses is begun again there, before
// the app's callback has run. Upholds W1, W8.

import { isMoved } from '@twinwrite/core'
import { crossed } from './carry/carrying.ts'
import { DeferredConnection } from './deferred-connection.ts'
import type {
  Client,
  Compiled,
  PhysicalConnection,
  Transaction,
  TransactionConfig,
} from './knex-internals.ts'
import type { Running } from './running.ts'
import { boundTo, type SideViews } from './side-views.ts'

/** The fence refused the BEGIN; nothing has happened. */
class BeginRefused extends Error {}

interface Evaluation {
  readonly transaction: Transaction
  /** The app's. */
  readonly client: Client
  /** Knex's own `_evaluateContainer`. */
  readonly evaluate: Transaction['_evaluateContainer']
  readonly config: TransactionConfig
  readonly container: unknown
}

export class TransactionRouter {
  readonly #running: Running
  readonly #views: SideViews
  /** Connections on which a BEGIN is under way, and whether it was refused. */
  readonly #beginning = new WeakMap<PhysicalConnection, { refused: boolean }>()

  constructor(running: Running, views: SideViews) {
    this.#running = running
    this.#views = views
  }

  /** Whether Knex sends a BEGIN there now that can still be begun elsewhere. */
  isBeginning(connection: PhysicalConnection): boolean {
    return this.#beginning.has(connection)
  }

  /** Takes the failure of a BEGIN: a refusal is kept from Knex, which would run the app's callback nevertheless. */
  refusedBegin(connection: PhysicalConnection, compiled: Compiled): (error: unknown) => Compiled {
    return (error) => {
      const watch = this.#beginning.get(connection)
      if (watch === undefined || !isMoved(error)) throw error
      watch.refused = true
      return compiled
    }
  }

  /** Of a transaction inside of another one: it is where that one is. */
  nest(transaction: Transaction): void {
    if (this.#views.deferredOf(transaction.client) !== undefined) this.#linkDeferred(transaction)
  }

  /** Of a transaction of its own: decides where it begins, as soon as Knex wants to begin it. */
  route(transaction: Transaction): void {
    const { client, _evaluateContainer: evaluate } = transaction
    transaction._evaluateContainer = (config, container) =>
      this.#evaluate({ transaction, client, evaluate, config, container })
  }

  #evaluate(call: Evaluation): Promise<unknown> {
    const { transaction, evaluate, config, container } = call
    const given = config.connection
    if (given !== undefined) {
      if (!this.#running.targetConnections.has(given)) return evaluate.call(transaction, config, container)
      const connection = new DeferredConnection(this.#running, transaction, given)
      this.#linkDeferred(transaction)
      return evaluate.call(transaction, { ...config, connection }, container)
    }
    const primary = this.#running.migration.primary()
    if (primary === 'source') return this.#onSource(call)
    if (primary === 'target') return this.#deferred(call)
    return primary.then((side) => (side === 'source' ? this.#onSource(call) : this.#deferred(call)))
  }

  #onSource(call: Evaluation): Promise<unknown> {
    const { transaction, client, evaluate, config, container } = call
    const { begin } = transaction
    transaction.client = this.#views.onSource(client)
    transaction.begin = (connection) => this.#watched(transaction, begin, connection)
    return evaluate.call(transaction, config, container).catch(async (error: unknown) => {
      if (!(error instanceof BeginRefused)) throw error
      await this.#running.migration.movedFrom('source')
      transaction.begin = begin
      return this.#deferred(call)
    })
  }

  async #deferred({ transaction, client, evaluate, config, container }: Evaluation): Promise<unknown> {
    if (config.enforceForeignCheck != null) {
      throw crossed('the option enforceForeignCheck cannot be carried to the target')
    }
    transaction.client = boundTo(
      client,
      async () => new DeferredConnection(this.#running, transaction),
      (connection) => (connection as DeferredConnection).release(),
    )
    this.#linkDeferred(transaction)
    return evaluate.call(transaction, config, container)
  }

  async #watched(
    transaction: Transaction,
    begin: Transaction['begin'],
    connection: PhysicalConnection,
  ): Promise<unknown> {
    const watch = { refused: false }
    this.#beginning.set(connection, watch)
    try {
      const response = await begin.call(transaction, connection)
      if (watch.refused) throw new BeginRefused()
      return response
    } finally {
      this.#beginning.delete(connection)
    }
  }

  /** Knex makes the transaction's client when it has the connection, before anything runs on it. */
  #linkDeferred(transaction: Transaction): void {
    const acquired = transaction._onAcquire
    transaction._onAcquire = (container, connection) => {
      const done = acquired.call(transaction, container, connection)
      if (connection instanceof DeferredConnection && transaction.trxClient !== undefined) {
        this.#views.setDeferred(transaction.trxClient, connection)
      }
      return done
    }
  }
}

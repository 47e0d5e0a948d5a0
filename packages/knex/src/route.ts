// Where a statement goes. Outside of transactions: to the side that is primary, except that tables which are not mapped
// stay on the source; a statement that the fence refused goes to the side that is primary now, unseen by the app.
// On the given connection or in a transaction: to that side, or nowhere. Upholds W1, W8.

import { isMoved, mostMoves, type Side, TwinwriteError } from '@twinwrite/core'
import { crossed } from './carry/carrying.ts'
import { readCall } from './read-call.ts'
import type { ResultPlan } from './carry/result.ts'
import type { CarriedStatement } from './carry/statement.ts'
import { DeferredConnection } from './deferred-connection.ts'
import type {
  Client,
  Compiled,
  EnsureConnection,
  PhysicalConnection,
  Runnable,
  Runner,
} from './knex-internals.ts'
import { setReturned } from './returning-insert.ts'
import type { Running } from './running.ts'
import type { SideViews } from './side-views.ts'

export class Router {
  readonly #running: Running
  readonly #views: SideViews
  readonly #ensure: EnsureConnection
  readonly #results = new WeakMap<Compiled, ResultPlan>()

  /** @param ensure Knex's own way to a connection */
  constructor(running: Running, views: SideViews, ensure: EnsureConnection) {
    this.#running = running
    this.#views = views
    this.#ensure = ensure
  }

  /** How the result of a compiled statement becomes the source's; undefined: it is the source's. */
  resultPlan(compiled: Compiled): ResultPlan | undefined {
    return this.#results.get(compiled)
  }

  /** Takes the place of a runner's `ensureConnection`. */
  ensureConnection(runner: Runner, callback: unknown, params: unknown): Promise<unknown> {
    const given = runner.builder._connection
    if (given !== undefined) return this.#onGiven(runner, given, callback, params)
    const { client } = runner
    if (client.transacting) {
      const deferred = this.#views.deferredOf(client)
      if (deferred === undefined) return this.#ensure.call(runner, callback, params)
      return this.#inDeferred(runner, deferred, callback, params)
    }
    const { reads } = this.#running.migration
    // Rows of a stream go to the app as they come.
    if (reads === null || params !== undefined) return this.#outside(runner, callback, params)
    const { builder } = runner
    const call = readCall(this.#running, client, builder, {
      run: () => this.#outside(restored(runner, client), callback, params),
      serve: (carried) => this.#serve(runner, carried, callback),
      onTarget: (carried) => this.#facade(builder, carried),
    })
    return reads.answer(call)
  }

  /** Outside of a transaction. */
  #outside(runner: Runner, callback: unknown, params: unknown): Promise<unknown> {
    const { client } = runner
    const primary = this.#running.migration.primary()
    if (primary !== 'source') return this.#toPrimary(runner, primary, callback, params)
    runner.client = this.#views.onSource(client)
    return this.#ensure.call(runner, callback, params).catch((error: unknown) => {
      if (!isMoved(error) || params !== undefined) throw error
      const { migration } = this.#running
      return this.#toPrimary(restored(runner, client), migration.movedFrom('source'), callback, params)
    })
  }

  /** A read that may yet fall back: what becomes of it here must not touch the runner that the app waits for. */
  #serve(runner: Runner, carried: CarriedStatement, callback: unknown): Promise<unknown> {
    const attempt = Object.create(runner) as Runner
    const view = Object.create(this.#views.onTarget(runner.client)) as Client
    view.emit = (event: string | symbol, ...payload: unknown[]) =>
      event === 'query-error' ? false : runner.client.emit(event, ...payload)
    attempt.client = view
    attempt.builder = this.#facade(runner.builder, carried)
    return this.#ensure.call(attempt, callback)
  }

  async #toPrimary(
    runner: Runner,
    primary: Side | Promise<Side>,
    callback: unknown,
    params: unknown,
  ): Promise<unknown> {
    const { client, builder } = runner
    let side = await primary
    for (let moves = 0; ; moves++) {
      try {
        const carried = side === 'target' ? await this.#running.carry(builder) : null
        if (carried !== null && belongsToTarget(carried, this.#running.sameDialect)) {
          runner.client = this.#views.onTarget(client)
          runner.builder = this.#facade(builder, carried)
        } else {
          runner.client = carried === null ? this.#views.onSource(client) : this.#views.asideOnSource(client)
        }
        return await this.#ensure.call(runner, callback, params)
      } catch (error) {
        // A stream has told its error already, and a sequence of statements may be half done.
        if (!isMoved(error) || params !== undefined || '_sequence' in builder || moves >= mostMoves)
          throw error
        restored(runner, client).builder = builder
        side = await this.#running.migration.movedFrom(side)
      }
    }
  }

  /** In a transaction that was begun while the target was primary. */
  async #inDeferred(
    runner: Runner,
    deferred: DeferredConnection,
    callback: unknown,
    params: unknown,
  ): Promise<unknown> {
    const { builder } = runner
    if (!deferred.takesAnything) {
      const carried = await this.#running.carry(builder)
      const side = await deferred.place(carried)
      if (side === 'target') runner.builder = this.#facade(builder, carried)
    }
    runner.connection = deferred
    return this.#ensure.call(runner, callback, params)
  }

  async #onGiven(
    runner: Runner,
    connection: PhysicalConnection,
    callback: unknown,
    params: unknown,
  ): Promise<unknown> {
    if (connection instanceof DeferredConnection)
      return this.#inDeferred(runner, connection, callback, params)
    const { builder } = runner
    const { migration, targetConnections, sides } = this.#running
    const side = targetConnections.has(connection) ? 'target' : 'source'
    const pinned = sides[side].connection(connection).inTransaction
    const primary = pinned ? side : await migration.primary()
    if (side === 'source' && primary === 'source') return this.#ensure.call(runner, callback, params)
    const carried = await this.#running.carry(builder)
    if (side === 'target') {
      const [unmapped] = carried.unmapped
      if (unmapped !== undefined) throw notMapped(unmapped, 'on a connection of the target')
      if (carried.problem !== null) throw carried.problem
      if (primary !== 'target' && carried.mapped.size > 0) throw moved(side)
      runner.builder = this.#facade(builder, carried)
    } else if (carried.mapped.size > 0) throw moved(side)
    return this.#ensure.call(runner, callback, params)
  }

  /** The app's builder in everything but the SQL that it compiles to. */
  #facade(builder: Runnable, carried: CarriedStatement): Runnable {
    const facade = Object.create(builder) as Runnable
    const { client } = this.#running.sides.target
    facade.toSQL = () => {
      const compiled = carried.compile()
      for (const one of Array.isArray(compiled) ? compiled : [compiled]) this.#finish(client, one, carried)
      return compiled
    }
    return facade
  }

  /** The source's client would number the parameters in its own way: the text stays as the target wants it. */
  #finish(target: Client, compiled: Compiled, carried: CarriedStatement): void {
    if (typeof compiled.sql !== 'string') return
    const sql = target.positionBindings(compiled.sql)
    Object.defineProperty(compiled, 'sql', { enumerable: true, get: () => sql, set: ignore })
    this.#results.set(compiled, carried.result)
    if (carried.returned !== null) setReturned(compiled, carried.returned)
  }
}

/** Whether a statement outside of a transaction runs on the target. @throws TwinwriteError `TW_DIALECT_CROSSED` */
export function belongsToTarget(carried: CarriedStatement, sameDialect: boolean): boolean {
  const [unmapped] = carried.unmapped
  if (carried.mapped.size > 0) {
    if (unmapped !== undefined) throw notMapped(unmapped, 'in one statement with mapped tables')
    if (carried.problem !== null) throw carried.problem
    return true
  }
  if (unmapped !== undefined) return false
  return carried.perSide || carried.problem === null || sameDialect
}

export function notMapped(table: string, where: string): TwinwriteError {
  return crossed(`table "${table}" is not mapped and stays on the source, so it can't be used ${where}`, {
    table,
    hint: 'Map the table too, or use it in a statement or transaction of its own.',
  })
}

function moved(side: Side): TwinwriteError {
  return new TwinwriteError(
    'TW_STAGE_MOVED',
    `the given connection belongs to the ${side}, which is not primary`,
    {
      hint: 'Acquire a new connection.',
    },
  )
}

function restored(runner: Runner, client: Client): Runner {
  runner.client = client
  delete runner.connection
  return runner
}

function ignore(_value: unknown): void {
  // Knex assigns what it made of the text.
}

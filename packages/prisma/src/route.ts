// Where a query goes: outside of transactions to the side that is primary, except that models which are not mapped stay on
// the source; one that the fence refused goes to the side that is primary now, unseen by the app. In a transaction: to that
// side, or nowhere. All below the app's extensions. Upholds W1, W8.

import { isMoved, mostMoves, type Side, TwinwriteError } from '@twinwrite/core'
import type { Aside } from './aside.ts'
import type { Engines } from './engines.ts'
import { unmappedModels } from './model-tables.ts'
import { ModelsTouched } from './models-touched.ts'
import type { BatchOptions, Engine, EngineQuery, RequestOptions } from './prisma-internals.ts'
import { ReadCalls, runQueries } from './read-call.ts'
import { isRaw, rawForSource, rawForTarget, staysOnSource } from './raw-text.ts'
import type { Running } from './running.ts'
import type { TransactionRouter } from './transaction.ts'

type Run<T> = (engine: Engine, queries: readonly EngineQuery[], side: Side) => Promise<T>

export class Router {
  readonly #running: Running
  readonly #engines: Engines
  readonly #transactions: TransactionRouter
  readonly #touched: ModelsTouched
  readonly #unmapped: ReadonlySet<string>
  readonly #aside: Aside
  readonly #reads: ReadCalls

  constructor(running: Running, engines: Engines, transactions: TransactionRouter, aside: Aside) {
    this.#running = running
    this.#aside = aside
    this.#engines = engines
    this.#transactions = transactions
    const [source] = running.schemas
    this.#touched = new ModelsTouched(source.client.dataModel)
    this.#unmapped = unmappedModels(source, running.migration.tables)
    this.#reads = new ReadCalls(running, this.#touched)
  }

  async request(query: EngineQuery, options: RequestOptions): Promise<unknown> {
    const id = options.interactiveTransaction?.id
    const run: Run<unknown> = (engine, [one]) => engine.request(one!, options)
    return id === undefined ? this.#answer([query], run) : this.#inTransaction(id, [query], run)
  }

  async requestBatch(queries: readonly EngineQuery[], options: BatchOptions): Promise<unknown[]> {
    const { transaction } = options
    if (transaction?.kind === 'itx') {
      return this.#inTransaction(transaction.options.id, queries, (engine, carried) =>
        engine.requestBatch(carried, options),
      )
    }
    const answer = transaction === undefined ? this.#answer.bind(this) : this.#toPrimary.bind(this)
    return answer(queries, async (engine: Engine, carried: readonly EngineQuery[], side: Side) => {
      const own =
        transaction === undefined
          ? options
          : {
              ...options,
              transaction: { ...transaction, options: this.#engines.isolated(side, transaction.options) },
            }
      const answers = await engine.requestBatch(carried, own)
      const moved = answers.find(isMoved)
      if (moved !== undefined) throw moved
      return answers.map((answer) => (answer instanceof TwinwriteError ? withMeta(answer) : answer))
    })
  }

  /** Outside of a transaction, where reads may do more than to be answered. */
  #answer<T>(queries: readonly EngineQuery[], run: Run<T>): Promise<T> {
    const { reads } = this.#running.migration
    if (reads === null) return this.#toPrimary(queries, run)
    const forTarget = (): EngineQuery[] => queries.map(this.#forTarget)
    return reads.answer(
      this.#reads.of(queries, {
        run: () => this.#toPrimary(queries, run),
        serve: () => run(this.#engines.of('target'), forTarget(), 'target'),
        aside: (side, signal) =>
          this.#aside.run(side, runQueries(side === 'source' ? queries.map(forSource) : forTarget()), signal),
        forTarget,
      }),
    )
  }

  async #toPrimary<T>(queries: readonly EngineQuery[], run: Run<T>): Promise<T> {
    const { migration } = this.#running
    const now = migration.primary()
    let primary = typeof now === 'string' ? now : await now
    try {
      for (let moves = 0; ; moves++) {
        try {
          if (primary === 'source') {
            return await run(this.#engines.of('source'), queries.map(forSource), 'source')
          }
          if (this.#staysOnSource(queries)) {
            return await run(this.#engines.aside, queries.map(forSource), 'source')
          }
          return await run(this.#engines.of('target'), queries.map(this.#forTarget), 'target')
        } catch (error) {
          if (!isMoved(error) || moves >= mostMoves) throw error
          primary = await migration.movedFrom(primary)
        }
      }
    } catch (error) {
      throw error instanceof TwinwriteError ? withMeta(error) : error
    }
  }

  async #inTransaction<T>(id: string, queries: readonly EngineQuery[], run: Run<T>): Promise<T> {
    const { side, engine } = this.#transactions.of(id)
    try {
      if (side === 'source') return await run(engine, queries.map(forSource), side)
      for (const query of queries) this.#refuseUnmapped(query)
      return await run(engine, queries.map(this.#forTarget), side)
    } catch (error) {
      throw error instanceof TwinwriteError ? withMeta(error) : error
    }
  }

  /** Whether all of them are about models or tables that are not mapped. @throws TwinwriteError when only some are */
  #staysOnSource(queries: readonly EngineQuery[]): boolean {
    const { migration } = this.#running
    const stay = queries.map((query) => {
      if (isRaw(query)) return staysOnSource(query, migration)
      if (this.#unmapped.size === 0) return false
      const touched = [...this.#touched.of(query)]
      const unmapped = touched.find((model) => this.#unmapped.has(model))
      if (unmapped === undefined) return false
      const mapped = touched.find((model) => !this.#unmapped.has(model))
      if (mapped !== undefined) throw notMapped(unmapped, `in one query with "${mapped}"`)
      return true
    })
    if (!stay.includes(true)) return false
    if (stay.includes(false)) throw notMapped('of some of its queries', 'in one batch with mapped ones')
    return true
  }

  #refuseUnmapped(query: EngineQuery): void {
    if (isRaw(query) ? staysOnSource(query, this.#running.migration) : false) {
      throw notMapped('of raw SQL', 'in a transaction of the target')
    }
    if (this.#unmapped.size === 0) return
    const unmapped = [...this.#touched.of(query)].find((model) => this.#unmapped.has(model))
    if (unmapped !== undefined) throw notMapped(unmapped, 'in a transaction of the target')
  }

  readonly #forTarget = (query: EngineQuery): EngineQuery => {
    const { source, target, migration } = this.#running
    if (!isRaw(query)) return query
    return rawForTarget(query, { source: source.engine, target: target.engine }, migration)
  }
}

function forSource(query: EngineQuery): EngineQuery {
  return isRaw(query) ? rawForSource(query) : query
}

/** Prisma makes an error of its own of what has a code, and keeps `meta` of it. */
function withMeta(error: TwinwriteError): TwinwriteError {
  const { hint, table, key, primary, retryable } = error
  return Object.assign(error, { meta: { hint, table, key, primary, retryable } })
}

function notMapped(model: string, where: string): TwinwriteError {
  return new TwinwriteError(
    'TW_DIALECT_CROSSED',
    `the table ${model} is not mapped and stays on the source, so it can't be used ${where}`,
    { hint: 'Map the table too, or use it in a query or transaction of its own.' },
  )
}

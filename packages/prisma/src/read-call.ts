// Queries of the app outside of transactions as a read that may run elsewhere, for those that were chosen: which models and tables they are
// about, and whether they say which rows come and in which order.

import { type AppRead, type ReadCall, type Side, sqlRead, type SqlRead } from '@twinwrite/core'
import type { ModelsTouched } from './models-touched.ts'
import { textsOf } from './per-side.ts'
import type { DataModel, Engine, EngineQuery } from './prisma-internals.ts'
import { isRaw } from './raw-text.ts'
import type { Running } from './running.ts'

export interface ReadRuns<T> {
  /** As if there were no read policy. */
  readonly run: () => Promise<T>
  readonly serve: () => Promise<T>
  readonly aside: (side: Side, signal: AbortSignal) => Promise<unknown>
  /** @throws TwinwriteError where the queries can't run on the target */
  readonly forTarget: () => readonly EngineQuery[]
}

const reading = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'aggregate',
  'groupBy',
])

export class ReadCalls {
  readonly #running: Running
  readonly #touched: ModelsTouched
  readonly #models: DataModel['models']

  constructor(running: Running, touched: ModelsTouched) {
    this.#running = running
    this.#touched = touched
    this.#models = running.schemas[0].client.dataModel.models
  }

  of<T>(queries: readonly EngineQuery[], { run, serve, aside, forTarget }: ReadRuns<T>): ReadCall<T> {
    const describe = (): AppRead<T> | null => {
      const reads = queries.flatMap((query) => this.#readOf(query) ?? [])
      if (reads.length < queries.length) return null
      forTarget()
      return {
        shape: shapeOf(queries),
        tables: [...new Set(reads.flatMap(({ tables }) => tables))],
        // Answers of a batch come in the order of its queries.
        ordered: queries.length > 1 || reads.every(({ ordered }) => ordered),
        rows: (answer) => (Array.isArray(answer) ? answer.map(dataOf) : dataOf(answer)),
        nameOf: (table, column) => this.#fieldOf(table, column),
        serve,
        aside,
      }
    }
    return { run, describe }
  }

  #readOf(query: EngineQuery): SqlRead | null {
    if (isRaw(query)) {
      if (query.action !== 'queryRaw') return null
      const { source } = textsOf(String(query.query.arguments?.['query'] ?? ''), String)
      const { engines } = this.#running.migration
      return sqlRead(source, engines.source, ({ schema, name }) => this.#mappingOf(schema, name))
    }
    const { action, query: asked } = query
    if (!reading.has(action) || leavesRowsOpen(asked)) return null
    const { orderBy } = asked.arguments ?? {}
    const isOrdered = Array.isArray(orderBy) ? orderBy.length > 0 : orderBy !== undefined
    if (action.startsWith('findFirst') && !isOrdered) return null
    const models = [...this.#touched.of(query)]
    const tables = models.map((model) => this.#tableOf(model))
    if (tables.length === 0 || tables.includes(undefined)) return null
    return {
      tables: [...(tables as string[]), ...(models.length > 1 ? this.#joins : [])],
      ordered: isOrdered,
    }
  }

  #tableOf(name: string): string | undefined {
    const model = this.#models[name]
    return model && this.#mappingOf(model.schema ?? null, model.dbName ?? name)
  }

  #mappingOf(schema: string | null, name: string): string | undefined {
    return this.#running.migration.tables.find(
      ({ source }) =>
        source.name.toLowerCase() === name.toLowerCase() &&
        (source.schema === null || schema === null || source.schema === schema),
    )?.mapping
  }

  /** Tables of relations, which no model has: a query that follows relations may read any of them. */
  get #joins(): readonly string[] {
    const own = new Set(Object.keys(this.#models).map((name) => this.#tableOf(name)))
    return this.#running.migration.tables.flatMap(({ mapping }) => (own.has(mapping) ? [] : [mapping]))
  }

  #fieldOf(table: string, column: string): string {
    const [, model] = Object.entries(this.#models).find(([name]) => this.#tableOf(name) === table) ?? []
    return model?.fields.find(({ name, dbName }) => (dbName ?? name) === column)?.name ?? column
  }
}

export function runQueries(queries: readonly EngineQuery[]): (engine: Engine) => Promise<unknown> {
  const [first] = queries
  return queries.length === 1
    ? (engine) => engine.request(first!, {})
    : (engine) => engine.requestBatch(queries, {})
}

function shapeOf(queries: readonly EngineQuery[]): string {
  const [first] = queries
  const one = isRaw(first!)
    ? textsOf(String(first!.query.arguments?.['query'] ?? ''), String).source
    : `${first!.modelName}.${first!.action}`
  return queries.length === 1 ? one : `${one} x${queries.length}`
}

/** Whether some rows are cut off at any depth without an order, so that which ones come is up to the database. */
function leavesRowsOpen(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(leavesRowsOpen)
  if (typeof value !== 'object' || value === null) return false
  const { take, skip, distinct, orderBy } = value as Record<string, unknown>
  const cuts = take !== undefined || skip !== undefined || distinct !== undefined
  return (cuts && orderBy === undefined) || Object.values(value).some(leavesRowsOpen)
}

interface RawAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** What an engine answers to one query. @throws what it failed with */
function dataOf(answer: unknown): unknown {
  if (answer instanceof Error) throw answer
  const [data] = Object.values((answer as { data?: object }).data ?? {}) as unknown[]
  const { columns, rows } = Object(data) as Partial<RawAnswer>
  if (!Array.isArray(columns) || !Array.isArray(rows)) return data
  return (rows as RawAnswer['rows']).map((row) =>
    Object.fromEntries((columns as RawAnswer['columns']).map((name, at) => [name, row[at]])),
  )
}

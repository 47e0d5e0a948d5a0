// The parts of Knex 3 that this adapter touches and that Knex's own types leave out or call `any`. Nothing here
// is ours: each member says in which file of knex/lib it lives, so that a new Knex version can be held against it.

import type { Knex } from 'knex'
import type { EventEmitter } from 'node:events'

/** Compiled statement that travels from `toSQL` through `query`, `_query` and `processResponse`. */
export interface Compiled {
  sql: string
  bindings?: unknown
  method?: string
  options?: Record<string, unknown>
  returning?: unknown
  /** Set by `_query`: the driver's raw response. */
  response?: unknown
  /** Set by better-sqlite3's `_query` for statements without rows. */
  context?: { lastID: number | bigint; changes: number }
  output?: (this: unknown, ...responses: unknown[]) => unknown
  queryContext?: unknown
}

/** A pooled driver connection, with the marks that knex/lib/client.js and execution/transaction.js put on it. */
export interface PhysicalConnection {
  __knexUid?: string
  __knexTxId?: string
  /** Truthy: the pool throws the connection away instead of handing it out again. */
  __knex__disposed?: unknown
}

/** knex/lib/client.js, as far as we call it or override it. */
export interface Client extends EventEmitter {
  config: Knex.Config
  driverName: string
  dialect: string
  logger: Knex.Logger
  version?: string
  transacting?: boolean
  valueForUndefined: unknown
  connectionSettings?: Record<string, unknown>
  searchPath?: string | string[]
  pool?: unknown
  queryBuilder(): Builder
  schemaBuilder(): SchemaBuilder
  schemaCompiler(builder: SchemaBuilder): unknown
  queryCompiler(builder: Builder, bindings?: unknown[]): QueryCompiler
  raw(sql: string, bindings?: unknown): Raw
  ref(name: string): Ref
  runner(builder: Runnable): Runner
  transaction(container: unknown, config?: TransactionConfig, outer?: Transaction | null): Transaction
  acquireConnection(): Promise<PhysicalConnection>
  releaseConnection(connection: PhysicalConnection): Promise<void>
  cancelQuery(connection: PhysicalConnection): Promise<unknown>
  positionBindings(sql: string): string
  processResponse(compiled: Compiled, runner: Runner): unknown
  customWrapIdentifier(value: string, otherwise: (value: string) => string, context?: unknown): string
  destroy(callback?: (error?: unknown) => void): Promise<void>
  _query(connection: PhysicalConnection, compiled: Compiled): Promise<Compiled>
  _stream(
    connection: PhysicalConnection,
    compiled: Compiled,
    stream: NodeJS.ReadWriteStream,
    options?: unknown,
  ): Promise<unknown>
}

export type ClientClass = new (config: Knex.Config) => Client

/** What a runner runs: a query builder, a raw or a schema builder. */
export interface Runnable extends EventEmitter {
  client: Client
  _connection?: PhysicalConnection
  _timeout?: number
  _cancelOnTimeout?: boolean
  _debug?: boolean
  _options?: Record<string, unknown>[]
  _queryContext?: unknown
  queryContext(): unknown
  toSQL(): Compiled | Compiled[]
}

/** One entry of a builder's `_statements`; which members there are depends on `grouping` and `type`. */
export interface BuilderStatement {
  grouping: string
  type?: string
  [member: string]: unknown
}

/** knex/lib/query/querybuilder.js */
export interface Builder extends Runnable {
  _method: string
  _single: Record<string, unknown>
  _statements: BuilderStatement[]
  _comments: unknown[]
  queryContext(context?: unknown): unknown
}

export interface QueryCompiler {
  aggregate(statement: BuilderStatement): string[]
  aggregateRaw(statement: BuilderStatement): string
  analytic(statement: BuilderStatement): string
  json(statement: BuilderStatement): string
}

/** knex/lib/query/joinclause.js */
export interface JoinClause extends BuilderStatement {
  grouping: 'join'
  joinType: string
  schema?: string
  table: unknown
  and: JoinClause
  clauses: BuilderStatement[]
}

/** knex/lib/raw.js */
export interface Raw extends Runnable {
  readonly isRawInstance: true
  sql: string
  bindings: unknown
  _wrappedBefore?: string
  _wrappedAfter?: string
}

/** knex/lib/ref.js */
export interface Ref extends Raw {
  ref: string
  _schema: string | null
  _alias: string | null
}

/** knex/lib/schema/builder.js */
export interface SchemaBuilder extends Runnable {
  _schema?: string
  _sequence: { method: string; args: unknown[] }[]
}

export type EnsureConnection = (this: Runner, callback: unknown, params?: unknown) => Promise<unknown>

/** knex/lib/execution/runner.js */
export interface Runner {
  client: Client
  builder: Runnable
  connection?: PhysicalConnection
  ensureConnection: EnsureConnection
}

export interface TransactionConfig {
  connection?: PhysicalConnection
  isolationLevel?: string
  readOnly?: boolean
  enforceForeignCheck?: boolean | null
}

/** knex/lib/execution/transaction.js */
export interface Transaction extends EventEmitter {
  client: Client
  /** Set as soon as there is a connection. */
  trxClient?: Client
  txid: string
  isolationLevel?: string
  readOnly?: boolean
  isCompleted(): boolean
  begin(connection: PhysicalConnection): Promise<unknown>
  _evaluateContainer(config: TransactionConfig, container: unknown): Promise<unknown>
  _onAcquire(container: unknown, connection: PhysicalConnection): Promise<unknown>
}

export function isRaw(value: unknown): value is Raw {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { isRawInstance?: unknown }).isRawInstance === true
  )
}

export function isRef(value: unknown): value is Ref {
  return isRaw(value) && '_alias' in value && 'ref' in value
}

/** Query builders carry `_statements`, schema builders `_sequence`. */
export function isBuilder(value: unknown): value is Builder {
  return (
    typeof value === 'object' &&
    value !== null &&
    Array.isArray((value as { _statements?: unknown })._statements)
  )
}

export function isSchemaBuilder(value: unknown): value is SchemaBuilder {
  return (
    typeof value === 'object' && value !== null && Array.isArray((value as { _sequence?: unknown })._sequence)
  )
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

// The parts of Prisma 7 that this adapter touches and that its public types leave out. All use of them is here: each is
// looked for before it is used, and what is missing is named in a coded error. `test/prisma/internals.server.test.ts` holds
// them against the lowest supported and the latest version.

import type { SqlDriverAdapter, SqlDriverAdapterFactory, Transaction } from '@prisma/driver-adapter-utils'
import { TwinwriteError } from '@twinwrite/core'

/** One query below all extensions: model, action and arguments in no dialect, or the text of raw SQL. */
export interface EngineQuery {
  readonly modelName?: string
  readonly action: string
  readonly query: { readonly arguments?: Record<string, unknown>; readonly selection?: unknown }
}

export interface RequestOptions {
  readonly interactiveTransaction?: { readonly id: string }
}

export interface BatchOptions {
  readonly transaction?:
    | { readonly kind: 'itx'; readonly options: { readonly id: string } }
    | { readonly kind: 'batch'; readonly options: { readonly isolationLevel?: string } }
}

export interface TransactionInfo {
  readonly id: string
}

export interface StartOptions {
  readonly isolationLevel?: string
  /** Given for a transaction inside of another one: the id of that one. */
  readonly newTxId?: string
}

/** packages/client/src/runtime/core/engines/client/ClientEngine.ts */
export interface Engine {
  readonly config: EngineConfig
  start(): Promise<void>
  stop(): Promise<void>
  request(query: EngineQuery, options: RequestOptions): Promise<unknown>
  requestBatch(queries: readonly EngineQuery[], options: BatchOptions): Promise<unknown[]>
  transaction(action: 'start', headers: unknown, options: StartOptions): Promise<TransactionInfo>
  transaction(action: 'commit' | 'rollback', headers: unknown, info: TransactionInfo): Promise<undefined>
}

interface EngineConfig {
  readonly adapter?: SqlDriverAdapterFactory
  readonly accelerateUrl?: string
  /** The schema's `provider`. */
  readonly activeProvider?: string
  /** The text of the schema. */
  readonly inlineSchema?: string
  readonly [option: string]: unknown
}

export interface DataModel {
  readonly models: Readonly<Record<string, Model>>
}

export interface Model {
  readonly dbName: string | null
  readonly schema?: string | null
  readonly fields: readonly Field[]
}

export interface Field {
  readonly name: string
  readonly dbName?: string | null
  readonly kind: 'scalar' | 'object' | 'enum' | 'unsupported'
  readonly type: string
  readonly relationName?: string
}

interface OriginalClient {
  _engine: Engine
  readonly _runtimeDataModel: DataModel
}

const providers = new Set(['postgresql', 'mysql', 'sqlite'])

/** Where a process goes on between two requests, as the relay needs it. */
const runtimes = new Set(['nodejs', 'bun', 'deno'])

const ours = new WeakSet<Engine>()

/** A client before any extension; extended clients share it. */
export class ClientInternals {
  readonly #original: OriginalClient

  /** @throws TwinwriteError `TW_CONFIG_INVALID`, `TW_ENGINE_UNSUPPORTED` */
  constructor(client: unknown, what: string) {
    const original = property(client, '_originalClient')
    const engine = property(original, '_engine')
    const config = property(engine, 'config')
    const models = property(property(original, '_runtimeDataModel'), 'models')
    const missing = [
      [original, '_originalClient'],
      [engine, '_originalClient._engine'],
      [config, '_originalClient._engine.config'],
      [models, '_originalClient._runtimeDataModel.models'],
      ...(['request', 'requestBatch', 'transaction', 'start', 'stop'] as const).map((name) => [
        typeof property(engine, name) === 'function' ? name : undefined,
        `_originalClient._engine.${name}`,
      ]),
    ].flatMap(([found, name]) => (found === undefined ? [String(name)] : []))
    if (missing.length > 0) throw notAClient(what, missing, original === undefined)
    this.#original = original as OriginalClient
    this.#checkAdapter(what)
  }

  get engine(): Engine {
    return this.#original._engine
  }

  /** All clients that are or will be derived from this one use it from now on. */
  set engine(engine: Engine) {
    ours.add(engine)
    this.#original._engine = engine
  }

  /** Whether the engine was replaced before. */
  get isRouted(): boolean {
    return ours.has(this.engine)
  }

  get dataModel(): DataModel {
    return this.#original._runtimeDataModel
  }

  get factory(): SqlDriverAdapterFactory {
    return this.engine.config.adapter!
  }

  /** Fields that hold several values or records, which the run-time model does not tell. */
  isList(model: string, field: string): boolean {
    return new RegExp(String.raw`^\s*${field}\s+\w+\[\]`, 'm').test(this.#block('model|view', model))
  }

  /** What `@db.` says of a field; null: Prisma's default. */
  nativeType(model: string, field: string): string | null {
    const line = new RegExp(String.raw`^\s*${field}\s+\w+.*@db\.(\w+)`, 'm')
    return line.exec(this.#block('model|view', model))?.[1] ?? null
  }

  /** Names of all enums, which the run-time model leaves out. */
  get enums(): readonly string[] {
    return [...this.#schema.matchAll(/^\s*enum\s+(\w+)\s*\{/gm)].map(([, name]) => name!)
  }

  /** Values of an enum with their names in the database. */
  labels(name: string): ReadonlyMap<string, string> {
    const lines = this.#block('enum', name).matchAll(
      /^\s*([A-Za-z]\w*)[^\S\n]*(?:@map\((?:name:\s*)?"([^"]*)"\))?/gm,
    )
    return new Map([...lines].map(([, value, label]) => [value!, label ?? value!]))
  }

  get #schema(): string {
    return this.engine.config.inlineSchema ?? ''
  }

  #block(kind: string, name: string): string {
    const block = new RegExp(String.raw`^\s*(?:${kind})\s+${name}\s*\{([\s\S]*?)^\s*\}`, 'm')
    return block.exec(this.#schema)?.[1] ?? ''
  }

  #checkAdapter(what: string): void {
    const { adapter, accelerateUrl, activeProvider } = this.engine.config
    if (activeProvider !== undefined && !providers.has(activeProvider)) {
      throw unsupported(`${what} is generated for the provider ${activeProvider}`)
    }
    if (accelerateUrl !== undefined) {
      throw unsupported(`${what} goes through Prisma Accelerate, where no connection is to be had`)
    }
    if (adapter === undefined) throw unsupported(`${what} has no driver adapter`)
    const runtime = /^\s*runtime\s*=\s*"([^"]*)"/m.exec(this.#schema)?.[1]
    if (runtime !== undefined && !runtimes.has(runtime)) {
      throw unsupported(`${what} is generated for the runtime ${runtime}, which ends between two requests`)
    }
  }
}

/**
 * An engine of the same schema on another adapter, not yet connected.
 * @param like gives what belongs to the app and not to the schema: logs, tracing, comments and transaction options
 */
export function engineOn(
  engine: Engine,
  adapter: SqlDriverAdapterFactory,
  like: Pick<Engine, 'config'> = engine,
): Engine {
  const Class = engine.constructor as new (config: EngineConfig) => Engine
  const { config } = like
  return new Class({
    ...engine.config,
    adapter,
    ...Object.fromEntries(ofTheApp.filter((name) => name in config).map((name) => [name, config[name]])),
  })
}

const ofTheApp = [
  'logEmitter',
  'logQueries',
  'logLevel',
  'enableDebugLogs',
  'tracingHelper',
  'transactionOptions',
  'sqlCommenters',
  'queryPlanCacheMaxSize',
]

/** An engine's settings without what tells the app of its queries. */
export function quietly({ config }: Engine): Pick<Engine, 'config'> {
  const logEmitter = { on: () => logEmitter, emit: () => true }
  return { config: { ...config, logQueries: false, logEmitter } }
}

/** The pool that an adapter takes its connections from. */
export function poolOf(adapter: SqlDriverAdapter): unknown {
  return property(adapter, 'client')
}

/** Ends the connections of an adapter of PostgreSQL without asking the server; the others do not tell theirs. */
export function cutConnections(adapter: SqlDriverAdapter): void {
  const clients = property(poolOf(adapter), '_clients')
  if (!Array.isArray(clients)) return
  for (const client of clients) {
    const stream = property(property(client, 'connection'), 'stream')
    const destroy = property(stream, 'destroy')
    if (typeof destroy === 'function') destroy.call(stream)
  }
}

/** Settings that `PrismaPg` was made with; undefined where it keeps them to itself. */
export function settingsOf(factory: SqlDriverAdapterFactory): object | undefined {
  const config = property(factory, 'config')
  return typeof config === 'object' && config !== null ? config : undefined
}

/** Schema that `PrismaPg` or `PrismaMariaDb` was told to use. */
export function schemaOf(factory: SqlDriverAdapterFactory): string | undefined {
  const schema = property(property(factory, 'options'), 'schema')
  return typeof schema === 'string' ? schema : undefined
}

/** Ends the physical connection of a transaction, so that it does not go back into its pool. */
export function destroyConnection(transaction: Transaction): void {
  const client = property(transaction, 'client')
  const destroy = property(client, 'destroy') ?? property(client, 'end')
  if (typeof destroy === 'function') void Promise.resolve(destroy.call(client)).catch(ignore)
}

/**
 * Gives the connection of a transaction that a statement has ended back to its pool, where the adapter would send one more COMMIT.
 * @returns false where that is not possible
 */
export async function releaseConnection(transaction: Transaction): Promise<boolean> {
  const client = property(transaction, 'client')
  const release = property(client, 'release')
  if (typeof release !== 'function') return false
  const cleanup = property(transaction, 'cleanup')
  if (typeof cleanup === 'function') cleanup.call(transaction)
  await release.call(client)
  return true
}

/**
 * Sends a text unprepared, as the adapter sends its BEGIN, which MySQL does not prepare.
 * @returns false where that is not possible
 */
export async function sendText(transaction: Transaction, sql: string): Promise<boolean> {
  const client = property(transaction, 'client')
  const query = property(client, 'query')
  const onError = property(transaction, 'onError')
  if (typeof query !== 'function' || typeof onError !== 'function') return false
  try {
    await query.call(client, { sql })
  } catch (error) {
    // It throws the error in the form that Prisma knows.
    onError.call(transaction, error)
  }
  return true
}

type NameStatement = (query: object) => string | undefined

/** Keeps statements of ours from being prepared under a name: their texts may be many, or hold several statements. */
export function withoutNames(adapter: object, isOurs: (query: object) => boolean): void {
  const options = property(adapter, 'pgOptions')
  const named = property(options, 'statementNameGenerator')
  if (typeof named !== 'function') return
  const statementNameGenerator: NameStatement = (query) =>
    isOurs(query) ? undefined : (named as NameStatement)(query)
  Object.assign(adapter, { pgOptions: { ...(options as object), statementNameGenerator } })
}

function property(owner: unknown, name: string): unknown {
  if ((typeof owner !== 'object' && typeof owner !== 'function') || owner === null) return undefined
  return (owner as Record<string, unknown>)[name] ?? undefined
}

function notAClient(what: string, missing: readonly string[], isOther: boolean): TwinwriteError {
  if (isOther) {
    return new TwinwriteError('TW_CONFIG_INVALID', `${what} is no PrismaClient`, {
      hint: 'Give an instance of the generated PrismaClient.',
    })
  }
  return unsupported(`${what} has no ${missing.join(', ')}, as every client of Prisma 7 has`)
}

function unsupported(message: string): TwinwriteError {
  return new TwinwriteError('TW_ENGINE_UNSUPPORTED', message, {
    hint: 'Use Prisma 7 on Node.js with @prisma/adapter-pg, @prisma/adapter-mariadb or @prisma/adapter-better-sqlite3.',
  })
}

function ignore(): void {
  // It is gone already.
}

// One connection of a driver adapter as capture sees it: its responses in and out, statements of ours unseen by Prisma.
// Outside of a transaction the adapter's pool takes its place, until capture begins a transaction of its own there.
// Upholds W1.

import type {
  ArgType,
  IsolationLevel,
  SqlDriverAdapter,
  SqlQuery,
  SqlQueryable,
  Transaction,
} from '@prisma/driver-adapter-utils'
import {
  type AppCall,
  type NativeConnection,
  scan,
  type Scan,
  type ScanDialect,
  type Statement,
} from '@twinwrite/core'
import type { AdapterEngine } from './adapter-engine.ts'
import { destroyConnection, releaseConnection, sendText } from './prisma-internals.ts'
import { adapterResponse, type AdapterResponse, counted, returned } from './response.ts'

/** What Prisma asks for: rows (`queryRaw`) or their number (`executeRaw`). */
export type Method = 'rows' | 'count'

/** A statement of the app as Prisma sends it. */
export interface AdapterCall extends AppCall<AdapterResponse> {
  readonly query: SqlQuery
}

const ours: ArgType = { scalarType: 'unknown', arity: 'scalar' }
/** Of statements of ours. */
const rowsExpected = /^[\s(]*(?:select|show|with)\b(?!.*\bCOMMIT$)|\bRETURNING 1$/is
const transactional: ReadonlySet<string> = new Set(['BEGIN', 'COMMIT', 'ROLLBACK'])
const savepoint = /^(SAVEPOINT|ROLLBACK TO SAVEPOINT|RELEASE SAVEPOINT) (\S+)$/

/** What Prisma's adapters answer to a statement in a transaction that has ended. */
class TransactionAlreadyClosed extends Error {
  override readonly name = 'DriverAdapterError'
  override readonly cause = { kind: 'TransactionAlreadyClosed', cause: 'the transaction has ended' }
}

export class AdapterConnection implements NativeConnection<AdapterResponse> {
  readonly shape = adapterResponse
  /** Whether writes are captured now; set by those who know the transaction. */
  captures: () => boolean = () => false
  readonly #adapter: SqlDriverAdapter
  readonly #engine: AdapterEngine
  readonly #dialect: () => ScanDialect
  readonly #sent: (query: SqlQuery) => void
  #transaction: Transaction | null = null
  /** Whether it is for one transaction of the app; behind one of ours the statement may run again. */
  #isForOne = false
  #ended = false
  /** The app has ended its transaction in SQL, while Prisma still holds the connection for it. */
  #endedBySql = false

  /** @param sent sees the queries of ours before they are run */
  constructor(
    adapter: SqlDriverAdapter,
    engine: AdapterEngine,
    dialect: () => ScanDialect,
    sent: (query: SqlQuery) => void,
  ) {
    this.#adapter = adapter
    this.#engine = engine
    this.#dialect = dialect
    this.#sent = sent
  }

  /** The open one, of the app or of ours. */
  get transaction(): Transaction | null {
    return this.#transaction
  }

  /** Begins a transaction of the app. */
  async begin(isolation?: IsolationLevel): Promise<AdapterResponse> {
    this.#transaction = await this.#adapter.startTransaction(isolation)
    this.#isForOne = !this.#engine.single
    return counted(0)
  }

  /** Ends a transaction whose driver speaks for itself. */
  async end(how: 'commit' | 'rollback'): Promise<AdapterResponse> {
    const transaction = this.#transaction
    this.#transaction = null
    this.#ended = this.#isForOne
    await transaction?.[how]()
    return counted(0)
  }

  /** Ends a transaction by a statement of ours that commits it, too. */
  async endBy(statement: Statement): Promise<AdapterResponse> {
    const response = await this.own(statement)
    await this.release()
    return response
  }

  /** Gives the physical connection of an ended transaction back. */
  async release(): Promise<void> {
    const transaction = this.#transaction
    if (transaction === null) return
    this.#transaction = null
    this.#ended = this.#isForOne
    if (!transaction.options.usePhantomQuery || !(await releaseConnection(transaction)))
      await transaction.commit()
  }

  async own(statement: Statement): Promise<AdapterResponse> {
    const { sql } = statement
    if (!this.#engine.single && this.#transaction === null) {
      if (sql.startsWith('BEGIN')) {
        this.#transaction = await this.#adapter.startTransaction()
        return counted(0)
      }
      // A transaction that the driver has ended with its failed COMMIT.
      if (sql === 'ROLLBACK') return counted(0)
    }
    const speaks = this.#transaction?.options.usePhantomQuery === true
    if (speaks && sql === 'BEGIN') this.#endedBySql = true
    if (speaks && this.#endedBySql && transactional.has(sql) && (await sendText(this.#transaction!, sql)))
      return counted(0)
    if (speaks && sql === 'COMMIT') return this.end('commit')
    if (speaks && sql === 'ROLLBACK') return this.end('rollback')
    // MySQL does not prepare these, and Prisma's adapter prepares whatever it is not asked for by name.
    if (speaks && (await setSavepoint(this.#transaction!, sql))) return counted(0)
    const query = rebuilt(statement, null)
    this.#sent(query)
    return rowsExpected.test(sql)
      ? returned(await this.#on.queryRaw(query))
      : counted(await this.#on.executeRaw(query))
  }

  discard(): void {
    if (this.#transaction !== null && !this.#engine.single) destroyConnection(this.#transaction)
  }

  /** A call of the app, to be run as it is or in a form that capture needs. */
  call(method: Method, query: SqlQuery): AdapterCall {
    const bindings = boundValues(query)
    return {
      sql: query.sql,
      bindings,
      query,
      run: (statement) => {
        if (statement.sql === query.sql && statement.bindings === bindings) return this.#run(method, query)
        const sent = rebuilt(statement, query)
        this.#sent(sent)
        return this.#runRewritten(sent, query)
      },
    }
  }

  /** What `executeRaw` tells: the driver of MariaDB counts no rows where some come back. */
  count({ set, affected }: AdapterResponse): number {
    return this.#engine.returning || set.columnNames.length === 0 ? affected : 0
  }

  get #on(): SqlQueryable {
    if (this.#ended) throw new TransactionAlreadyClosed()
    return this.#transaction ?? this.#adapter
  }

  async #run(method: Method, query: SqlQuery): Promise<AdapterResponse> {
    if (!this.#engine.returning && this.#transaction !== null && this.captures()) {
      const kind = kindOf(query.sql, this.#dialect)
      if (kind === 'insert') return this.#insert(query)
      if (kind === 'update' || kind === 'delete') return this.#change(query)
    }
    if (method === 'rows') return returned(await this.#on.queryRaw(query))
    return counted(await this.#on.executeRaw(query))
  }

  async #runRewritten(query: SqlQuery, app: SqlQuery): Promise<AdapterResponse> {
    const kind = kindOf(app.sql, this.#dialect)
    if (kind === 'commit') {
      // What the journal counts is not what a COMMIT counts.
      await this.#on.executeRaw(query)
      return counted(0)
    }
    if (this.#engine.returning) return returned(await this.#on.queryRaw(query))
    return kind === 'insert' ? this.#insert(query) : this.#change(query)
  }

  /** The generated id is told with rows, their number only without; capture needs both. */
  async #insert(query: SqlQuery): Promise<AdapterResponse> {
    const set = await this.#on.queryRaw(query)
    if (set.columnNames.length > 0) return returned(set)
    const found = scan(query.sql, this.#dialect())
    const plainRow =
      found.kind === 'insert' &&
      found.verb === 'insert' &&
      found.ignore === null &&
      found.onDuplicate === null &&
      found.source.type === 'values' &&
      found.source.rows.length === 1
    if (plainRow) return returned(set, 1)
    const { rows } = await this.#on.queryRaw({ sql: 'SELECT ROW_COUNT()', args: [], argTypes: [] })
    return returned(set, Number(rows[0]![0]))
  }

  async #change(query: SqlQuery): Promise<AdapterResponse> {
    if (returnsRows(query.sql, this.#dialect)) return returned(await this.#on.queryRaw(query))
    const affected = await this.#on.executeRaw(query)
    return { set: { columnNames: [], columnTypes: [], rows: [], lastInsertId: '0' }, affected }
  }
}

const savepointMethods = {
  SAVEPOINT: 'createSavepoint',
  'ROLLBACK TO SAVEPOINT': 'rollbackToSavepoint',
  'RELEASE SAVEPOINT': 'releaseSavepoint',
} as const

/** @returns whether it was about a savepoint, and the adapter has a method for that */
async function setSavepoint(transaction: Transaction, sql: string): Promise<boolean> {
  const [, verb, name] = savepoint.exec(sql) ?? []
  const method = name === undefined ? undefined : savepointMethods[verb as keyof typeof savepointMethods]
  if (method === undefined || transaction[method] === undefined) return false
  await transaction[method](name!)
  return true
}

/** MariaDB's DELETE .. RETURNING. */
function returnsRows(sql: string, dialect: () => ScanDialect): boolean {
  if (!/\breturning\b/i.test(sql)) return false
  const found = scan(sql, dialect())
  return found.kind === 'delete' && found.returning !== null
}

const plainKinds = new Map<string, Scan['kind']>([
  ['insert', 'insert'],
  ['update', 'update'],
  ['delete', 'delete'],
  ['commit', 'commit'],
])

/** Without a scan where the first word tells it: texts of many rows are long. */
export function kindOf(sql: string, dialect: () => ScanDialect): Scan['kind'] {
  const word = /^\s*([a-z]+)\b/i.exec(sql)?.[1]
  return plainKinds.get(word?.toLowerCase() ?? '') ?? scan(sql, dialect()).kind
}

/** A statement of capture as the adapter takes it; what it has of the app's arguments keeps their types. */
function rebuilt({ sql, bindings, taken }: Statement, app: SqlQuery | null): SqlQuery {
  const from = taken === undefined ? app : (taken.from as Partial<AdapterCall>).query
  if (from === null || from === undefined)
    return { sql, args: [...bindings], argTypes: bindings.map(() => ours) }
  const places = taken?.places ?? from.args.map((_, place) => place)
  return {
    sql,
    args: bindings.map((value, index) => (places[index] == null ? value : from.args[places[index]])),
    argTypes: bindings.map((_, index) =>
      places[index] == null ? ours : (from.argTypes[places[index]] ?? ours),
    ),
  }
}

/** Arguments as the values that they stand for, for capture to look at. */
function boundValues({ args, argTypes }: SqlQuery): readonly unknown[] {
  const isText = (value: unknown, index: number): boolean =>
    typeof value === 'string' && textual.has(argTypes[index]?.scalarType ?? '')
  if (!args.some(isText)) return args
  return args.map((value, index) =>
    isText(value, index) ? textual.get(argTypes[index]!.scalarType)!(value as string) : value,
  )
}

const textual = new Map<string, (text: string) => unknown>([
  ['bytes', (text) => Buffer.from(text, 'base64')],
  ['bigint', (text) => (/^-?\d+$/.test(text) ? BigInt(text) : text)],
  ['datetime', (text) => new Date(text)],
])

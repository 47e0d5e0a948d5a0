// One side's Knex client with every statement captured: all that the app runs on a side, whatever way it came, passes
// `query` or `stream` here. Upholds W1, W10.

import { Readable } from 'node:stream'
import {
  type AdapterMigration,
  type AppConnection,
  patiently,
  scan,
  type ScanDialect,
  type Side,
} from '@twinwrite/core'
import type { DialectName } from './carry/dialect.ts'
import type { Client, Compiled, PhysicalConnection, Runner } from './knex-internals.ts'
import { appCall, nativeConnection } from './native-connection.ts'
import { insertAndRead, returnedBy } from './returning-insert.ts'

/** Knex's own methods of a dialect's client, without our overrides. */
export interface PlainCalls {
  query(connection: PhysicalConnection, compiled: Compiled): Promise<Compiled>
  stream(
    connection: PhysicalConnection,
    compiled: Compiled,
    stream: NodeJS.ReadWriteStream,
    options: unknown,
  ): Promise<unknown>
  acquire(): Promise<PhysicalConnection>
  release(connection: PhysicalConnection): Promise<void>
  cancel(connection: PhysicalConnection): Promise<unknown>
  processResponse(compiled: Compiled, runner: Runner): unknown
}

export class SideClient {
  readonly side: Side
  readonly client: Client
  readonly dialect: DialectName
  readonly plain: PlainCalls
  readonly #migration: AdapterMigration
  readonly #connections = new WeakMap<PhysicalConnection, AppConnection<unknown>>()

  constructor(
    side: Side,
    client: Client,
    dialect: DialectName,
    plain: PlainCalls,
    migration: AdapterMigration,
  ) {
    this.side = side
    this.client = client
    this.dialect = dialect
    this.plain = plain
    this.#migration = migration
  }

  /** Of the server, which may be MariaDB. */
  get scanDialect(): ScanDialect {
    return this.#migration.engines[this.side]
  }

  connection(physical: PhysicalConnection): AppConnection<unknown> {
    const known = this.#connections.get(physical)
    if (known !== undefined) return known
    const native = nativeConnection(this.dialect, physical, this.plain.query)
    const connection = this.#migration.connect(this.side, native)
    this.#connections.set(physical, connection)
    return connection
  }

  /** Runs a statement of the app and leaves the driver's response in `compiled`, as Knex's own `_query` does. */
  query(physical: PhysicalConnection, compiled: Compiled): Promise<Compiled> {
    // Knex's own error for an empty text.
    if (!compiled.sql) return this.plain.query(physical, compiled)
    const connection = this.connection(physical)
    const execute = (one: Compiled): Promise<unknown> =>
      connection.execute(appCall(this.plain.query, physical, one))
    const returned = returnedBy(compiled)
    const response =
      returned === undefined
        ? execute(compiled)
        : insertAndRead(this.dialect, connection, execute, compiled, returned)
    return response.then((one) => answer(this.dialect, compiled, one))
  }

  /** Runs a statement that names no mapped table, while this side is not primary and so takes no captured one. */
  queryAside(physical: PhysicalConnection, compiled: Compiled): Promise<Compiled> {
    const { kind } = scan(compiled.sql, this.scanDialect)
    // What they may touch is for capture to find out.
    const isUnclear = kind === 'opaque' || kind === 'ddl' || kind === 'truncate'
    if (isUnclear) return this.query(physical, compiled)
    const run = (): Promise<Compiled> => this.plain.query(physical, compiled)
    return this.dialect === 'sqlite' ? patiently(physical, run) : run()
  }

  /**
   * Streams a read as Knex does. A write is run as a whole and its rows are streamed then: PostgreSQL's stream is a cursor,
   * from which nothing of ours could be taken out.
   * @param aside as in `queryAside`
   */
  async stream(
    physical: PhysicalConnection,
    compiled: Compiled,
    stream: NodeJS.ReadWriteStream,
    options: unknown,
    aside = false,
  ): Promise<unknown> {
    if (!compiled.sql || scan(compiled.sql, this.scanDialect).kind === 'read') {
      return this.plain.stream(physical, compiled, stream, options)
    }
    try {
      const { response } = await (aside
        ? this.queryAside(physical, compiled)
        : this.query(physical, compiled))
      await pour(rowsOf(this.dialect, response), stream)
    } catch (error) {
      stream.emit('error', error)
      throw error
    }
  }
}

/** What Knex's dialects leave in the statement object. */
function answer(dialect: DialectName, compiled: Compiled, response: unknown): Compiled {
  compiled.response = response
  if (dialect === 'sqlite' && !Array.isArray(response)) {
    const { lastInsertRowid, changes } = response as { lastInsertRowid: number | bigint; changes: number }
    compiled.context = { lastID: lastInsertRowid, changes }
  }
  return compiled
}

function rowsOf(dialect: DialectName, response: unknown): unknown[] {
  if (dialect === 'postgres') return (response as { rows: unknown[] }).rows
  const rows = dialect === 'mysql' ? (response as unknown[])[0] : response
  // mysql2 streams the header of a statement without rows.
  return Array.isArray(rows) ? rows : [rows]
}

function pour(rows: unknown[], stream: NodeJS.ReadWriteStream): Promise<void> {
  return new Promise((resolve, reject) => {
    const source = Readable.from(rows)
    source.on('end', resolve)
    source.on('error', reject)
    source.pipe(stream)
  })
}

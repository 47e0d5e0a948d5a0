// MySQL and MariaDB: one connection through mysql2. Values are bound by the server (prepared statements), never written into the text.
// Session settings make values exact and let the server end what a paused or cut-off client left behind.

import type { Readable } from 'node:stream'
import { type EngineName, type Statement, TwinwriteError } from '@twinwrite/core'
import type { Connection, ConnectionOptions } from 'mysql2/promise'
import { loadDriver } from '../load-driver.ts'
import { type RowBlock, type RowBytes, rowBytes } from './row-bytes.ts'
import { type Answer, answerMs, connectMs, type Session, SessionLost, within } from '../session.ts'
import type { SessionPurpose } from '../sql-engine.ts'

const settings = [
  // Dates as they are, no rounding of values that do not fit, and 0 is an id like any other.
  `sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES'`,
  `time_zone = '+00:00'`,
  `innodb_lock_wait_timeout = 1`,
  `lock_wait_timeout = 2`,
  // A session of a client that paused or was cut off must not keep its locks for the default of eight hours.
  `wait_timeout = 30`,
  `sql_safe_updates = 0`,
  // A look-up through an index is never thought to be dearer than a scan.
  `max_seeks_for_key = 1`,
  `unique_checks = 1`,
]

const applySettings = ['autocommit = 0', 'foreign_key_checks = 0']

export interface LoadResult {
  readonly affectedRows: number
  readonly warningStatus: number
}

export class MysqlSession implements Session {
  readonly #connection: Connection
  readonly #answerMs: number
  readonly engine: EngineName
  readonly foreignKeysOff: boolean
  #healthy = true

  constructor(connection: Connection, engine: EngineName, purpose: SessionPurpose) {
    this.#connection = connection
    this.engine = engine
    this.foreignKeysOff = purpose === 'apply' || purpose === 'load'
    this.#answerMs = answerMs[purpose]
    connection.on('error', () => (this.#healthy = false))
    // The promise wrapper does not pass the end of the connection on.
    const { connection: inner } = connection as unknown as {
      connection: { on(event: 'end', run: () => void): void }
    }
    inner.on('end', () => (this.#healthy = false))
  }

  get healthy(): boolean {
    return this.#healthy
  }

  async query({ sql, bindings }: Statement): Promise<Answer> {
    if (!this.#healthy) throw new SessionLost('the connection is closed')
    const work =
      bindings.length === 0 ? this.#connection.query(sql) : this.#connection.execute(sql, bindings as never)
    try {
      const [result] = await within(work, this.#answerMs, () => this.destroy())
      return answer(result)
    } catch (error) {
      if ((error as { fatal?: unknown }).fatal === true) this.#healthy = false
      throw error
    }
  }

  /** Rows of a SHOW statement, whose columns differ by version, with their names. */
  async named(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    if (!this.#healthy) throw new SessionLost('the connection is closed')
    const [rows] = await this.#connection.query({ sql, rowsAsArray: false })
    return rows as Record<string, unknown>[]
  }

  /** The rows of a SELECT as bytes. */
  rows(sql: string, block: RowBlock): RowBytes {
    if (!this.#healthy) throw new SessionLost('the connection is closed')
    return rowBytes(this.#connection, sql, block)
  }

  /** Runs a LOAD DATA LOCAL. @returns what the server says of it */
  async loadLines(sql: string, lines: Readable): Promise<LoadResult> {
    if (!this.#healthy) throw new SessionLost('the connection is closed')
    const [result] = await this.#connection.query({ sql, infileStreamFactory: () => lines } as never)
    return result as unknown as LoadResult
  }

  async end(): Promise<void> {
    this.#healthy = false
    await within(this.#connection.end(), 1_000, () => this.destroy()).catch(() => undefined)
  }

  destroy(): void {
    this.#healthy = false
    this.#connection.destroy()
  }
}

function answer(result: unknown): Answer {
  if (Array.isArray(result))
    return { rows: (result as unknown[][]).map((row) => row.map(plain)), affected: 0 }
  return { rows: [], affected: (result as { affectedRows?: number }).affectedRows ?? 0 }
}

/** Texts travel as bytes wherever collations would get in each other's way. */
function plain(given: unknown): unknown {
  return Buffer.isBuffer(given) ? given.toString('utf8') : given
}

type Driver = { createConnection(options: ConnectionOptions): Promise<Connection> }

/** @throws TwinwriteError `TW_ENGINE_UNSUPPORTED`, SessionLost, and the driver's errors */
export async function connect(given: unknown, purpose: SessionPurpose): Promise<MysqlSession> {
  const driver = await loadDriver<Driver>('mysql2', () => import('mysql2/promise'))
  const own = (typeof given === 'string' ? { uri: given } : given) as ConnectionOptions
  const opening = driver.createConnection({
    ...own,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    decimalNumbers: false,
    rowsAsArray: true,
    typeCast: true,
    namedPlaceholders: false,
    multipleStatements: false,
    enableKeepAlive: true,
    connectTimeout: connectMs,
    maxPreparedStatements: 256,
  })
  const connection = await within(opening, connectMs + 500, () => {
    void opening.then((late) => late.destroy()).catch(() => undefined)
  })
  connection.on('error', () => undefined) // told by the query that runs, or by the next one
  try {
    const engine = await checkServer(connection, purpose)
    await settle(connection, engine, purpose)
    return new MysqlSession(connection, engine, purpose)
  } catch (error) {
    connection.destroy()
    throw error
  }
}

async function checkServer(connection: Connection, purpose: SessionPurpose): Promise<EngineName> {
  const [rows] = await within(
    connection.query('SELECT VERSION(), @@global.read_only, @@global.innodb_read_only'),
    connectMs,
    () => connection.destroy(),
  )
  const [version, readOnly, innodbReadOnly] = (rows as unknown as [string, unknown, unknown][])[0]!
  const { engine, supported } = serverOf(version)
  if (!supported) {
    throw new TwinwriteError('TW_ENGINE_UNSUPPORTED', `the server version ${version} is too old`, {
      hint: 'Use MySQL 8.0.19, MariaDB 10.6, or newer.',
    })
  }
  if (purpose !== 'replica' && (isOn(readOnly) || isOn(innodbReadOnly))) {
    throw new SessionLost('the server is read-only, not the one that takes writes')
  }
  return engine
}

/** A number or a word, by version. */
function isOn(setting: unknown): boolean {
  return !/^(0|off)$/i.test(String(setting))
}

export function serverOf(version: string): {
  readonly engine: 'mysql' | 'mariadb'
  readonly supported: boolean
} {
  const engine = /mariadb/i.test(version) ? 'mariadb' : 'mysql'
  const [major = 0, minor = 0, patch = 0] = version
    .replace(/^5\.5\.5-/, '')
    .split(/[.-]/)
    .map(Number)
  const number = major * 10_000 + minor * 100 + patch
  return { engine, supported: number >= (engine === 'mariadb' ? 100_600 : 80_019) }
}

async function settle(connection: Connection, engine: EngineName, purpose: SessionPurpose): Promise<void> {
  const all = [...settings, ...(purpose === 'apply' || purpose === 'load' ? applySettings : [])]
  // Counters and sizes from the server's memory, not from a cache that may be a day old (failure case e).
  if (engine === 'mysql') all.push('information_schema_stats_expiry = 0')
  const text = `SET ${all.map((setting) => `SESSION ${setting}`).join(', ')}`
  for (const statement of ['SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', text]) {
    await within(connection.query(statement), connectMs, () => connection.destroy())
  }
}

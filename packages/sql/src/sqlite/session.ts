// SQLite: one connection through better-sqlite3, which is synchronous. It never waits for a lock inside SQLite: the app's own
// connection may hold that lock in the same process, and could not give it back while the event loop stands still.
// Waiting is done here, between tries.

import { setTimeout as sleep } from 'node:timers/promises'
import { type Statement, TwinwriteError } from '@twinwrite/core'
import type Database from 'better-sqlite3'
import { loadDriver } from '../load-driver.ts'
import { type Answer, type Session, SessionLost } from '../session.ts'
import type { SessionPurpose } from '../sql-engine.ts'
import { exactly, readValue } from './any-text.ts'

const lockMs = 1_000

type Driver = new (filename: string, options: Database.Options) => Database.Database

export class SqliteSession implements Session {
  readonly #database: Database.Database
  readonly foreignKeysOff: boolean
  readonly #statements = new Map<string, Database.Statement>()

  constructor(database: Database.Database, purpose: SessionPurpose) {
    this.#database = database
    this.foreignKeysOff = purpose === 'apply' || purpose === 'load'
  }

  get healthy(): boolean {
    return this.#database.open
  }

  query(statement: Statement): Promise<Answer> {
    return this.#patiently(lockMs, () => this.#run(statement))
  }

  /** Runs statements as one transaction that nobody can see the middle of, not even by pausing. The last answer counts. */
  exclusively(statements: readonly Statement[], waitMs = lockMs): Promise<Answer> {
    return this.#patiently(waitMs, () =>
      this.#database
        .transaction(() => statements.map((statement) => this.#run(statement)).at(-1)!)
        .immediate(),
    )
  }

  async end(): Promise<void> {
    this.destroy()
  }

  destroy(): void {
    this.#statements.clear()
    this.#database.close()
  }

  #run({ sql, bindings }: Statement): Answer {
    const statement = this.#prepared(sql)
    if (statement.reader) {
      const given = statement.raw().all(...bindings) as unknown[][]
      const rows =
        given.some(isReplaced) && /^\s*SELECT\b/i.test(sql)
          ? this.#exactly(sql, bindings, given[0]!.length)
          : given
      return { rows, affected: rows.length }
    }
    return { rows: [], affected: statement.run(...bindings).changes }
  }

  /** The same rows once more, in a form in which no text is lost. */
  #exactly(sql: string, bindings: readonly unknown[], width: number): unknown[][] {
    const columns = Array.from({ length: width }, (_, index) => `c${index}`)
    const list = columns.map(exactly).join(', ')
    const statement = this.#prepared(
      `WITH given (${columns.join(', ')}) AS MATERIALIZED (${sql}) SELECT ${list} FROM given`,
    )
    const rows = statement.raw().all(...bindings) as unknown[][]
    return rows.map((row) => row.map(readValue))
  }

  #prepared(sql: string): Database.Statement {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      if (this.#statements.size >= 200) this.#statements.clear()
      this.#statements.set(sql, (statement = this.#database.prepare(sql)))
    }
    return statement
  }

  async #patiently<T>(waitMs: number, work: () => T): Promise<T> {
    const deadline = performance.now() + waitMs
    for (;;) {
      if (!this.#database.open) throw new SessionLost('the connection is closed')
      try {
        return work()
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error
      }
      await sleep(1 + Math.random() * 9)
    }
  }
}

/** Whether the driver may have put U+FFFD in the place of bytes. */
function isReplaced(row: readonly unknown[]): boolean {
  return row.some((value) => typeof value === 'string' && value.includes('\uFFFD'))
}

function isBusy(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code === 'SQLITE_BUSY' || code === 'SQLITE_BUSY_RECOVERY' || code === 'SQLITE_LOCKED'
}

/** @throws TwinwriteError `TW_ENGINE_UNSUPPORTED`, and the driver's errors */
export async function connect(given: unknown, purpose: SessionPurpose): Promise<SqliteSession> {
  const driver = await loadDriver<Driver>('better-sqlite3', () => import('better-sqlite3'))
  const { filename, options } = settingsOf(given)
  const database = opened(driver, filename, options)
  try {
    database.defaultSafeIntegers(true)
    // An acknowledged apply must survive a loss of power.
    database.pragma('synchronous = FULL')
    database.pragma(`foreign_keys = ${purpose === 'apply' || purpose === 'load' ? 'OFF' : 'ON'}`)
    return new SqliteSession(database, purpose)
  } catch (error) {
    database.close()
    throw error
  }
}

function opened(driver: Driver, filename: string, options: Database.Options): Database.Database {
  try {
    return new driver(filename, { ...options, readonly: false, timeout: 0 })
  } catch (error) {
    // The driver's way of saying that the folder is not there.
    if (error instanceof TypeError) throw new SessionLost(error.message, { cause: error })
    throw error
  }
}

function settingsOf(given: unknown): { filename: string; options: Database.Options } {
  const settings =
    typeof given === 'string'
      ? { filename: given }
      : (given as { filename?: unknown; options?: Database.Options })
  const filename =
    typeof settings.filename === 'string' ? settings.filename.replace(/^sqlite:(\/\/)?/, '') : ''
  if (filename === '' || filename.includes(':memory:')) {
    throw new TwinwriteError(
      'TW_ENGINE_UNSUPPORTED',
      'an in-memory SQLite database belongs to one connection alone',
      {
        hint: 'Use a database file.',
      },
    )
  }
  return { filename, options: settings.options ?? {} }
}

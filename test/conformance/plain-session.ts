// One plain driver session on any engine, past Knex and past twinwrite: makes the tables, fills and empties them, and
// reads what the comparison compares.

import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DatabaseSession,
  type Engine,
  type FreshDatabase,
  openSession,
  type ServerEngine,
} from '@twinwrite/testkit'
import Database from 'better-sqlite3'

export type Rows = readonly Record<string, unknown>[]

export interface PlainSession {
  readonly engine: Engine
  /** Runs one statement. Rows come by column name, as the driver gives them. */
  query(sql: string): Promise<Rows>
  /** Runs several statements, in one round trip where there is a server, and gives the rows of each. */
  queryAll(statements: readonly string[]): Promise<readonly Rows[]>
  end(): void
}

export async function plainSession(database: FreshDatabase): Promise<PlainSession> {
  const { engine, url } = database
  return engine === 'sqlite' ? onFile(url.replace(/^sqlite:/, '')) : onServer(engine, url)
}

const longestWaitMs = 30_000

/** What these sessions write needs no disk, which spares a wait per case; and what a case left locked must not hang them. */
const settings: Record<ServerEngine, readonly string[]> = {
  postgres: ['SET synchronous_commit = off', `SET lock_timeout = '10s'`],
  mysql: ['SET SESSION sql_log_bin = 0, innodb_lock_wait_timeout = 10'],
  mariadb: ['SET SESSION sql_log_bin = 0, innodb_lock_wait_timeout = 10'],
}

async function onServer(engine: ServerEngine, url: string): Promise<PlainSession> {
  const session = await openSession(engine, url)
  await session.queryAll(settings[engine])
  return {
    engine,
    query: (sql) => session.query(sql),
    queryAll: (statements) => untilNoDeadlock(session, statements),
    end: () => session.close(),
  }
}

/** Tries of statements that meet an applier's in the other order; each begins a transaction of its own, where it needs one. */
const mostTries = 20

async function untilNoDeadlock(
  session: DatabaseSession,
  statements: readonly string[],
): Promise<readonly Rows[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await session.queryAll(statements)
    } catch (error) {
      const { code, errno } = error as { code?: unknown; errno?: unknown }
      await session.query('ROLLBACK')
      if ((code !== '40P01' && errno !== 1213) || attempt >= mostTries) throw error
      await sleep(Math.random() * 20 * attempt)
    }
  }
}

/** Waits between tries, not inside of SQLite: who holds the lock may be this very process, which must go on to give it back. */
function onFile(filename: string): PlainSession {
  const database = new Database(filename, { timeout: 0 })
  database.pragma('synchronous = OFF')
  const run = (sql: string): Rows => {
    const statement = database.prepare(sql)
    if (statement.reader) return statement.all() as Record<string, unknown>[]
    statement.run()
    return []
  }
  const query = async (sql: string): Promise<Rows> => {
    for (const deadline = Date.now() + longestWaitMs; ;) {
      try {
        return run(sql)
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'SQLITE_BUSY' || Date.now() > deadline) throw error
      }
      await sleep(1 + Math.random() * 4)
    }
  }
  return {
    engine: 'sqlite',
    query,
    queryAll: async (statements) => {
      const answers: Rows[] = []
      for (const sql of statements) answers.push(await query(sql))
      return answers
    },
    end: () => database.close(),
  }
}

const quotes: Record<Engine, string> = { postgres: '"', mysql: '`', mariadb: '`', sqlite: '"' }

export function quoted(engine: Engine, name: string): string {
  const quote = quotes[engine]
  return quote + name.replaceAll(quote, quote + quote) + quote
}

/** A literal of the little that fixtures hold: numbers, and texts without quotes, backslashes and non-ASCII. */
export function literal(value: string | number | null): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number') return String(value)
  if (/['\\]/.test(value)) throw new Error(`a fixture must not hold ${JSON.stringify(value)}`)
  return `'${value}'`
}

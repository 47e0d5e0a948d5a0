// One plain driver session on any engine, past Knex and past twinwrite: makes the tables, fills and empties them, and
// reads what the comparison compares.

import { type Engine, type FreshDatabase, openSession, type ServerEngine } from '@twinwrite/testkit'
import Database from 'better-sqlite3'

export interface PlainSession {
  readonly engine: Engine
  /** Runs one statement. Rows come by column name, as the driver gives them. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>
  end(): void
}

export async function plainSession(database: FreshDatabase): Promise<PlainSession> {
  const { engine, url } = database
  return engine === 'sqlite' ? onFile(url.replace(/^sqlite:/, '')) : onServer(engine, url)
}

/** What these sessions write needs no disk, which spares a wait per case; and what a case left locked must not hang them. */
const settings: Record<ServerEngine, readonly string[]> = {
  postgres: ['SET synchronous_commit = off', `SET lock_timeout = '10s'`],
  mysql: ['SET SESSION sql_log_bin = 0, innodb_lock_wait_timeout = 10'],
  mariadb: ['SET SESSION sql_log_bin = 0, innodb_lock_wait_timeout = 10'],
}

async function onServer(engine: ServerEngine, url: string): Promise<PlainSession> {
  const session = await openSession(engine, url)
  for (const setting of settings[engine]) await session.query(setting)
  return { engine, query: (sql) => session.query(sql), end: () => session.close() }
}

function onFile(filename: string): PlainSession {
  const database = new Database(filename, { timeout: 30_000 })
  database.pragma('synchronous = OFF')
  return {
    engine: 'sqlite',
    query: async (sql) => {
      const statement = database.prepare(sql)
      if (statement.reader) return statement.all() as Record<string, unknown>[]
      statement.run()
      return []
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

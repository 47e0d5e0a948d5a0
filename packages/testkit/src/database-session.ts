// One open session on any server engine, for tests that hold a transaction open while something breaks.
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import type { ServerEngine } from './engine.ts'

export type Row = Record<string, unknown>

export interface DatabaseSession {
  query(sql: string): Promise<Row[]>
  /** Runs several statements in one round trip, and gives the rows of each. */
  queryAll(statements: readonly string[]): Promise<Row[][]>
  /** Drops the connection without a goodbye. */
  close(): void
}

async function openPostgres(url: string): Promise<DatabaseSession> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // a lost connection also fails the next query
  await client.connect()
  return {
    query: async (sql) => (await client.query<Row>(sql)).rows,
    queryAll: async (statements) => {
      const answers: unknown = await client.query(statements.join(';\n'))
      return [answers].flat().map((answer) => (answer as { rows: Row[] }).rows)
    },
    close: () => void client.end().catch(() => {}),
  }
}

async function openMysql(url: string): Promise<DatabaseSession> {
  const connection = await createConnection({ uri: url, connectTimeout: 10_000, multipleStatements: true })
  connection.on('error', () => {}) // a lost connection also fails the next query
  return {
    query: async (sql) => {
      const [answer] = await connection.query(sql)
      return rowsOf(answer)
    },
    queryAll: async (statements) => {
      const [answers] = await connection.query(statements.join(';\n'))
      return statements.length === 1 ? [rowsOf(answers)] : (answers as unknown[]).map(rowsOf)
    },
    close: () => connection.destroy(),
  }
}

const rowsOf = (answer: unknown): Row[] => (Array.isArray(answer) ? (answer as Row[]) : [])

const open: Record<ServerEngine, (url: string) => Promise<DatabaseSession>> = {
  postgres: openPostgres,
  mysql: openMysql,
  mariadb: openMysql,
}

export const openSession = (engine: ServerEngine, url: string): Promise<DatabaseSession> => open[engine](url)

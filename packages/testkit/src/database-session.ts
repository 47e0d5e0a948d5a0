// One open session on any server engine, for tests that hold a transaction open while something breaks.
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import type { ServerEngine } from './engine.ts'

export type Row = Record<string, unknown>

export interface DatabaseSession {
  query(sql: string): Promise<Row[]>
  /** Drops the connection without a goodbye. */
  close(): void
}

async function openPostgres(url: string): Promise<DatabaseSession> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // a lost connection also fails the next query
  await client.connect()
  return {
    query: async (sql) => (await client.query<Row>(sql)).rows,
    close: () => void client.end().catch(() => {}),
  }
}

async function openMysql(url: string): Promise<DatabaseSession> {
  const connection = await createConnection({ uri: url, connectTimeout: 10_000 })
  connection.on('error', () => {}) // a lost connection also fails the next query
  return {
    query: async (sql) => {
      const [rows] = await connection.query(sql)
      return Array.isArray(rows) ? (rows as Row[]) : []
    },
    close: () => connection.destroy(),
  }
}

const open: Record<ServerEngine, (url: string) => Promise<DatabaseSession>> = {
  postgres: openPostgres,
  mysql: openMysql,
  mariadb: openMysql,
}

export const openSession = (engine: ServerEngine, url: string): Promise<DatabaseSession> => open[engine](url)

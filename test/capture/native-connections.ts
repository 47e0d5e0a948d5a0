// Raw drivers as capture sees them: what an adapter does, without an ORM. Counts the statements that are not the app's.

import Database from 'better-sqlite3'
import mysql from 'mysql2/promise'
import pg from 'pg'
import type { AppCall, NativeConnection } from '../../packages/core/src/capture/native-connection.ts'
import {
  betterSqlite3Response,
  type SqliteResponse,
} from '../../packages/core/src/capture/response-better-sqlite3.ts'
import { mysql2Response } from '../../packages/core/src/capture/response-mysql2.ts'
import { pgResponse } from '../../packages/core/src/capture/response-pg.ts'
import type { Statement } from '../../packages/core/src/statement.ts'
import type { Engine } from '@twinwrite/testkit'

export interface RawConnection {
  readonly native: NativeConnection<unknown>
  /** Statements of ours so far. */
  readonly own: Statement[]
  /** Forms of the app's statements as they were sent. */
  readonly sent: Statement[]
  call(sql: string, bindings?: readonly unknown[]): AppCall<unknown>
  /** The app's statement as the driver runs it. */
  run(sql: string, bindings?: readonly unknown[]): Promise<unknown>
  rows(sql: string, bindings?: readonly unknown[]): Promise<Record<string, unknown>[]>
  end(): Promise<void>
}

interface Driver {
  shape: NativeConnection<unknown>['shape']
  query(sql: string, bindings: readonly unknown[]): Promise<unknown>
  end(): Promise<void>
}

export interface RawOptions {
  /** node-postgres: rows as arrays. */
  readonly rowMode?: 'array'
  /** More settings of the driver's connection. */
  readonly settings?: Readonly<Record<string, unknown>>
}

export async function rawConnection(
  engine: Engine,
  connection: unknown,
  options: RawOptions = {},
): Promise<RawConnection> {
  const driver = await drivers[engine](connection, options)
  const own: Statement[] = []
  const sent: Statement[] = []
  const run = (sql: string, bindings: readonly unknown[] = []): Promise<unknown> =>
    driver.query(sql, bindings)
  return {
    own,
    sent,
    run,
    native: {
      shape: driver.shape,
      own: (statement) => {
        own.push(statement)
        return driver.query(statement.sql, statement.bindings)
      },
      discard: () => undefined,
    },
    call: (sql, bindings = []) => ({
      sql,
      bindings,
      run: (statement) => {
        sent.push(statement)
        return driver.query(statement.sql, statement.bindings)
      },
    }),
    rows: async (sql, bindings) => driver.shape.rows(await run(sql, bindings)),
    end: driver.end,
  }
}

const drivers: Record<Engine, (connection: unknown, options: RawOptions) => Promise<Driver>> = {
  postgres: async (connection, { rowMode }) => {
    const client = new pg.Client(connection as pg.ClientConfig)
    client.on('error', () => undefined)
    await client.connect()
    return {
      shape: pgResponse,
      query: (text, values) =>
        client.query({ text, values: [...values], ...(rowMode ? { rowMode } : {}) } as pg.QueryConfig),
      end: () => client.end().catch(() => undefined),
    }
  },
  mysql: openMysql,
  mariadb: openMysql,
  sqlite: async (connection, { settings }) => {
    const database = new Database((connection as { filename: string }).filename, { timeout: 5_000 })
    database.pragma('foreign_keys = ON')
    database.pragma('journal_mode = WAL')
    database.defaultSafeIntegers(settings?.['safeIntegers'] === true)
    return {
      shape: betterSqlite3Response,
      query: async (sql, bindings): Promise<SqliteResponse> => {
        const statement = database.prepare(sql)
        return statement.reader
          ? (statement.all(...bindings) as Record<string, unknown>[])
          : statement.run(...bindings)
      },
      end: async () => void database.close(),
    }
  },
}

async function openMysql(given: unknown, { settings }: RawOptions): Promise<Driver> {
  const connection = await mysql.createConnection({ ...(given as mysql.ConnectionOptions), ...settings })
  connection.on('error', () => undefined)
  return {
    shape: mysql2Response({ format: (sql, values) => connection.format(sql, [...values]) }),
    query: (sql, values) => connection.query(sql, [...values]),
    end: () => connection.end().catch(() => undefined),
  }
}

// For tests: a connection as an app would have it, on any engine, with the settings that drivers have by default.

import type { SideTable, Statement, Table } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import Database from 'better-sqlite3'
import mysql from 'mysql2/promise'
import pg from 'pg'

export interface AppAnswer {
  readonly rows: Record<string, unknown>[]
  readonly affected: number
}

/** A connection of the app, with the driver's default settings. */
export interface AppConnection {
  run(sql: string, bindings?: readonly unknown[]): Promise<AppAnswer>
  own(statement: Statement): Promise<AppAnswer>
  end(): Promise<void>
}

export async function openApp(engine: Engine, connection: unknown): Promise<AppConnection> {
  const app = await appOf[engine](connection)
  return { ...app, own: ({ sql, bindings }) => app.run(sql, bindings) }
}

/** All columns that can be written, by the table's own key. */
export function whole(table: Table): SideTable {
  return {
    mapping: table.name,
    table,
    columns: table.columns.filter((column) => !column.generated),
    key: table.key.map((name) => table.columns.find((column) => column.name === name)!),
  }
}

/** Runs a statement on a connection that is closed again. */
export async function makeTable(engine: Engine, connection: unknown, definition: string): Promise<void> {
  const app = await appOf[engine](connection)
  await app.run(definition)
  await app.end()
}

const appOf: Record<Engine, (connection: unknown) => Promise<Omit<AppConnection, 'own'>>> = {
  postgres: async (connection) => {
    const client = new pg.Client(connection as pg.ClientConfig)
    client.on('error', () => undefined)
    await client.connect()
    return {
      run: async (sql, bindings) => {
        const { rows, rowCount } = await client.query<Record<string, unknown>>(sql, bindings && [...bindings])
        return { rows, affected: rowCount ?? 0 }
      },
      end: () => client.end().catch(() => undefined),
    }
  },
  mysql: (connection) => openMysql(connection),
  mariadb: (connection) => openMysql(connection),
  sqlite: async (connection) => {
    const database = new Database((connection as { filename: string }).filename, { timeout: 0 })
    return {
      run: async (sql, bindings = []) => {
        const statement = database.prepare(sql)
        if (statement.reader) {
          const rows = statement.all(...bindings) as Record<string, unknown>[]
          return { rows, affected: rows.length }
        }
        return { rows: [], affected: statement.run(...bindings).changes }
      },
      end: async () => void database.close(),
    }
  },
}

async function openMysql(given: unknown): Promise<Omit<AppConnection, 'own'>> {
  const connection = await mysql.createConnection(given as mysql.ConnectionOptions)
  connection.on('error', () => undefined)
  return {
    run: async (sql, bindings) => {
      const [answer] = await connection.query(sql, bindings && [...bindings])
      if (Array.isArray(answer)) return { rows: answer as Record<string, unknown>[], affected: 0 }
      return { rows: [], affected: answer.affectedRows }
    },
    end: () => connection.end().catch(() => undefined),
  }
}

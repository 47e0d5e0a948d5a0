// The database that the shop moves to: PostgreSQL where it can run, else a second SQLite file. Whichever it is, it can
// be broken and mended while the shop works.

import Database from 'better-sqlite3'
import knex, { type Knex } from 'knex'
import { join } from 'node:path'
import pg from 'pg'
import { PostgresServer } from './postgres-server.ts'
import { createTargetSchema } from './target-schema.ts'

const { INT8: BIGINT } = pg.types.builtins

export interface SecondDatabase {
  readonly kind: 'postgres' | 'sqlite'
  readonly name: string
  /** What `breakDown` does to it. */
  readonly breakage: string
  readonly knexConfig: Knex.Config
  breakDown(): Promise<void>
  mend(): Promise<void>
  /** All rows of a table, every value as text; by a plain driver. */
  readTable(table: string): Promise<Record<string, string | null>[]>
  close(): Promise<void>
}

/** @returns the database with its tables, and why it is another one than was wanted */
export async function openSecondDatabase(
  folder: string,
  wanted: SecondDatabase['kind'],
): Promise<{ second: SecondDatabase; reason: string | null }> {
  let second: SecondDatabase | undefined
  let reason: string | null = null
  if (wanted === 'postgres') {
    try {
      second = await openPostgres(join(folder, 'postgres'))
    } catch (error) {
      reason = `PostgreSQL can't run here (${(error as Error).message.split('\n').at(-1) ?? ''})`
    }
  }
  second ??= openSqlite(join(folder, 'target.db'))
  const db = knex(second.knexConfig)
  try {
    await createTargetSchema(db)
  } finally {
    await db.destroy()
  }
  return { second, reason }
}

async function openPostgres(folder: string): Promise<SecondDatabase> {
  const server = await PostgresServer.start(folder)
  const connection = {
    host: '127.0.0.1',
    port: server.port,
    user: 'shop',
    password: server.password,
    database: 'postgres',
    // The shop is used to numbers: SQLite's integers are numbers, bigint of PostgreSQL would be texts.
    types: { getTypeParser: numbersForBigints },
  }
  const client = new pg.Client(connection)
  await client.connect()
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
  await client.end()
  return {
    kind: 'postgres',
    name: `PostgreSQL ${rows[0]?.server_version ?? ''}`,
    breakage: 'kill -9',
    knexConfig: { client: 'pg', connection, pool: { min: 0, max: 8 } },
    breakDown: () => server.kill(),
    mend: () => server.start(),
    readTable: async (table) => {
      const reader = new pg.Client({ ...connection, types: { getTypeParser: () => String } })
      await reader.connect()
      try {
        return (await reader.query(`SELECT * FROM "${table}"`)).rows
      } finally {
        await reader.end()
      }
    },
    close: () => server.stop(),
  }
}

const numbersForBigints: typeof pg.types.getTypeParser = (type, format) =>
  type === BIGINT && format !== 'binary' ? Number : pg.types.getTypeParser(type, format)

function openSqlite(filename: string): SecondDatabase {
  useWriteAheadLog(filename)
  let intruder: Database.Database | undefined
  const mend = (): void => {
    intruder?.close()
    intruder = undefined
  }
  return {
    kind: 'sqlite',
    name: 'SQLite with another schema',
    breakage: 'locked by another program',
    knexConfig: { client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true },
    breakDown: async () => {
      intruder = new Database(filename)
      intruder.exec('BEGIN IMMEDIATE')
    },
    mend: async () => mend(),
    readTable: async (table) => readSqliteTable(filename, table),
    close: async () => mend(),
  }
}

/** Readers of a SQLite file then don't wait for its writer, nor the writer for them. */
export function useWriteAheadLog(filename: string): void {
  const database = new Database(filename)
  database.pragma('journal_mode = WAL')
  database.close()
}

/** All rows of a table, every value as text. */
export function readSqliteTable(filename: string, table: string): Record<string, string | null>[] {
  const database = new Database(filename, { readonly: true })
  try {
    const rows = database.prepare(`SELECT * FROM "${table}"`).safeIntegers().all() as Record<
      string,
      unknown
    >[]
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, cell]) => [name, cell === null ? null : String(cell)]),
      ),
    )
  } finally {
    database.close()
  }
}

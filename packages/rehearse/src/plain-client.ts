// A plain Knex instance on a database: for scratch databases, their tables, and the look at what was written.

import type { ConnectionSpec, EngineName } from '@twinwrite/core'
import knex, { type Knex } from 'knex'

export const clientNames: Readonly<Record<EngineName, string>> = {
  postgres: 'pg',
  mysql: 'mysql2',
  mariadb: 'mysql2',
  sqlite: 'better-sqlite3',
}

/** What `knex()` and `doubleWrite` take as the configuration of a side. */
export function clientConfig({ engine, connection }: ConnectionSpec, most: number): Knex.Config {
  return {
    client: clientNames[engine],
    connection: connection as Knex.StaticConnectionConfig,
    // Knex gives SQLite one connection.
    ...(engine === 'sqlite' ? { useNullAsDefault: true } : { pool: { min: 0, max: most } }),
  }
}

/** Works on one client, which is closed then. */
export async function withClient<T>(spec: ConnectionSpec, work: (db: Knex) => Promise<T>): Promise<T> {
  const db = knex(clientConfig(spec, 1))
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}

/** First column of the first row; null where there is none. */
export async function oneValue(
  db: Knex,
  sql: string,
  bindings: readonly string[] = [],
): Promise<string | null> {
  const rows = await rowsOf(db, sql, bindings)
  const value: unknown = rows[0] === undefined ? null : Object.values(rows[0])[0]
  return value === null || value === undefined ? null : String(value)
}

export async function rowsOf(
  db: Knex,
  sql: string,
  bindings: readonly string[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const answer = (await db.raw(sql, [...bindings])) as unknown
  if (Array.isArray(answer))
    return (Array.isArray(answer[0]) ? answer[0] : answer) as Record<string, unknown>[]
  return (answer as { rows: Record<string, unknown>[] }).rows
}

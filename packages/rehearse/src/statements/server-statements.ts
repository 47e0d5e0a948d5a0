// The shapes of statements that a server has counted, without their values: pg_stat_statements, performance_schema.

import type { ConnectionSpec } from '@twinwrite/core'
import type { Knex } from 'knex'
import { oneValue, rowsOf, withClient } from '../plain-client.ts'
import type { AppStatement } from './app-statement.ts'

/** Shapes that were run most often. */
const mostShapes = 5_000

export type Counted =
  | {
      readonly statements: readonly AppStatement[]
      /** Whether the server had no room for some shapes. */
      readonly complete: boolean
    }
  | { readonly unavailable: string }

export async function serverStatements(source: ConnectionSpec): Promise<Counted> {
  switch (source.engine) {
    case 'sqlite':
      return { unavailable: 'SQLite counts no statements' }
    case 'postgres':
      return withClient(source, ofPostgres)
    default:
      return withClient(source, ofMysql)
  }
}

async function ofPostgres(db: Knex): Promise<Counted> {
  const schema = await oneValue(
    db,
    `SELECT quote_ident(n.nspname) FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'`,
  )
  if (schema === null) return { unavailable: 'pg_stat_statements is not installed in this database' }
  try {
    const rows = await rowsOf(
      db,
      `SELECT s.query, s.calls::text AS calls FROM ${schema}.pg_stat_statements AS s
        JOIN pg_database AS d ON d.oid = s.dbid WHERE d.datname = current_database() ORDER BY s.calls DESC LIMIT ${mostShapes}`,
    )
    return counted(
      rows.map(({ query, calls }) => [String(query), Number(calls)]),
      true,
    )
  } catch (error) {
    return { unavailable: `pg_stat_statements can't be read (${String((error as { code?: unknown }).code)})` }
  }
}

async function ofMysql(db: Knex): Promise<Counted> {
  if ((await oneValue(db, 'SELECT @@performance_schema')) !== '1')
    return { unavailable: 'performance_schema is off on this server' }
  try {
    const rows = await rowsOf(
      db,
      `SELECT DIGEST_TEXT AS text, COUNT_STAR AS calls FROM performance_schema.events_statements_summary_by_digest
        WHERE SCHEMA_NAME = DATABASE() AND DIGEST_TEXT IS NOT NULL ORDER BY COUNT_STAR DESC LIMIT ${mostShapes}`,
    )
    // What came when the table was full is counted in one row without a text.
    const others = await oneValue(
      db,
      'SELECT COUNT_STAR FROM performance_schema.events_statements_summary_by_digest WHERE DIGEST IS NULL AND COUNT_STAR > 0',
    )
    return counted(
      rows.map(({ text, calls }) => [spelledOut(String(text)), Number(calls)]),
      others === null,
    )
  } catch (error) {
    return { unavailable: `performance_schema can't be read (${String((error as { code?: unknown }).code)})` }
  }
}

function counted(rows: readonly (readonly [string, number])[], complete: boolean): Counted {
  // What the server has cut off can't be judged.
  const whole = rows.filter(([sql]) => !sql.endsWith('...'))
  return { statements: whole.map(([sql, count]) => ({ sql, bindings: null, count })), complete }
}

/** A digest writes lists of values as `(...)`: as many parameters as the columns in front of them. */
export function spelledOut(digest: string): string {
  return digest
    .replaceAll(/\/\* , \.\.\. \*\//g, '')
    .replaceAll(/(\(([^()]*)\)\s*VALUES\s*)\(\s*\.\.\.\s*\)/gi, (_, before: string, names: string) => {
      const parameters = names.split(',').map(() => '?')
      return `${before}(${parameters.join(', ')})`
    })
    .replaceAll(/\(\s*\.\.\.\s*\)/g, '(?, ?)')
}

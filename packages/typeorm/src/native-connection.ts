// One physical connection as capture sees it, and TypeORM's own `query` over it: the runner logs, tells its subscribers and
// shapes its result as ever, only the raw response comes through capture. Upholds W1.

import {
  type AppCall,
  betterSqlite3Response,
  mysql2Response,
  type NativeConnection,
  patiently,
  pgResponse,
} from '@twinwrite/core'
import type { QueryResult } from 'typeorm'
import type { DialectName } from './dialect.ts'
import type { NativeRunner, SqliteStatement } from './typeorm-internals.ts'

/** A driver's own connection object. */
export type Physical = object

/** `query` of a runner, with TypeORM's own signature. */
export type Query = (sql: string, parameters?: unknown[], structured?: boolean) => Promise<QueryResult>

/** Gives the driver's raw response to a call of the app. */
export type Execute = (physical: Physical, call: AppCall<unknown>) => Promise<unknown>

export interface NativeDriver {
  /** What this adapter runs itself. */
  native(runner: NativeRunner, physical: Physical): NativeConnection<unknown>
  /** Runs a statement that capture has nothing to do with, on a side that is followed. */
  aside(runner: NativeRunner, physical: Physical, call: AppCall<unknown>): Promise<unknown>
  /** TypeORM's own `query` of the runner, whose driver answers through `execute`. */
  capture(runner: NativeRunner, query: Query, execute: Execute): Query
}

/** Connections of which nobody knows whether a transaction is open. */
const discarded = new WeakSet<Physical>()

export function isDiscarded(physical: Physical): boolean {
  return discarded.has(physical)
}

interface PgClient {
  query(sql: string, bindings?: readonly unknown[]): Promise<unknown>
}

const postgres: NativeDriver = {
  native: (_runner, physical) => ({
    shape: pgResponse,
    own: ({ sql, bindings }) => (physical as PgClient).query(sql, bindings),
    discard: () => discarded.add(physical),
  }),
  aside: (_runner, _physical, call) => call.run(call),
  capture: overConnection((physical, execute) => ({
    query: (text: string, given?: readonly unknown[]) => {
      const bindings = given ?? []
      const run: AppCall<unknown>['run'] = (statement) =>
        (physical as PgClient).query(statement.sql, statement.bindings)
      return execute(physical, { sql: text, bindings, run })
    },
  })),
}

interface MysqlConnection {
  readonly config: { readonly multipleStatements?: boolean }
  promise(): { query(payload: unknown, bindings?: unknown): Promise<unknown> }
  format(sql: string, values: readonly unknown[]): string
  destroy(): void
}

const mysql: NativeDriver = {
  native: (_runner, physical) => {
    const connection = physical as MysqlConnection
    const shape = mysql2Response({ format: (sql, values) => connection.format(sql, values) })
    return {
      shape,
      takesSeveral: connection.config.multipleStatements === true,
      own: ({ sql, bindings }) => connection.promise().query(sql, bindings),
      // The pool forgets a connection that was destroyed.
      discard: () => connection.destroy(),
    }
  },
  aside: (_runner, _physical, call) => call.run(call),
  capture: overConnection((physical, execute) => ({
    promise: () => ({
      query: (payload: string | { sql: string }, given?: readonly unknown[]) => {
        const bindings = given ?? []
        const text = typeof payload === 'string' ? payload : payload.sql
        const run: AppCall<unknown>['run'] = ({ sql, bindings: values }) =>
          (physical as MysqlConnection)
            .promise()
            .query(typeof payload === 'string' ? sql : { ...payload, sql }, values)
        return execute(physical, { sql: text, bindings, run })
      },
    }),
  })),
}

/** better-sqlite3 answers at once; the one place of TypeORM's runner that waits is where it asks for the statement. */
const sqlite: NativeDriver = {
  native: (runner) => ({
    shape: betterSqlite3Response,
    own: ({ sql, bindings }) => runPrepared(runner, sql, bindings),
    // There is one connection and no pool; what is open on it ends with the next statement of the app.
    discard: () => undefined,
  }),
  aside: async (runner, physical, { sql, bindings }) => {
    const statement = await runner.getStmt!(sql)
    return patiently(physical, async () => answerOf(statement, bindings))
  },
  capture: (runner, query, execute) => (sql, parameters, structured) => {
    const child = Object.create(runner) as NativeRunner
    const bindings = (parameters ?? []).map(bindable)
    child.getStmt = async (text) => {
      const physical = (await runner.connect()) as Physical
      const run: AppCall<unknown>['run'] = (statement) =>
        runPrepared(runner, statement.sql, statement.bindings)
      const response = await execute(physical, { sql: text, bindings, run })
      return {
        reader: Array.isArray(response),
        all: () => response as Record<string, unknown>[],
        run: () => response as { changes: number; lastInsertRowid: number | bigint },
      }
    }
    return query.call(child, sql, parameters, structured)
  },
}

/** As TypeORM's runner does it. */
function bindable(value: unknown): unknown {
  return typeof value === 'boolean' ? Number(value) : value
}

async function runPrepared(
  runner: NativeRunner,
  sql: string,
  bindings: readonly unknown[],
): Promise<unknown> {
  return answerOf(await runner.getStmt!(sql), bindings)
}

function answerOf(statement: SqliteStatement, bindings: readonly unknown[]): unknown {
  return statement.reader ? statement.all(...bindings) : statement.run(...bindings)
}

/**
 * Gives the runner's `query` another connection object than the app gets from `connect`: TypeORM asks for it before anything
 * else, in the same turn.
 */
function overConnection(over: (physical: Physical, execute: Execute) => object): NativeDriver['capture'] {
  return (runner, query, execute) => {
    const { connect } = runner
    let querying = false
    let connection: Promise<object> | undefined
    runner.connect = () => {
      if (!querying) return connect.call(runner)
      connection ??= (connect.call(runner) as Promise<Physical>).then((physical) => over(physical, execute))
      return connection
    }
    return (sql, parameters, structured) => {
      querying = true
      try {
        return query.call(runner, sql, parameters, structured)
      } finally {
        querying = false
      }
    }
  }
}

export const nativeDrivers: Readonly<Record<DialectName, NativeDriver>> = { postgres, mysql, sqlite }

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
import type { DialectName } from './dialect.ts'
import type { NativeRunner, SqliteStatement } from './typeorm-internals.ts'

/** A driver's own connection object. */
export type Physical = object

/** Gives the driver's raw response to a call of the app. */
export type Execute = (physical: Physical, call: AppCall<unknown>) => Promise<unknown>

export interface NativeDriver {
  /** Connects a runner as TypeORM does it. */
  connect(runner: NativeRunner): Promise<Physical>
  /** What this adapter runs itself. */
  native(runner: NativeRunner, physical: Physical): NativeConnection<unknown>
  /** Runs a statement that capture has nothing to do with, on a side that is followed. */
  aside(runner: NativeRunner, physical: Physical, call: AppCall<unknown>): Promise<unknown>
  /** The runner for one call of TypeORM's own `query`. */
  through(runner: NativeRunner, parameters: readonly unknown[], execute: Execute): NativeRunner
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
  connect: (runner) => runner.connect() as Promise<Physical>,
  native: (_runner, physical) => ({
    shape: pgResponse,
    own: ({ sql, bindings }) => (physical as PgClient).query(sql, bindings),
    discard: () => discarded.add(physical),
  }),
  aside: (_runner, _physical, call) => call.run(call),
  through: (runner, _parameters, execute) =>
    childOf(runner, (physical) => ({
      query: (text: string, given?: readonly unknown[]) => {
        const bindings = given ?? []
        const run: AppCall<unknown>['run'] = (statement) =>
          (physical as PgClient).query(statement.sql, statement.bindings)
        return execute(physical, { sql: text, bindings, run })
      },
    })),
}

interface MysqlConnection {
  promise(): { query(payload: unknown, bindings?: unknown): Promise<unknown> }
  format(sql: string, values: readonly unknown[]): string
  destroy(): void
}

const mysql: NativeDriver = {
  connect: (runner) => runner.connect() as Promise<Physical>,
  native: (_runner, physical) => {
    const connection = physical as MysqlConnection
    const shape = mysql2Response({ format: (sql, values) => connection.format(sql, values) })
    return {
      shape,
      own: ({ sql, bindings }) => connection.promise().query(sql, bindings),
      // The pool forgets a connection that was destroyed.
      discard: () => connection.destroy(),
    }
  },
  aside: (_runner, _physical, call) => call.run(call),
  through: (runner, _parameters, execute) =>
    childOf(runner, (physical) => ({
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
  connect: (runner) => runner.connect() as Promise<Physical>,
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
  through: (runner, parameters, execute) => {
    const child = Object.create(runner) as NativeRunner
    const bindings = parameters.map(bindable)
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
    return child
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

/** The same runner over another connection object. */
function childOf(runner: NativeRunner, over: (physical: Physical) => object): NativeRunner {
  const child = Object.create(runner) as NativeRunner
  child.connect = async () => over((await runner.connect()) as Physical)
  return child
}

export const nativeDrivers: Readonly<Record<DialectName, NativeDriver>> = { postgres, mysql, sqlite }

// One physical connection of a Knex pool as capture sees it: the driver's raw responses in and out, statements of ours
// unseen by the app. Upholds W1.

import {
  type AppCall,
  betterSqlite3Response,
  mysql2Response,
  type NativeConnection,
  pgResponse,
  type ResponseShape,
} from '@twinwrite/core'
import type { DialectName } from './carry/dialect.ts'
import type { Compiled, PhysicalConnection } from './knex-internals.ts'

/** Runs a compiled statement as Knex's dialect itself does it. */
export type RunCompiled = (connection: PhysicalConnection, compiled: Compiled) => Promise<Compiled>

/** A connection of mysql2. */
interface Mysql2Connection {
  format(sql: string, values: readonly unknown[]): string
  readonly config?: { readonly multipleStatements?: boolean }
}

/** What differs between drivers for a statement that Knex runs, as data. */
const shapes: Record<DialectName, (connection: PhysicalConnection) => unknown> = {
  postgres: () => pgResponse,
  mysql: (connection) =>
    mysql2Response({
      format: (sql, values) => (connection as PhysicalConnection & Mysql2Connection).format(sql, values),
    }),
  sqlite: () => betterSqlite3Response,
}

export function nativeConnection(
  dialect: DialectName,
  connection: PhysicalConnection,
  run: RunCompiled,
): NativeConnection<unknown> {
  return {
    shape: shapes[dialect](connection) as ResponseShape<unknown>,
    takesSeveral: dialect === 'mysql' && (connection as Mysql2Connection).config?.multipleStatements === true,
    own: async ({ sql, bindings }) => {
      const { response } = await run(connection, { sql, bindings: [...bindings], options: {} })
      return response
    },
    discard: () => {
      connection.__knex__disposed ??= new Error('twinwrite: the state of this connection is not known')
    },
  }
}

/** A call of the app, to be run as it is or in a form that capture needs, with the app's own driver options. */
export function appCall(
  run: RunCompiled,
  connection: PhysicalConnection,
  compiled: Compiled,
): AppCall<unknown> {
  const { sql } = compiled
  const bindings = (compiled.bindings as readonly unknown[] | undefined) ?? []
  return {
    sql,
    bindings,
    run: async (statement) => {
      if (statement.sql === sql && statement.bindings === bindings)
        return (await run(connection, compiled)).response
      // Another text under the name of a prepared statement would be an error of PostgreSQL's.
      const { name: _name, ...options } = compiled.options ?? {}
      const rewritten = { ...compiled, sql: statement.sql, bindings: [...statement.bindings], options }
      return (await run(connection, rewritten)).response
    },
  }
}

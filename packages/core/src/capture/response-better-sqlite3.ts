// Responses of better-sqlite3: rows of a statement that returns any, else what its `run` gives. Upholds W1.

import type { ResponseShape } from './native-connection.ts'

export interface SqliteRun {
  readonly changes: number
  readonly lastInsertRowid: number | bigint
}

export type SqliteResponse = SqliteRun | Record<string, unknown>[]

const affected = (response: SqliteResponse): number =>
  Array.isArray(response) ? response.length : response.changes

export const betterSqlite3Response: ResponseShape<SqliteResponse> = {
  rows: (response) => (Array.isArray(response) ? response : []),
  affected,
  unchanged: (response) => affected(response) === 0,
  insertId: (response) => (Array.isArray(response) ? null : BigInt(response.lastInsertRowid)),
  strip(response, ours, restore) {
    if (!restore.returnsRows) {
      return { changes: restore.affected, lastInsertRowid: restore.insertId as number | bigint }
    }
    for (const row of response as Record<string, unknown>[]) {
      // Last one first: V8 keeps an object fast when its latest property goes.
      for (let index = ours.length - 1; index >= 0; index--) delete row[ours[index]!]
    }
    return response
  },
  autocommitted: (response) => response,
  failure: (error) => error,
}

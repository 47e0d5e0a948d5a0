// Responses of Prisma's driver adapters: the result set of `queryRaw`, or the count of `executeRaw`. Rows are arrays, and
// generated ids stand beside them as text. Upholds W1.

import type { SqlResultSet } from '@prisma/driver-adapter-utils'
import type { ResponseRestore, ResponseShape } from '@twinwrite/core'

export interface AdapterResponse {
  readonly set: SqlResultSet
  readonly affected: number
}

/** A call without a result set. */
export function counted(affected: number): AdapterResponse {
  return { set: emptySet(), affected }
}

/** Most statements that return rows touch as many. */
export function returned(set: SqlResultSet, affected = set.rows.length): AdapterResponse {
  return { set, affected }
}

export const adapterResponse: ResponseShape<AdapterResponse> = {
  rows: ({ set: { columnNames, rows } }) =>
    rows.map((row) => Object.fromEntries(columnNames.map((name, index) => [name, row[index]]))),
  affected: ({ affected }) => affected,
  unchanged: ({ affected }) => affected === 0,
  insertId({ set: { lastInsertId } }) {
    if (lastInsertId === undefined || lastInsertId === '0') return null
    return BigInt.asUintN(64, BigInt(lastInsertId))
  },
  strip(response, ours, restore) {
    if (!restore.returnsRows) return without(restore)
    const { columnNames, columnTypes, rows } = response.set
    const left = columnNames.length - ours.length
    for (const row of rows) row.length = left
    columnNames.length = left
    columnTypes.length = left
    return response
  },
  autocommitted: (response) => response,
  failure: (error) => error,
  driverError,
}

function emptySet(lastInsertId?: string): SqlResultSet {
  const set: SqlResultSet = { columnNames: [], columnTypes: [], rows: [] }
  if (lastInsertId !== undefined) set.lastInsertId = lastInsertId
  return set
}

function without({ affected, insertId }: ResponseRestore): AdapterResponse {
  return { set: emptySet(insertId === undefined ? undefined : String(insertId)), affected }
}

/** Errors of the connection itself are numbered from here on by the driver mariadb. */
const firstOfConnector = 45_000

interface DriverFacts {
  readonly message: string
  readonly code?: unknown
  readonly errno?: unknown
  readonly sqlState?: unknown
}

function driverError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const facts = factsOf(error)
  return Number(facts.errno) >= firstOfConnector
    ? { ...facts, code: 'PROTOCOL_CONNECTION_LOST', errno: -1 }
    : facts
}

function factsOf(error: Error & { errno?: unknown }): DriverFacts {
  if (error.name !== 'DriverAdapterError') return error
  const { originalCode, originalMessage, kind, state } = error.cause as Record<string, string | undefined>
  const message = originalMessage ?? error.message
  const number = Number(originalCode)
  // States of PostgreSQL may look like numbers.
  return kind === 'mysql' || number < 10_000
    ? { message, errno: number, sqlState: state }
    : { message, code: originalCode }
}

// Responses of node-postgres: one Result object, which keeps its identity and prototype. Rows are objects, or arrays
// with `rowMode: 'array'`. Upholds W1.

import type { ResponseShape, Rewrite } from './native-connection.ts'

export interface PgField {
  readonly name: string
}

/** What we use of node-postgres' `Result`; the underscored parts are its own state, which tools print and compare. */
export interface PgResult {
  command: string | null
  rowCount: number | null
  oid: number | null
  rows: unknown[]
  fields: PgField[]
  _parsers?: unknown[] | undefined
  _prebuiltEmptyResultObject?: Record<string, unknown> | null
}

export const pgResponse: ResponseShape<PgResult> = {
  rows({ rows, fields }) {
    if (!Array.isArray(rows[0])) return rows as Record<string, unknown>[]
    return (rows as unknown[][]).map((row) =>
      Object.fromEntries(fields.map(({ name }, index) => [name, row[index]])),
    )
  },
  affected: (result) => result.rowCount ?? 0,
  unchanged: (result) => (result.rowCount ?? 0) === 0,
  insertId: () => null,
  strip(result, ours, restore) {
    if (restore.command !== undefined) {
      result.command = restore.command
      result.oid = restore.command === 'INSERT' ? 0 : null
    }
    result.rowCount = restore.affected
    if (restore.returnsRows) stripColumns(result, ours)
    else {
      result.rows = []
      result.fields = []
      if ('_parsers' in result) result._parsers = undefined
      if ('_prebuiltEmptyResultObject' in result) result._prebuiltEmptyResultObject = null
    }
    return result
  },
  // A text of several statements is answered with one result each.
  committed: (response) => (Array.isArray(response) ? (response.at(-1) as PgResult) : response),
  autocommitted: (result) => result,
  failure: moveError,
}

function stripColumns(result: PgResult, ours: readonly string[]): void {
  const left = result.fields.length - ours.length
  for (const row of result.rows) {
    if (Array.isArray(row)) row.length = left
    else removeOurs(row as Record<string, unknown>, ours)
  }
  result.fields.length = left
  if (Array.isArray(result._parsers)) result._parsers.length = left
  if (result._prebuiltEmptyResultObject) removeOurs(result._prebuiltEmptyResultObject, ours)
}

/** Last one first: V8 keeps an object fast when its latest property goes. */
function removeOurs(row: Record<string, unknown>, ours: readonly string[]): void {
  for (let index = ours.length - 1; index >= 0; index--) delete row[ours[index]!]
}

/** As the statement of the app would have made it. */
function moveError(error: unknown, rewrite: Rewrite): unknown {
  if (typeof error !== 'object' || error === null) return error
  if ('position' in error) movePosition(error, rewrite)
  if ('where' in error && typeof error.where === 'string')
    error.where = withOwnParameter(error.where, rewrite.sent)
  return error
}

/** A context like "unnamed portal parameter $1 = '...'" counts the parameters that the server was sent. */
function withOwnParameter(context: string, { taken }: Rewrite['sent']): string {
  return context.replace(/(?<=\bparameter \$)\d+/, (number) => {
    const place = taken?.places[Number(number) - 1]
    return place == null ? number : String(place + 1)
  })
}

/** `position` counts characters from 1, in the text that the server was sent. */
function movePosition(error: { position?: unknown }, { original, sent, origin }: Rewrite): void {
  const position = Number(error.position)
  if (!Number.isInteger(position) || position < 1) return
  const offset = unitsBefore(sent.sql, position - 1)
  const place = origin(offset)
  if (place !== null) error.position = String(charactersBefore(original.sql, place) + 1)
}

function unitsBefore(text: string, characters: number): number {
  let units = 0
  for (let count = 0; count < characters && units < text.length; count++) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1
  }
  return units
}

function charactersBefore(text: string, units: number): number {
  let count = 0
  for (let at = 0; at < units; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  return count
}

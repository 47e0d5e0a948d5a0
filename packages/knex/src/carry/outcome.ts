// Raw driver responses in one form, and back into the form of each driver.

import { scan } from '@twinwrite/core'
import type { Compiled } from '../knex-internals.ts'
import type { DialectName } from './dialect.ts'

type RowRecord = Record<string, unknown>

export interface Outcome {
  readonly rows: readonly RowRecord[]
  /** Whether the statement has a result set at all. */
  readonly hasRows: boolean
  readonly affected: number
  readonly insertId: number | bigint | string
  readonly names: readonly string[]
  readonly command: string
}

/** Reads what a driver answered, as Knex keeps it in `response`. */
export function outcomeOf(dialect: DialectName, compiled: Compiled): Outcome {
  return readers[dialect](compiled.response, commandOf(dialect, compiled.sql))
}

const firstWord = /^(?:[\s(]|--.*|\/\*[^]*?\*\/)*(\w+)/

/** As PostgreSQL tells it of a statement. */
function commandOf(dialect: DialectName, sql: string): string {
  const { kind } = scan(sql, dialect)
  if (kind === 'insert' || kind === 'update' || kind === 'delete') return kind.toUpperCase()
  const word = firstWord.exec(sql)?.[1]?.toUpperCase() ?? ''
  return word === 'WITH' ? 'SELECT' : word
}

/** The outcome as the driver of a dialect would have answered. */
export function rawResponse(dialect: DialectName, outcome: Outcome): unknown {
  return writers[dialect](outcome)
}

interface PgResult {
  command: string
  rowCount: number | null
  rows: RowRecord[]
  fields: { name: string }[]
}

interface MysqlHeader {
  affectedRows: number
  insertId: number | string
}

interface SqliteRun {
  changes: number
  lastInsertRowid: number | bigint
}

const readers: Record<DialectName, (response: unknown, command: string) => Outcome> = {
  postgres: (response, command) => {
    const result = (Array.isArray(response) ? response.at(-1) : response) as PgResult
    return {
      rows: result.rows,
      hasRows: result.fields.length > 0,
      affected: result.rowCount ?? 0,
      insertId: 0,
      names: result.fields.map(({ name }) => name),
      command: result.command ?? command,
    }
  },
  mysql: (response, command) => {
    const [body, fields] = response as [RowRecord[] | MysqlHeader, { name: string }[] | undefined]
    const names = (fields ?? []).map(({ name }) => name)
    if (Array.isArray(body))
      return { rows: body, hasRows: true, affected: body.length, insertId: 0, names, command }
    return {
      rows: [],
      hasRows: false,
      affected: body.affectedRows,
      insertId: body.insertId,
      names: [],
      command,
    }
  },
  sqlite: (response, command) => {
    if (Array.isArray(response)) {
      const rows = response as RowRecord[]
      const names = Object.keys(rows[0] ?? {})
      return { rows, hasRows: true, affected: rows.length, insertId: 0, names, command }
    }
    const { changes, lastInsertRowid } = response as SqliteRun
    return { rows: [], hasRows: false, affected: changes, insertId: lastInsertRowid, names: [], command }
  },
}

const writers: Record<DialectName, (outcome: Outcome) => unknown> = {
  postgres: ({ rows, affected, names, command }) => ({
    command,
    rowCount: affected,
    oid: command === 'INSERT' ? 0 : null,
    rows: [...rows],
    fields: names.map((name) => ({ name })),
  }),
  mysql: ({ rows, hasRows, affected, insertId, names }) =>
    hasRows
      ? [[...rows], names.map((name) => ({ name }))]
      : [
          { fieldCount: 0, affectedRows: affected, insertId, info: '', serverStatus: 2, warningStatus: 0 },
          undefined,
        ],
  sqlite: ({ rows, hasRows, affected, insertId }) =>
    hasRows ? [...rows] : { changes: affected, lastInsertRowid: insertId },
}

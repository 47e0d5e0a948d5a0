// Answers of two clients made comparable. With equal engines nothing but the identity of the physical tables is taken out.
// Where the target is another engine and primary, the values of rows come as the target's driver gives them: that is
// documented, and the rules below say for each kind of column what may differ and nothing else.

import type { Engine } from '@twinwrite/testkit'
import { canonicalJson } from './column-types.ts'
import { isDescribedError, violationOf } from './describe-error.ts'
import { type Kind, tables } from './tables.ts'

/**
 * `same`: the side on which the app's own SQL runs; `moved`: the target with the source's engine and names, where the SQL text may be
 * another one; `renamed`: the target with the source's engine; `crossed`: the target, another engine.
 */
export type Likeness = 'same' | 'moved' | 'renamed' | 'crossed'

/** Columns by their name in the source. Where two tables have a name in common, the first one's kind holds. */
const kinds = new Map<string, Kind>()
for (const { columns } of tables) {
  for (const { name, kind } of columns) if (!kinds.has(name)) kinds.set(name, kind)
}

/**
 * @param engine of the database that gave the value
 * @param jsonAsText engines of whose JSON the ORM gives the text
 */
export function comparable(
  value: unknown,
  likeness: Likeness,
  engine: Engine,
  jsonAsText: readonly Engine[] = [],
): unknown {
  const inner = (one: unknown): unknown => comparable(one, likeness, engine, jsonAsText)
  if (isDescribedError(value)) return errorOf(value, likeness)
  if (Array.isArray(value)) return value.map(inner)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date || ArrayBuffer.isView(value)) return value
  const record = value as Record<string, unknown>
  if (isPgResult(record)) return pgResult(record, likeness, inner)
  if (isPgField(record))
    return likeness === 'same' ? { ...record, tableID: 0 } : { ...record, tableID: 0, columnID: 0 }
  if (isMysqlField(record)) return mysqlField(record, likeness)
  if (isMysqlHeader(record)) return mysqlHeader(record, likeness)
  if (isSqliteRun(record)) return likeness === 'crossed' ? { changes: record['changes'] } : record
  if (isHiddenRowid(record)) return likeness === 'crossed' ? 'the hidden number of a row' : record
  const entries = Object.entries(record).map(([name, member]): [string, unknown] => {
    const kind = likeness === 'crossed' ? kinds.get(name) : undefined
    const done = kind === undefined ? member : crossedValue(kind, member, jsonAsText.includes(engine))
    return [name, inner(done)]
  })
  return Object.assign(Object.create(Object.getPrototypeOf(value) as object), Object.fromEntries(entries))
}

/** One spelling per kind: what drivers of different engines give for one value. */
function crossedValue(kind: Kind, value: unknown, jsonIsText: boolean): unknown {
  if (value === null || value === undefined) return value
  switch (kind) {
    // pg gives bigint as text, the others as (rounded) numbers.
    case 'counter':
    case 'bigint':
    case 'int':
    case 'serial':
      return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
    // Scales: numeric(12, 2) is padded with zeros, a text is as it was written.
    case 'money':
    case 'exact':
      return typeof value === 'string' && value.includes('.') ? value.replace(/\.?0+$/, '') : String(value)
    case 'boolean':
      return value === true || value === 1
    case 'json':
      return parsedJson(jsonIsText && typeof value === 'string' ? JSON.parse(value) : value)
    case 'datetime':
    case 'date':
      return localTime(kind, value)
    default:
      return value
  }
}

/** A parsed null is the same for JSON's and for SQL's. */
function parsedJson(value: unknown): unknown {
  return value === null ? null : canonicalJson(JSON.stringify(value))
}

/** pg and mysql2 give a Date in the process's zone, rounded down to milliseconds; better-sqlite3 the text. */
function localTime(kind: 'datetime' | 'date', value: unknown): unknown {
  if (!(value instanceof Date))
    return kind === 'date' ? String(value).slice(0, 10) : `${String(value)}.`.slice(0, 23).padEnd(23, '0')
  const two = (number: number, width = 2): string => String(number).padStart(width, '0')
  const day = `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`
  if (kind === 'date') return day
  const time = [value.getHours(), value.getMinutes(), value.getSeconds()].map((part) => two(part)).join(':')
  return `${day} ${time}.${two(value.getMilliseconds(), 3)}`
}

function errorOf(error: Parameters<typeof violationOf>[0], likeness: Likeness): unknown {
  switch (likeness) {
    case 'same':
      return error
    case 'moved':
      // Knex puts the SQL text before the message of the database.
      return { ...error, message: error.message.split(' - ').at(-1), sql: null, position: null }
    case 'renamed':
      // The message names table, column and constraint as the target knows them.
      return { name: error.name, code: error['code'], errno: error['errno'], sqlState: error['sqlState'] }
    case 'crossed':
      return violationOf(error)
  }
}

const isPgResult = (record: Record<string, unknown>): boolean => 'rowCount' in record && 'fields' in record
const isPgField = (record: Record<string, unknown>): boolean => 'dataTypeID' in record && 'tableID' in record
const isMysqlField = (record: Record<string, unknown>): boolean => 'columnType' in record && 'name' in record
const isMysqlHeader = (record: Record<string, unknown>): boolean =>
  'affectedRows' in record && 'insertId' in record

/** What better-sqlite3 tells of raw SQL: PostgreSQL has no such number for a text of the app's own. */
const isSqliteRun = (record: Record<string, unknown>): boolean =>
  'changes' in record && 'lastInsertRowid' in record
/** What SQLite tells of an insert into a table that numbers no column, or of raw SQL: nothing else has that number. */
const isHiddenRowid = (record: Record<string, unknown>): boolean => 'hiddenRowid' in record

/** Parsers and caches of the driver inside of its Result are no data. */
function pgResult(
  record: Record<string, unknown>,
  likeness: Likeness,
  inner: (one: unknown) => unknown,
): unknown {
  const { command, rowCount, oid, rows, fields } = record
  const known = (fields as { name: string }[]).map((field) =>
    likeness === 'crossed' ? { name: field.name } : inner(field),
  )
  return {
    prototype: likeness === 'crossed' ? null : record.constructor.name,
    command,
    rowCount,
    oid,
    rows: inner(rows),
    fields: known,
  }
}

/** Bits of the status by which the server tells that the statement used no (good) index: a matter of its plan. */
const planBits = 16 | 32

function mysqlHeader(record: Record<string, unknown>, likeness: Likeness): unknown {
  const { affectedRows, insertId, serverStatus } = record
  return likeness === 'crossed'
    ? { affectedRows, insertId }
    : { ...record, serverStatus: Number(serverStatus) & ~planBits }
}

function mysqlField(record: Record<string, unknown>, likeness: Likeness): unknown {
  const { name, columnType, characterSet, columnLength, flags, decimals } = record
  return likeness === 'crossed' ? { name } : { name, columnType, characterSet, columnLength, flags, decimals }
}

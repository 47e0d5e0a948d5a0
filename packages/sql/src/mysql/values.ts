// MySQL and MariaDB: canonical texts. Nothing here depends on time_zone, sql_mode or the collation of the session; TIMESTAMPs are
// read as the number that is stored. Upholds W4, W5.

import type { Column } from '@twinwrite/core'
import { checkFit, isPadded, Misfit } from '../values/fit.ts'
import { fitsBinaryNumber, jsonNumbers, jsonText, keyGivenTwice } from '../values/json-text.ts'
import { localTimeText } from '../values/local-time.ts'
import { float32Text, float64Text } from '../values/number-text.ts'
import { givenText, hasScaleOf, type Values } from '../values/values.ts'

export const values: Values = { canonical, comparable, typed, bind, stored, read }

const isYear = (column: Column): boolean => /^year\b/.test(column.type)
/** Shown with zeros before the number. */
const isFilled = (column: Column): boolean => /\bzerofill\b/.test(column.type)

function canonical(column: Column, expression: string): string {
  switch (column.kind) {
    case 'integer':
      return `CAST(${isYear(column) || isFilled(column) ? `CAST(${expression} AS UNSIGNED)` : expression} AS CHAR)`
    case 'boolean':
      return `CASE ${expression} WHEN 0 THEN 'false' WHEN 1 THEN 'true' ELSE CAST(${expression} AS CHAR) END`
    case 'decimal':
      return trimmed(column, expression)
    case 'time':
    case 'datetime':
      return trimmed(column, expression)
    case 'float32':
      // All digits, of which the cast of the column itself shows six, and the sign of a zero.
      return `CAST((${expression} * 1e0) AS CHAR)`
    case 'float64':
      // All digits; of an expression some are cut where the text is long.
      return `CAST(${expression} AS CHAR)`
    case 'bytes':
    case 'native':
      return `LOWER(HEX(${expression}))`
    case 'bits':
      return `LPAD(BIN(${expression} + 0), ${column.length ?? 1}, '0')`
    case 'instant':
      // A zero date is stored as 0, which no real TIMESTAMP can be.
      return (
        `CASE WHEN UNIX_TIMESTAMP(${expression}) = 0 THEN '0000-00-00 00:00:00'` +
        ` ELSE CAST(CAST(UNIX_TIMESTAMP(${expression}) * 1000000 AS SIGNED) AS CHAR) END`
      )
    case 'date':
    case 'uuid':
      return `CAST(${expression} AS CHAR)`
    case 'text':
      // Blanks at the end of a CHAR are padding, and shown where `sql_mode` has PAD_CHAR_TO_FULL_LENGTH.
      return isPadded(column)
        ? `RTRIM(CONVERT(${expression} USING utf8mb4))`
        : `CONVERT(${expression} USING utf8mb4)`
    case 'json':
    case 'enum':
      return `CONVERT(${expression} USING utf8mb4)`
  }
}

function comparable(column: Column, expression: string, other: Column): string | null {
  switch (column.kind) {
    case 'native':
      return column.type === other.type ? canonical(column, expression) : null
    case 'integer':
      return /^year|zerofill/.test(column.type) ? canonical(column, expression) : expression
    case 'decimal':
      return hasScaleOf(column, other) ? expression : trimmed(column, expression)
    case 'instant':
      return trimmed(column, expression)
    case 'float32':
      return `(${expression} * 1e0)`
    case 'boolean':
    case 'date':
    case 'enum':
    case 'float64':
    case 'json':
    case 'text':
    case 'uuid':
      return expression
    default:
      return canonical(column, expression)
  }
}

/** Without zeros at the end of the fraction, and without a point that nothing follows. */
function trimmed(column: Column, expression: string): string {
  const filled = isFilled(column)
    ? `CAST(${expression} AS DECIMAL(${column.precision}, ${column.scale}))`
    : expression
  const text = `CAST(${filled} AS CHAR)`
  return (column.scale ?? 0) === 0 ? text : `TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ${text}))`
}

function typed(column: Column, expression: string): string {
  switch (column.kind) {
    case 'integer':
      return `CAST(${expression} AS ${/unsigned|^year/.test(column.type) ? 'UNSIGNED' : 'SIGNED'})`
    case 'decimal':
      return `CAST(${expression} AS DECIMAL(${column.precision ?? 65}, ${column.scale ?? 30}))`
    case 'float32':
    case 'float64':
      return `CAST(${expression} AS DOUBLE)`
    case 'boolean':
      return `(FIELD(${expression}, 'false', 'true') - 1)`
    case 'bytes':
    case 'native':
      return `UNHEX(${expression})`
    case 'bits':
      return `CAST(CONV(${expression}, 2, 10) AS UNSIGNED)`
    case 'instant':
      return `FROM_UNIXTIME(CAST(${expression} AS DECIMAL(26, 6)) / 1000000)`
    default:
      return expression
  }
}

/** In our own sessions (strict mode, UTC) the server reads most texts as they are bound. */
function stored(column: Column, expression: string): string {
  switch (column.kind) {
    case 'bytes':
    case 'native':
    case 'bits':
      return typed(column, expression)
    case 'integer':
      // The text "0" would become the year 2000.
      return isYear(column) ? typed(column, expression) : expression
    default:
      return expression
  }
}

function bind(column: Column, text: string): string {
  switch (column.kind) {
    case 'boolean':
      return booleanNumber(column, text)
    case 'instant':
      return text.startsWith('0000-00-00') ? text : utcText(column, text)
    case 'datetime':
      if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(text)) break
      return checked(column, localTimeText(text) ?? text)
    case 'float32':
      checkFinite(column, text)
      checkFit(column, text)
      // The server reads a 64-bit float and refuses those beyond the largest 32-bit one.
      return float64Text(Math.fround(Number(text)))
    case 'decimal':
    case 'float64':
      checkFinite(column, text)
      break
    case 'json':
      return jsonFit(column, text)
    case 'native':
      if (!/^(?:[0-9a-f]{2})*$/.test(text))
        throw new Misfit(column, `${JSON.stringify(text)} is no text of its bytes`)
  }
  return checked(column, text)
}

function checked(column: Column, text: string): string {
  checkFit(column, text)
  return text
}

function checkFinite(column: Column, text: string): void {
  if (/^(NaN|-?Infinity)$/.test(text)) throw new Misfit(column, `${text} is no number here`)
}

function booleanNumber(column: Column, text: string): string {
  if (text === 'true') return '1'
  if (text === 'false') return '0'
  if (/^-?\d{1,3}$/.test(text)) return text
  throw new Misfit(column, `${JSON.stringify(text)} is neither true nor false`)
}

/** MySQL keeps integers of 64 bits and doubles of a document, and rounds all others in silence; MariaDB keeps the text. */
function jsonFit(column: Column, text: string): string {
  if (column.type !== 'json') return text
  const twice = keyGivenTwice(text)
  if (twice !== null)
    throw new Misfit(column, `the key ${JSON.stringify(twice)} twice, of which it would keep the last value`)
  if (!longNumber.test(text)) return text
  const unfit = jsonNumbers(text)?.find((number) => !fitsBinaryNumber(number))
  if (unfit !== undefined) throw new Misfit(column, `the number ${unfit} would be rounded`)
  return text
}

/** Every number with fewer digits, and without an exponent, is held exactly. */
const longNumber = /[\d.]{16}|\d[eE]/

/** The session's time zone is UTC, so that a TIMESTAMP is stored as it is written. */
function utcText(column: Column, text: string): string {
  if (!/^-?\d+$/.test(text)) throw new Misfit(column, `${JSON.stringify(text)} is no instant`)
  checkFit(column, text)
  const micros = BigInt(text)
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const date = new Date(Number((micros - rest) / 1000n))
  if (Number.isNaN(date.getTime())) throw new Misfit(column, `${text} is out of range`)
  const iso = date.toISOString()
  return `${iso.slice(0, -5).replace('T', ' ')}.${rest.toString().padStart(6, '0')}`
}

function read(column: Column, given: unknown): string | null {
  const text = givenText(column, given)
  if (text === null) return null
  switch (column.kind) {
    case 'float32':
      return float32Text(Number(text))
    case 'float64':
      return float64Text(Number(text))
    case 'json':
      return jsonText(text)
    case 'decimal':
      return text === '-0' ? '0' : text
    default:
      return text
  }
}

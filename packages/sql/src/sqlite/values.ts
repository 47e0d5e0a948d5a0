// SQLite: canonical texts. A column's declared type only suggests what it holds, so each value is read with the storage class it
// has, and other engines refuse what is none of the column's kind. Upholds W4, W5.

import { type Column, isStray } from '@twinwrite/core'
import { checkFit, Misfit } from '../values/fit.ts'
import { jsonText } from '../values/json-text.ts'
import { decimalText, float32Text, float64Text } from '../values/number-text.ts'
import { givenText, type Values } from '../values/values.ts'
import { givenBy, RawText, readText, strayOf, strayValue } from './any-text.ts'
import { timeText, timeValue } from './time-text.ts'

// Rows of SQLite are not read as bytes.
const comparable = (): null => null

export const values: Values = { canonical, comparable, typed, bind, stored, read }

function canonical(column: Column, e: string): string {
  switch (column.kind) {
    case 'boolean':
      return `CASE ${e} WHEN 0 THEN 'false' WHEN 1 THEN 'true' ELSE ${plain(e)} END`
    case 'bytes':
      return `CASE typeof(${e}) WHEN 'blob' THEN lower(hex(${e})) ELSE ${classed(e)} END`
    case 'date':
    case 'datetime':
      return timeText(e)
    case 'float32':
    case 'float64':
    case 'text':
      return e
    case 'decimal':
      return `CASE typeof(${e}) WHEN 'real' THEN ${e} ELSE ${plain(e)} END`
    case 'json':
      // The text that SQLite makes of a double may have a digit more than it takes to name it.
      return `CASE WHEN typeof(${e}) = 'real' AND abs(${e}) < 9e999 THEN ${e} ELSE ${plain(e)} END`
    case 'native':
      return classed(e)
    default:
      return plain(e)
  }
}

/** A blob stays one; infinity is written as SQLite reads it. */
function plain(e: string): string {
  return `CASE typeof(${e}) WHEN 'blob' THEN ${e} WHEN 'real' THEN replace(CAST(${e} AS TEXT), 'Inf', '9e999') ELSE CAST(${e} AS TEXT) END`
}

/** Storage class and literal. */
function classed(e: string): string {
  return (
    `CASE typeof(${e}) WHEN 'null' THEN NULL WHEN 'real' THEN 'real ' || printf('%!.17g', ${e})` +
    ` WHEN 'text' THEN 'text ' || ${e} ELSE typeof(${e}) || ' ' || quote(${e}) END`
  )
}

/** Most texts need no more: the affinity of the column with which they are compared, or into which they go, makes numbers of them. */
function typed(column: Column, expression: string, text?: string): string {
  if (text !== undefined && isStray(text)) return typedStray(column, expression, text)
  switch (column.kind) {
    case 'boolean':
      return `(SELECT CASE v WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE v END FROM (SELECT ${expression} AS v))`
    case 'bytes':
      return text !== undefined && isClassed(text) ? typedClassed(expression, text) : `unhex(${expression})`
    case 'native':
      return text === undefined ? expression : typedClassed(expression, text)
    case 'float32':
    case 'float64':
      return text?.endsWith('Infinity')
        ? `+CAST(replace(${expression}, 'Infinity', '9e999') AS REAL)`
        : expression
    case 'date':
    case 'datetime':
      return timeValue(expression)
    default:
      return expression
  }
}

function typedStray(column: Column, expression: string, text: string): string {
  const value = strayValue(text, expression, keepsClass(column) ? textClass.length : 0)
  return column.kind === 'date' || column.kind === 'datetime' ? timeValue(value) : value
}

/** The inverse of `classed`, in SQL. */
function typedClassed(expression: string, text: string): string {
  switch (storageClass.exec(text)?.[1]) {
    case 'integer':
      return `+CAST(substr(${expression}, 9) AS INTEGER)`
    case 'real':
      return `+CAST(replace(substr(${expression}, 6), 'Inf', '9e999') AS REAL)`
    case 'blob':
      return `unhex(substr(${expression}, 8), '''')`
    default:
      return `+CAST(substr(CAST(${expression} AS BLOB), ${textClass.length + 1}) AS TEXT)`
  }
}

const textClass = 'text '
/** Whether a text stands behind its storage class. */
const keepsClass = ({ kind }: Column): boolean => kind === 'bytes' || kind === 'native'

/** Bytes are bound as what they are. */
function stored(column: Column, expression: string): string {
  return column.kind === 'bytes' ? expression : typed(column, expression)
}

function bind(column: Column, text: string): unknown {
  if (isStray(text)) return bindStray(column, text)
  switch (column.kind) {
    case 'integer':
      if (/^-?\d+$/.test(text) && !isInteger64(text)) throw new Misfit(column, `${text} would become a float`)
      return text
    case 'float32':
    case 'float64':
      return floatNumber(column, text)
    case 'decimal':
      return decimalFit(column, text)
    case 'native':
      return nativeValue(column, text)
    case 'json':
      // A document that is a number becomes one, as the declared type asks; SQLite itself may read its text as the double next to it.
      return decimalText(text) === null ? text : decimalFit(column, text)
    case 'bytes':
      if (isClassed(text)) return nativeValue(column, text)
      checkFit(column, text)
      return Buffer.from(text, 'hex')
    default:
      return text
  }
}

function bindStray(column: Column, text: string): unknown {
  const given = givenBy(text)
  return given instanceof RawText && keepsClass(column)
    ? new RawText(given.bytes.subarray(textClass.length))
    : given
}

function floatNumber(column: Column, text: string): unknown {
  if (text === 'NaN') throw new Misfit(column, 'NaN would become NULL')
  // Number() would make numbers of more texts than SQLite does.
  return decimalText(text) === null && !text.endsWith('Infinity') ? text : Number(text)
}

const isInteger64 = (digits: string): boolean => BigInt.asIntN(64, BigInt(digits)) === BigInt(digits)

/** SQLite keeps 64-bit integers, and everything else as a 64-bit float. */
function decimalFit(column: Column, text: string): string | number {
  const exact = decimalText(text)
  if (exact === null) return text
  if (/^-?\d+$/.test(exact) && isInteger64(exact)) return exact
  const number = Number(exact)
  if (decimalText(String(number)) === exact) return number
  throw new Misfit(column, `${text} has more digits than a 64-bit float holds`)
}

const storageClass = /^(integer|real|text|blob) (.*)$/s
const isClassed = (text: string): boolean => storageClass.test(text)

/** The inverse of `classed`. */
function nativeValue(column: Column, text: string): unknown {
  const [, storage, literal = ''] = storageClass.exec(text) ?? []
  switch (storage) {
    case 'integer':
      return BigInt(literal)
    case 'real':
      return Number(literal.replace('Inf', 'Infinity'))
    case 'text':
      return literal
    case 'blob':
      return Buffer.from(literal.slice(2, -1), 'hex')
    default:
      throw new Misfit(column, `${JSON.stringify(text)} is no value of SQLite's own`)
  }
}

/** As `read`, of what `exactly` gave. */
export function readExact(column: Column, given: unknown): string | null {
  const text = typeof given === 'string' ? readText(given) : given
  return typeof text === 'string' && isStray(text) ? text : read(column, text)
}

function read(column: Column, given: unknown): string | null {
  if (typeof given === 'number' && column.kind === 'float32') return float32Text(given)
  if (typeof given === 'number' && column.kind === 'float64') return float64Text(given)
  if (Buffer.isBuffer(given) || given instanceof RawText) return strayOf(given)
  // A text that only looks like one.
  if (typeof given === 'string' && isStray(given)) return strayOf(new RawText(Buffer.from(given, 'utf8')))
  const text = givenText(column, given)
  if (text === null) return null
  if (column.kind === 'decimal') return decimalText(text) ?? text
  return column.kind === 'json' ? jsonText(text) : text
}

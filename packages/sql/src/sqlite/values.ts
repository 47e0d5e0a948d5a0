// SQLite: canonical texts. A column's declared type only suggests what it holds, so each value is read with the storage class it
// has; what its kind has no text for is refused when it is read or written, never turned into something else. Upholds W4, W5.

import type { Column } from '@twinwrite/core'
import { checkFit, Misfit } from '../values/fit.ts'
import { jsonText } from '../values/json-text.ts'
import { decimalText, float32Text, float64Text } from '../values/number-text.ts'
import { givenText, type Values } from '../values/values.ts'
import { timeText, timeValue } from './time-text.ts'

// Rows of SQLite are not read as bytes.
const comparable = (): null => null

export const values: Values = { canonical, comparable, typed, bind, stored: typed, read }

function canonical(column: Column, e: string): string {
  switch (column.kind) {
    case 'boolean':
      return `CASE ${e} WHEN 0 THEN 'false' WHEN 1 THEN 'true' ELSE ${plain(e)} END`
    case 'bytes':
      return `CASE typeof(${e}) WHEN 'null' THEN NULL WHEN 'blob' THEN lower(hex(${e})) ELSE typeof(${e}) || ' ' || quote(${e}) END`
    case 'date':
    case 'datetime':
      return timeText(e)
    case 'float32':
    case 'float64':
    case 'text':
      return e
    case 'decimal':
      return `CASE typeof(${e}) WHEN 'real' THEN ${e} ELSE ${plain(e)} END`
    case 'native':
      return `CASE typeof(${e}) WHEN 'null' THEN NULL WHEN 'real' THEN 'real ' || printf('%!.17g', ${e}) ELSE typeof(${e}) || ' ' || quote(${e}) END`
    default:
      return plain(e)
  }
}

/** A blob stays one, and is refused when it is read. */
function plain(e: string): string {
  return `CASE typeof(${e}) WHEN 'blob' THEN ${e} ELSE CAST(${e} AS TEXT) END`
}

/** Most texts need no more: the affinity of the column with which they are compared, or into which they go, makes numbers of them. */
function typed(column: Column, expression: string): string {
  switch (column.kind) {
    case 'boolean':
      return `(SELECT CASE v WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE v END FROM (SELECT ${expression} AS v))`
    case 'bytes':
      return `unhex(${expression})`
    case 'date':
    case 'datetime':
      return timeValue(expression)
    default:
      return expression
  }
}

function bind(column: Column, text: string): unknown {
  switch (column.kind) {
    case 'float32':
    case 'float64':
      return floatNumber(column, text)
    case 'decimal':
      return decimalFit(column, text)
    case 'native':
      return nativeValue(column, text)
    case 'bytes':
      checkFit(column, text)
  }
  if (text.includes('\u0000')) throw new Misfit(column, 'a NUL would end the text')
  return text
}

function floatNumber(column: Column, text: string): unknown {
  if (text === 'NaN') throw new Misfit(column, 'NaN would become NULL')
  const number = Number(text)
  return Number.isNaN(number) ? text : number
}

/** SQLite keeps 64-bit integers, and everything else as a 64-bit float. */
function decimalFit(column: Column, text: string): string | number {
  const exact = decimalText(text)
  if (exact === null) return text
  if (/^-?\d+$/.test(exact) && BigInt.asIntN(64, BigInt(exact)) === BigInt(exact)) return exact
  const number = Number(exact)
  if (decimalText(String(number)) === exact) return number
  throw new Misfit(column, `${text} has more digits than a 64-bit float holds`)
}

/** The inverse of `canonical`: storage class and literal. */
function nativeValue(column: Column, text: string): unknown {
  const [, storage, literal = ''] = /^(integer|real|text|blob) (.*)$/s.exec(text) ?? []
  switch (storage) {
    case 'integer':
      return BigInt(literal)
    case 'real':
      return Number(literal.replace('Inf', 'Infinity'))
    case 'text':
      return literal.slice(1, -1).replaceAll("''", "'")
    case 'blob':
      return Buffer.from(literal.slice(2, -1), 'hex')
    default:
      throw new Misfit(column, `${JSON.stringify(text)} is no value of SQLite's own`)
  }
}

function read(column: Column, given: unknown): string | null {
  if (typeof given === 'number' && column.kind === 'float32') return float32Text(given)
  if (typeof given === 'number' && column.kind === 'float64') return float64Text(given)
  const text = givenText(column, given)
  if (text === null) return null
  if (column.kind === 'decimal') return decimalText(text) ?? text
  return column.kind === 'json' ? jsonText(text) : text
}

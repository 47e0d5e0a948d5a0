// PostgreSQL: canonical texts. Nothing here depends on DateStyle, TimeZone, extra_float_digits or bytea_output of the session,
// except for `native` types (intervals, arrays, ranges), which are exact in our own sessions only. Upholds W4, W5.

import type { Column } from '@twinwrite/core'
import { checkFit, Misfit } from '../values/fit.ts'
import { jsonText, keyGivenTwice } from '../values/json-text.ts'
import { localTimeText } from '../values/local-time.ts'
import { float32Text, float64Text } from '../values/number-text.ts'
import { givenText, hasScaleOf, type Values } from '../values/values.ts'
import { literal } from './quoting.ts'

export const values: Values = { canonical, comparable, typed, bind, stored, read }

function canonical(column: Column, expression: string): string {
  const e = `(${expression})`
  switch (column.kind) {
    case 'decimal':
      return `trim_scale(${e}::numeric)::text`
    case 'float32':
      return `encode(float4send(${e}), 'hex')`
    case 'float64':
      return `encode(float8send(${e}), 'hex')`
    case 'bytes':
      return `encode(${e}, 'hex')`
    case 'date':
      return `(to_json(${e}) #>> '{}')`
    case 'datetime':
      return `replace(to_json(${e}) #>> '{}', 'T', ' ')`
    case 'instant':
      return (
        `CASE WHEN isfinite(${e}) THEN trunc(extract(epoch FROM ${e}) * 1000000)::text` +
        ` WHEN ${e} > 'epoch'::timestamptz THEN 'infinity' WHEN ${e} < 'epoch'::timestamptz THEN '-infinity' END`
      )
    default:
      return `${e}::text`
  }
}

function comparable(column: Column, expression: string, other: Column): string | null {
  switch (column.kind) {
    case 'native':
      return null
    case 'decimal':
      return hasScaleOf(column, other) ? expression : canonical(column, expression)
    case 'float32':
      return `(${expression})::float8`
    case 'boolean':
      return `(${expression})::int`
    case 'instant':
      return `(${expression}) AT TIME ZONE 'UTC'`
    case 'date':
    case 'datetime':
    case 'float64':
    // MySQL orders keys and sets blanks as jsonb does; `json` has the text that was written, as a backfill did it.
    case 'json':
    case 'time':
      return expression
    default:
      return canonical(column, expression)
  }
}

function typed(column: Column, expression: string): string {
  switch (column.kind) {
    case 'integer':
      return `(${expression})::${integerTypes.has(column.type) ? column.type : 'bigint'}`
    case 'decimal':
      return `(${expression})::numeric`
    case 'float32':
      return `(${expression})::real`
    case 'float64':
      return `(${expression})::double precision`
    case 'bytes':
      return `decode(${expression}, 'hex')`
    case 'uuid':
    case 'boolean':
    case 'date':
      return `(${expression})::${column.kind}`
    case 'time':
      return `(${expression})::time`
    case 'datetime':
      return `(${expression})::timestamp`
    case 'instant':
      return instant(`(${expression})::text`)
    case 'json':
      return `(${expression})::${column.type === 'json' ? 'json' : 'jsonb'}`
    case 'bits':
      return `(${expression})::varbit`
    case 'text':
      return `(${expression})::${textType(column.type)}`
    case 'enum':
    case 'native':
      return `(${expression})::${uncutType(column.type)}`
  }
}

/** What the server would write otherwise than it was given is refused: it comes from a column of texts, which holds it as it is. */
function stored(column: Column, expression: string): string {
  if (column.kind !== 'native') return typed(column, expression)
  const value = `(${expression})::${column.type}`
  const refusal = `(${literal(`no text of a ${column.type}: `)} || ${expression})::int::text::${column.type}`
  return `CASE WHEN (${value})::text = ${expression} THEN ${value} ELSE ${refusal} END`
}

const integerTypes: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint', 'oid'])

/** The type whose comparison the column's own index serves. */
function textType(type: string): string {
  if (/(^|\.)citext$/.test(type)) return type
  return /^(character|bpchar)\b(?! varying)/.test(type) ? 'bpchar' : 'text'
}

/** Days and the rest apart: an interval is multiplied in floating point, which is exact for both. Without a zone, as days of one may be shorter. */
function instant(text: string): string {
  const micros = `(${text})::numeric`
  const day = '86400000000'
  return (
    `CASE WHEN ${text} IN ('infinity', '-infinity') THEN (${text})::timestamptz` +
    ` ELSE (timestamp 'epoch' + div(${micros}, ${day})::float8 * interval '1 day' + mod(${micros}, ${day})::float8 * interval '1 microsecond') AT TIME ZONE 'UTC' END`
  )
}

/** Without length or precision: an explicit cast to `char(3)[]` or `numeric(5,2)[]` would cut in silence, the assignment does not. */
function uncutType(type: string): string {
  if (type.includes('"')) return type
  return type
    .replace(/^character varying\b/, 'varchar')
    .replace(/^character\b/, 'bpchar')
    .replace(/^bit varying\b|^bit\b/, 'varbit')
    .replace(/\([0-9, ]+\)/, '')
}

function bind(column: Column, text: string): string {
  let bound = text
  if (column.kind === 'datetime' && !/^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(text)) {
    bound = endless.has(text) || text.endsWith(' BC') ? text : (localTimeText(text) ?? text)
    // A zone would be ignored in silence.
    if (/\d\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)$/.test(bound))
      throw new Misfit(column, `${JSON.stringify(text)} has a time zone`)
  }
  if (column.kind === 'json' && column.type !== 'json') checkKeys(column, text)
  checkFit(column, bound)
  return bound
}

function checkKeys(column: Column, text: string): void {
  const twice = keyGivenTwice(text)
  if (twice !== null)
    throw new Misfit(column, `the key ${JSON.stringify(twice)} twice, of which it would keep the last value`)
}

const endless: ReadonlySet<string> = new Set(['infinity', '-infinity'])

function read(column: Column, given: unknown): string | null {
  const text = givenText(column, given)
  if (text === null) return null
  switch (column.kind) {
    case 'float32':
      return float32Text(Buffer.from(text, 'hex').readFloatBE())
    case 'float64':
      return float64Text(Buffer.from(text, 'hex').readDoubleBE())
    case 'json':
      return jsonText(text)
    default:
      return text
  }
}

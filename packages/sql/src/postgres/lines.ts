// PostgreSQL: rows as lines, by COPY. The server is as strict with them as with any INSERT.

import type { Column, SideTable } from '@twinwrite/core'
import type { Lines, LineForm } from '../lines/lines.ts'
import { isPadded, Misfit } from '../values/fit.ts'
import { literal, quote, tableName } from './quoting.ts'
import type { PostgresSession } from './session.ts'
import { values } from './values.ts'

export const lines: Lines = {
  family: 'postgres',
  given,
  takes: () => true,
  literal,
  text,

  read: async (session, select, form) => {
    const stream = await (session as PostgresSession).copyOut(`COPY (${select}) TO STDOUT${formatOf(form)}`)
    return { bytes: stream, lines: () => stream.rowCount }
  },

  asSent: null,

  mayWrite: () => Promise.resolve(true),

  write: async (session, table, form, source) => {
    const rows = await (session as PostgresSession).copyIn(
      `COPY ${tableName(table.table)} (${columnList(table)}) FROM STDIN${formatOf(form)}`,
      source.bytes,
    )
    return { rows, warning: null }
  },
}

function columnList(table: SideTable): string {
  return table.columns.map(({ name }) => quote(name)).join(', ')
}

function formatOf(form: LineForm): string {
  return form === 'binary' ? ' (FORMAT binary)' : ''
}

/**
 * Types of the server's own, whose binary form every version writes and reads alike. Dates, times and numbers are half the work of a load
 * as texts.
 */
const binaryType =
  /^(smallint|integer|bigint|numeric|real|double precision|boolean|text|character varying|json|jsonb|bytea|uuid|date|timestamp|time)\b[^[]*$/

function given(column: Column, to: Column, form: LineForm): string | null {
  const e = `t.${quote(column.name)}`
  if (form === 'binary') return column.type === to.type && binaryType.test(column.type) ? e : null
  if (form === 'own') {
    if (column.kind === 'native' && column.type !== to.type) return null
    // A key that stands twice would lose its first value.
    if (column.type === 'json' && to.type !== 'json') return null
    // What fills up a char(n) is no part of the value.
    return isPadded(column) && column.kind === 'text' ? `${e}::text` : e
  }
  switch (column.kind) {
    case 'boolean':
      return `${e}::int`
    case 'float32':
      // The shortest text of the largest ones is beyond what MySQL reads as one.
      return `${e}::float8`
    case 'bytes':
      return `'\\x' || encode(${e}, 'hex')`
    case 'instant':
      return `${e} AT TIME ZONE 'UTC'`
    case 'text':
      return isPadded(column) ? `${e}::text` : e
    case 'native':
      return null
    default:
      return e
  }
}

function text(column: Column, canonical: string): string {
  switch (column.kind) {
    case 'bytes':
      return `\\x${values.bind(column, canonical) as string}`
    case 'instant':
      return utcText(column, values.bind(column, canonical) as string)
    default:
      return values.bind(column, canonical) as string
  }
}

function utcText(column: Column, micros: string): string {
  if (!/^-?\d{1,18}$/.test(micros)) return micros
  const value = BigInt(micros)
  const rest = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n
  const iso = new Date(Number((value - rest) / 1000n)).toISOString()
  if (!/^\d{4}-/.test(iso) || iso.startsWith('0000'))
    throw new Misfit(column, `${micros} is loaded row by row`)
  return `${iso.slice(0, -5)}.${rest.toString().padStart(6, '0')}Z`
}

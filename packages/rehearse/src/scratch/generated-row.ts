// A row that nobody has ever written: canonical texts by the kinds of its columns, different from row to row.

import { type Column, encodeKey, type SideTable, type Upsert } from '@twinwrite/core'
import { isFilledUp } from './held-by-both.ts'
import type { MadeColumns } from './made-columns.ts'

/** @param made what may be made up for each column @param parents texts that a column may hold which refers to another table; null: it refers to none */
export function generatedRow(
  table: SideTable,
  made: MadeColumns,
  number: number,
  parents: (column: string) => readonly (string | null)[] | null,
): Upsert {
  const row = table.columns.map((column) => {
    const given = parents(column.name)
    // What must not be NULL is given at least what its own side takes.
    if (given === null)
      return (
        generatedText(made.get(column.name)!, number) ??
        (column.nullable ? null : generatedText(column, number))
      )
    return given.length === 0 ? null : (given[number % given.length] ?? null)
  })
  const key = table.key.map(
    ({ name }) => row[table.columns.findIndex((column) => column.name === name)] ?? '',
  )
  return { key: encodeKey(key), row }
}

const day = 86_400_000

/** Null where nothing of the kind can be made up. */
export function generatedText(column: Column, number: number): string | null {
  const { kind, length, range, precision, scale, labels } = column
  const moment = new Date(
    Date.UTC(2024, 0, 1) + (number % 700) * day + (number % 86_400) * 1000,
  ).toISOString()
  switch (kind) {
    case 'integer': {
      const most = range === null ? 2n ** 31n : BigInt(range.max)
      return String(BigInt(number) % (most === 0n ? 1n : most))
    }
    case 'decimal':
      return String(number % 10 ** Math.min(6, Math.max(0, (precision ?? 6) - (scale ?? 0))))
    case 'float32':
    case 'float64':
      return `${number % 1000}.5`
    case 'text':
      return uniqueText('row ', number, length)
    case 'bytes': {
      const text = Buffer.from(uniqueText('', number, length)).toString('hex')
      return isFilledUp(column) ? text.padEnd(2 * (length ?? 1), '0') : text
    }
    case 'uuid':
      return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
    case 'boolean':
      return number % 2 === 0 ? 'true' : 'false'
    case 'date':
      return moment.slice(0, 10)
    case 'time':
      return moment.slice(11, 19)
    case 'datetime':
      return moment.slice(0, 19).replace('T', ' ')
    case 'instant':
      return `${Date.parse(moment)}000`
    case 'json':
      return `{"number":${number}}`
    case 'bits':
      return length === null ? '1' : (number % 2 ** Math.min(length, 30)).toString(2).padStart(length, '0')
    case 'enum':
      return labels?.[number % labels.length] ?? null
    case 'native':
      return null
  }
}

function uniqueText(before: string, number: number, length: number | null): string {
  const whole = `${before}${number}`
  return length === null || whole.length <= length ? whole : number.toString(36).slice(-length)
}

// Select lists of keys and their way back: columns of ours behind a statement's own ones, and the key that a row of
// them holds. Upholds W4: the text is made by the server, or read by the dialect where no server can make it.

import type { Column } from '../catalog.ts'
import type { SqlDialect } from '../dialect.ts'
import { encodeKey, type Key } from '../key.ts'
import type { SideTable } from '../mapping/side-table.ts'

/** Names of our columns for the key's parts. */
export function aliasesOf(table: SideTable, prefix = ''): string[] {
  return table.key.map((_, index) => `_tw_${prefix}k${index}`)
}

/** `reference`: quoted name or alias that the columns are qualified with; null: none. */
export function qualified(dialect: SqlDialect, reference: string | null, column: string): string {
  return reference === null ? dialect.quote(column) : `${reference}.${dialect.quote(column)}`
}

/** Canonical texts of columns, aliased. */
export function selectList(
  dialect: SqlDialect,
  reference: string | null,
  columns: readonly Column[],
  aliases: readonly string[],
): string {
  return canonicalTexts(dialect, reference, columns)
    .map((text, index) => `${text} AS ${dialect.quote(aliases[index]!)}`)
    .join(', ')
}

/** SQL of the canonical text of each column. */
export function canonicalTexts(
  dialect: SqlDialect,
  reference: string | null,
  columns: readonly Column[],
): string[] {
  return columns.map((column) => dialect.canonical(column, qualified(dialect, reference, column.name)))
}

/** Kinds whose canonical text no server makes by itself. */
const readByDialect: ReadonlySet<Column['kind']> = new Set(['float32', 'float64', 'json'])

/** Whether the encoded key is what the server returned, without any reading of ours. */
export function isServerText(table: SideTable): boolean {
  return !table.key.some((column) => readByDialect.has(column.kind))
}

/** Reads keys out of rows that hold the columns of `aliasesOf`. */
export function keyReader(
  dialect: SqlDialect,
  table: SideTable,
  prefix = '',
): (row: Record<string, unknown>) => Key {
  const aliases = aliasesOf(table, prefix)
  if (!isServerText(table)) {
    const keyOnly: SideTable = { ...table, columns: [] }
    return (row) => {
      const parts = Object.fromEntries(aliases.map((alias, index) => [`k${index}`, row[alias]]))
      return dialect.readRow(keyOnly, parts).key
    }
  }
  const first = aliases[0]!
  if (aliases.length === 1) return (row) => textOf(dialect, row[first])
  return (row) => encodeKey(aliases.map((alias) => textOf(dialect, row[alias])))
}

/** A mark at the beginning is a part of the text. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Canonical text as a driver gave it; drivers may give texts of binary collation as bytes. */
export function textOf(dialect: SqlDialect, value: unknown): string {
  if (typeof value === 'string') return dialect.readText(value)
  if (value instanceof Uint8Array) return utf8.decode(value)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  throw new TypeError(`a key column came back as ${value === null ? 'null' : typeof value}`)
}

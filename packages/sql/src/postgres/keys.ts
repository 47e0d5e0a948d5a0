// PostgreSQL: keys in SQL. Any number of keys is one array of texts per column of the key, so the text of a statement, and with it its
// plan, is the same for one key and for a thousand.

import { decodeKey, type Key, type SideTable } from '@twinwrite/core'
import { quote } from './quoting.ts'
import { values } from './values.ts'

/** Which rows of `alias` have these keys. @param arrays SQL of one array of texts per column of the key */
export function keysMatch(table: SideTable, alias: string, arrays: readonly string[]): string {
  const columns = table.key.map((column) => `${alias}.${quote(column.name)}`)
  const typed = table.key.map((column, index) => values.typed(column, `x.p${index}`))
  const casts = arrays.map((array) => `${array}::text[]`).join(', ')
  const source = `unnest(${casts}) AS x(${arrays.map((_, index) => `p${index}`).join(', ')})`
  if (columns.length === 1) return `${columns[0]} = ANY (ARRAY(SELECT ${typed[0]} FROM ${source}))`
  return `(${columns.join(', ')}) IN (SELECT ${typed.join(', ')} FROM ${source})`
}

/** PostgreSQL has no NUL, and does not even look for one: no row has such a key. */
export function storable(keys: Iterable<Key>): Key[] {
  return [...keys].filter((key) => !key.includes('\u0000'))
}

/** One array of key parts per column of the key. */
export function keyArrays(table: SideTable, keys: readonly Key[]): string[][] {
  const decoded = storable(keys).map((key) => decodeKey(key, table.key.length))
  return table.key.map((_, index) => decoded.map((parts) => parts[index]!))
}

/** The text that `encodeKey` makes of the parts, in SQL; by bytes, as the journal's, since two collations can't meet in a comparison. */
export function encodedKey(parts: readonly string[]): string {
  const texts = parts.map((part) => `(${part}) COLLATE "C"`)
  if (texts.length === 1) return texts[0]!
  return texts.map((text) => `replace(replace(${text}, '~', '~~'), '|', '~p')`).join(` || '|' || `)
}

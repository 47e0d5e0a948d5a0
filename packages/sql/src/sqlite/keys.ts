// SQLite: keys in SQL, as lists of placeholders.

import { decodeKey, isStray, type Key, type SideTable } from '@twinwrite/core'
import { around, join, raw, type Sql, sql, value } from '../sql-text.ts'
import { quote } from './quoting.ts'
import { values } from './values.ts'

export function keysMatch(table: SideTable, alias: string, keys: readonly Key[]): Sql {
  if (keys.length === 0) return sql`1 = 0`
  const columns = table.key.map((column) => raw(`${alias}.${quote(column.name)}`))
  const tuples = keys.map((key) =>
    decodeKey(key, columns.length).map((part, index) =>
      around((slot) => values.typed(table.key[index]!, slot, part), part),
    ),
  )
  if (columns.length === 1) {
    // The left side's affinity counts for a list, but not for a subquery.
    return sql`${columns[0]!} IN (${join(
      tuples.map(([part]) => part!),
      ', ',
    )})`
  }
  const each = tuples.map(
    (parts) =>
      sql`(${join(
        parts.map((part, index) => sql`${columns[index]!} = ${part}`),
        ' AND ',
      )})`,
  )
  return anyOf(each)
}

/** As a tree that is deep only by the logarithm: SQLite takes a depth of 1000. */
function anyOf(terms: readonly Sql[]): Sql {
  if (terms.length === 1) return terms[0]!
  const half = terms.length >> 1
  return sql`(${anyOf(terms.slice(0, half))} OR ${anyOf(terms.slice(half))})`
}

/** As `keysMatch`, byte by byte whatever the collation. */
export function keysEqual(table: SideTable, alias: string, keys: readonly Key[]): Sql {
  const texts = table.key.map((column) => values.canonical(column, `${alias}.${quote(column.name)}`))
  const width = texts.length
  const isOdd = (key: Key): boolean => decodeKey(key, width).some(isStray)
  const usual = sql`(${raw(encodedKey(texts))}) COLLATE BINARY IN (${join(
    keys.filter((key) => !isOdd(key)).map(value),
    ', ',
  )})`
  // No text says what these are.
  const odd = keys.filter(isOdd).map((key) => {
    const parts = decodeKey(key, width).map((part, index) => {
      const column = table.key[index]!
      const typed = around((slot) => values.typed(column, slot, part), part)
      return sql`${raw(`${alias}.${quote(column.name)} COLLATE BINARY = `)}${typed}`
    })
    return sql`(${join(parts, ' AND ')})`
  })
  return sql`(${anyOf([usual, ...odd])})`
}

/** The text that `encodeKey` makes of the parts, in SQL. */
function encodedKey(parts: readonly string[]): string {
  if (parts.length === 1) return parts[0]!
  return parts.map((part) => `replace(replace(${part}, '~', '~~'), '|', '~p')`).join(` || '|' || `)
}

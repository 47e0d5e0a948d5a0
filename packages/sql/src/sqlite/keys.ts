// SQLite: keys in SQL, as lists of placeholders.

import { decodeKey, type Key, type SideTable } from '@twinwrite/core'
import { around, join, raw, type Sql, sql } from '../sql-text.ts'
import { quote } from './quoting.ts'
import { values } from './values.ts'

export function keysMatch(table: SideTable, alias: string, keys: readonly Key[]): Sql {
  if (keys.length === 0) return sql`1 = 0`
  const columns = table.key.map((column) => raw(`${alias}.${quote(column.name)}`))
  const tuples = keys.map((key) =>
    decodeKey(key, columns.length).map((part, index) =>
      around((slot) => values.typed(table.key[index]!, slot), part),
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

/** The text that `encodeKey` makes of the parts, in SQL. */
export function encodedKey(parts: readonly string[]): string {
  if (parts.length === 1) return parts[0]!
  return parts.map((part) => `replace(replace(${part}, '~', '~~'), '|', '~p')`).join(` || '|' || `)
}

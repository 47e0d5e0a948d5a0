// MySQL and MariaDB: keys in SQL, as lists of placeholders. Lists are padded to powers of two by repeating the last key, so that
// few texts of statements are prepared.

import { decodeKey, type Key, type SideTable } from '@twinwrite/core'
import { around, join, raw, type Sql, sql } from '../sql-text.ts'
import { quote } from './quoting.ts'
import { values } from './values.ts'

export function padded<T>(items: readonly T[]): readonly T[] {
  let size = 1
  while (size < items.length) size *= 2
  return [...items, ...Array.from({ length: size - items.length }, () => items.at(-1)!)]
}

export function keysMatch(table: SideTable, alias: string, keys: readonly Key[]): Sql {
  if (keys.length === 0) return sql`1 = 0`
  const columns = table.key.map((column) => raw(`${alias}.${quote(column.name)}`))
  const tuples = padded(keys).map((key) =>
    decodeKey(key, columns.length).map((part, index) =>
      around((slot) => values.typed(table.key[index]!, slot), part),
    ),
  )
  if (columns.length === 1) {
    return sql`${columns[0]!} IN (${join(
      tuples.map(([part]) => part!),
      ', ',
    )})`
  }
  // Not a comparison of rows, for which not every version uses the index.
  const each = tuples.map(
    (parts) =>
      sql`(${join(
        parts.map((part, index) => sql`${columns[index]!} = ${part}`),
        ' AND ',
      )})`,
  )
  return sql`(${join(each, ' OR ')})`
}

/** The text that `encodeKey` makes of the parts, in SQL. */
export function encodedKey(parts: readonly string[]): string {
  if (parts.length === 1) return parts[0]!
  return `CONCAT(${parts.map((part) => `REPLACE(REPLACE(${part}, '~', '~~'), '|', '~p')`).join(`, '|', `)})`
}

// Rows that share a unique value with the rows that an INSERT gives: those that REPLACE evicts, and those that an
// upsert meets. Upholds W10: a unique value that only the database knows is refused before the statement runs.

import { type Column, columnOf } from '../catalog.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Expr } from '../scan/statement.ts'
import type { CaptureSide } from './capture.ts'
import { givenFor, type InsertRows } from './insert-rows.ts'
import { refusal } from './refusal.ts'
import type { SqlText } from './sql-text.ts'
import { qualified } from './touched-key.ts'

/** A unique key of a table, whose columns can be compared. */
export interface ComparableUnique {
  readonly name: string
  readonly columns: readonly Column[]
}

/** Unique keys besides the key. @throws TwinwriteError `TW_CAPTURE_REFUSED` for an index on expressions or a part of the rows */
export function otherUniques(table: SideTable, construct: string): ComparableUnique[] {
  return table.table.uniques.map(({ name, columns }) => {
    if (columns === null)
      throw refusal(table.mapping, `${construct} with the unique index "${name}" on expressions`)
    return { name, columns: columns.map((column) => columnOf(table.table, column)!) }
  })
}

export function keyAsUnique(table: SideTable): ComparableUnique {
  return { name: 'key', columns: table.key }
}

/**
 * The values that a row gives for a unique key; null when the row can't meet another by it (a NULL among them, or
 * a number that the database counts up).
 */
export function uniqueValues(
  table: SideTable,
  unique: ComparableUnique,
  rows: InsertRows,
  row: number,
  bindings: readonly unknown[],
  construct: string,
): Expr[] | null {
  const values: Expr[] = []
  let meets = true
  for (const column of unique.columns) {
    const given = givenFor(column, rows.cell(row, column.name), bindings)
    if (given.type === 'default') {
      throw refusal(
        table.mapping,
        `${construct} that leaves "${column.name}" of the unique key "${unique.name}" to its default`,
        `Give a value for "${column.name}".`,
      )
    }
    if (given.type === 'value') values.push(given.value)
    else meets = false
  }
  return meets ? values : null
}

/** Adds `(a = <value> AND b = <value>)`. */
export function addEquals(
  text: SqlText,
  side: CaptureSide,
  columns: readonly Column[],
  values: readonly Expr[],
  add: (column: Column, value: Expr) => void,
): void {
  text.add('(')
  columns.forEach((column, index) => {
    text.add(`${index > 0 ? ' AND ' : ''}${qualified(side.dialect, null, column.name)} = `)
    add(column, values[index]!)
  })
  text.add(')')
}

// The rows of INSERT .. VALUES. Bulk inserts spend their time here: one pass, nothing but the result allocated.

import type { Cursor } from './cursor.ts'
import { expression } from './expression.ts'
import { kw } from './keyword.ts'
import { eachItem } from './list.ts'
import type { Expr, InsertSource, Range } from './statement.ts'
import { mark } from './token.ts'

/**
 * The rows at the cursor, which stands on VALUES; null (and the cursor unmoved) when VALUES is part of a
 * query, such as VALUES .. ORDER BY or MySQL's VALUES ROW(..).
 */
export function valueRows(cursor: Cursor): InsertSource | null {
  const from = cursor.at
  cursor.at++
  const rows: Expr[][] = []
  const rowRanges: Range[] = []
  do {
    if (cursor.code() !== mark.open) {
      // `VALUES ?` is text that a driver completes with the rows.
      if (cursor.code() !== kw.ROW) cursor.refuse()
      cursor.at = from
      return null
    }
    const open = cursor.at
    const span = cursor.group()
    const cells: Expr[] = []
    eachItem(cursor, span.from, span.to, (first, last) => cells.push(expression(cursor, first, last)))
    rows.push(cells)
    rowRanges.push(cursor.range(open, cursor.at))
  } while (cursor.accept(mark.comma))
  const next = cursor.code()
  const rowsOnly =
    cursor.done || next === kw.ON || next === kw.RETURNING || (next === kw.AS && cursor.grammar.onDuplicate)
  if (!rowsOnly) {
    cursor.at = from
    return null
  }
  return { type: 'values', range: cursor.range(from, cursor.at), rowRanges, rows }
}

// Key values that are computed inside of an INSERT (`UUID()`, `UNHEX(..)`): the server works them out once, before the
// statement, which then gets the values in their place. Upholds W10: worked out again they might be others.

import type { Column } from '../catalog.ts'
import { isCanonical } from '../mapping/canonical-text.ts'
import type { Expr, InsertScan } from '../scan/statement.ts'
import type { CaptureRequest } from './capture.ts'
import { refusal } from './refusal.ts'
import { SqlText } from './sql-text.ts'
import { textOf } from './touched-key.ts'

export interface ComputedCell {
  readonly cell: Expr
  readonly column: Column
}

/** Canonical texts of cells that were worked out; null: NULL. */
export type Evaluated = ReadonlyMap<Expr, { readonly column: Column; readonly text: string | null }>

export const nothingEvaluated: Evaluated = new Map()

/** Whether a cell is neither a bound value nor a literal. */
export function isComputed({ type }: Expr): boolean {
  return type !== 'placeholder' && type !== 'literal'
}

/**
 * Works out the cells.
 * @throws TwinwriteError `TW_CAPTURE_REFUSED` when that fails: an expression may mean something only inside of its statement
 */
export async function evaluateCells<R>(
  { side, connection, call }: CaptureRequest<R>,
  table: string,
  scan: InsertScan,
  cells: readonly ComputedCell[],
): Promise<Evaluated> {
  if (cells.length === 0) return nothingEvaluated
  const distinct = [...new Map(cells.map((one) => [one.cell, one])).values()]
  const text = new SqlText(side.dialect, call, scan.placeholders, 'extract').add('SELECT ')
  distinct.forEach(({ cell, column }, index) => {
    text
      .add(index > 0 ? ', ' : '')
      .canonical(column, cell.range)
      .add(` AS _tw_v${index}`)
  })
  const refused = ({ cell }: ComputedCell, why: string): Error =>
    refusal(table, `INSERT that computes a key (${call.sql.slice(cell.range.start, cell.range.end)}: ${why})`)
  let row: Record<string, unknown> | undefined
  try {
    row = connection.shape.rows(await connection.own(text.build()))[0]
  } catch (error) {
    throw refused(distinct[0]!, String(error))
  }
  return new Map(
    distinct.map((one, index) => {
      const value = row?.[`_tw_v${index}`] ?? null
      const found = value === null ? null : textOf(side.dialect, value)
      // A number that the column would round, and the like.
      if (found !== null && !isCanonical(one.column.kind, found)) throw refused(one, `gives ${found}`)
      return [one.cell, { column: one.column, text: found }]
    }),
  )
}

/** The statement, up to `end`, with the worked out values. */
export function withEvaluated<R>(
  request: CaptureRequest<R>,
  scan: InsertScan,
  evaluated: Evaluated,
  end = request.call.sql.length,
): SqlText {
  const text = new SqlText(request.side.dialect, request.call, scan.placeholders, 'rewrite')
  const cells = [...evaluated].sort(([left], [right]) => left.range.start - right.range.start)
  let from = 0
  for (const [{ range }, value] of cells) {
    text.copy({ start: from, end: range.start })
    if (value.text === null) text.add('NULL')
    else text.typed(value.column, value.text)
    from = range.end
  }
  return text.copy({ start: from, end })
}

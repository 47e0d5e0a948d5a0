// Rows of a range with their keys, as canonical texts in key order.

import type { KeyedRow, KeyRange, SideTable } from '@twinwrite/core'
import { raw, sql } from '../sql-text.ts'
import type { StoreContext } from './context.ts'
import { inKeyOrder, keyTexts, withinRange } from './key-range.ts'
import { keyOf } from './range-keys.ts'

export async function rowsWithin(
  context: StoreContext,
  table: SideTable,
  range: KeyRange,
  limit?: number,
): Promise<readonly KeyedRow[]> {
  const { engine } = context
  const texts = table.columns.map((column) =>
    engine.values.canonical(column, `t.${engine.quote(column.name)}`),
  )
  const { rows } = await context.run(
    sql`SELECT ${keyTexts(context, table)}, ${raw(texts.join(', '))} FROM ${raw(engine.table(table.table))} t
      WHERE ${withinRange(context, table, range)} ORDER BY ${inKeyOrder(context, table)}${raw(limit === undefined ? '' : ` LIMIT ${limit}`)}`,
  )
  const width = table.key.length
  return rows.map((row) => ({
    key: keyOf(context, table, row),
    row: table.columns.map((column, index) => engine.values.read(column, row[width + index])),
  }))
}

// Keys of a table page by page, by the key's own order in this database, for loading. Never by OFFSET.

import { decodeKey, encodeKey, type Key, type SideTable } from '@twinwrite/core'
import { around, join, raw, type Sql, sql } from '../sql-text.ts'
import type { StoreContext } from './context.ts'
import { limitText } from './journal.ts'

export async function keysAfter(
  context: StoreContext,
  mapping: string,
  after: Key | null,
  limit: number,
): Promise<Key[]> {
  const table = context.table(mapping)
  const { engine } = context
  const order = table.key.map((column) => engine.keyOrder(column, `t.${engine.quote(column.name)}`))
  const texts = table.key.map((column) =>
    raw(engine.values.canonical(column, `t.${engine.quote(column.name)}`)),
  )
  const where = after === null ? sql`1 = 1` : beyond(context, table, order, after)
  const { rows } = await context.run(
    sql`SELECT ${join(texts, ', ')} FROM ${raw(engine.table(table.table))} t WHERE ${where}
      ORDER BY ${raw(order.join(', '))} LIMIT ${limitText(limit)}`,
  )
  return rows.map((row) =>
    encodeKey(table.key.map((column, index) => engine.values.read(column, row[index]) ?? '')),
  )
}

/** `a > x OR (a = x AND b > y)`: not every engine finds its index for a comparison of rows. */
function beyond({ engine }: StoreContext, table: SideTable, order: readonly string[], after: Key): Sql {
  const parts = decodeKey(after, table.key.length)
  const compare = (index: number, operator: string): Sql =>
    sql`${raw(`${order[index]!} ${operator} `)}${around(
      (slot) => engine.keyOrder(table.key[index]!, engine.values.typed(table.key[index]!, slot)),
      parts[index],
    )}`
  const alternatives = table.key.map((_, last) =>
    join([...table.key.slice(0, last).map((__, index) => compare(index, '=')), compare(last, '>')], ' AND '),
  )
  // The first column alone narrows the index, whatever the planner makes of the rest.
  return alternatives.length === 1
    ? alternatives[0]!
    : sql`${compare(0, '>=')} AND (${join(
        alternatives.map((one) => sql`(${one})`),
        ' OR ',
      )})`
}

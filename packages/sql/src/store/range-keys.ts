// The next keys of a range by the key's own order in this database, for loading. Never by OFFSET.

import { encodeKey, type Key, type KeyRange, type SideTable } from '@twinwrite/core'
import { raw, sql } from '../sql-text.ts'
import type { StoreContext } from './context.ts'
import { limitText } from './journal.ts'
import { inKeyOrder, keyTexts, withinRange } from './key-range.ts'

export async function keysOf(
  context: StoreContext,
  mapping: string,
  range: KeyRange,
  limit: number,
): Promise<Key[]> {
  const table = context.table(mapping)
  const { rows } = await context.run(
    sql`SELECT ${keyTexts(context, table)} FROM ${raw(context.engine.table(table.table))} t
      WHERE ${withinRange(context, table, range)} ORDER BY ${inKeyOrder(context, table)} LIMIT ${limitText(limit)}`,
  )
  return rows.map((row) => keyOf(context, table, row))
}

/** @param row begins with the columns of `keyTexts` */
export function keyOf({ engine }: StoreContext, table: SideTable, row: readonly unknown[]): Key {
  return encodeKey(table.key.map((column, index) => engine.values.read(column, row[index]) ?? ''))
}

// Rows of the secondary that are to be written, locked and read before.

import { encodeKey, type Key, type Row, type SideTable } from '@twinwrite/core'
import type { Session } from '../session.ts'
import { raw, sql } from '../sql-text.ts'
import type { StoreContext } from '../store/context.ts'

/** Rows that are there, by the engine's own idea of equality, with the canonical texts of some columns. */
export async function lockedRows(
  context: StoreContext,
  session: Session,
  table: SideTable,
  keys: readonly Key[],
  columns: SideTable['columns'],
): Promise<readonly { readonly key: Key; readonly texts: Row }[]> {
  const { engine } = context
  const list = [...table.key, ...columns].map((column) =>
    engine.values.canonical(column, `t.${engine.quote(column.name)}`),
  )
  const { from, where } = engine.rowsByKey(table, keys)
  const { rows } = await context.on(
    session,
    sql`SELECT ${raw(list.join(', '))} FROM ${from} WHERE ${where}${engine.forUpdate(session)}`,
  )
  return rows.map((row) => ({
    key: encodeKey(table.key.map((column, index) => engine.values.read(column, row[index]) ?? '')),
    texts: columns.map((column, index) => engine.values.read(column, row[table.key.length + index])),
  }))
}

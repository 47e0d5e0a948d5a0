// Marks of whole tables. They are set by the app's own transactions (see the dialects); here they are looked at, and deleted when a
// load has settled them. Upholds W10.

import { type Mark, StoreError } from '@twinwrite/core'
import { nothing, raw, sql } from '../sql-text.ts'
import type { StoreContext } from './context.ts'
import { readFence } from './fence.ts'
import { unlessMissing } from './installation.ts'
import { batches, limitText } from './journal.ts'

export async function marks(context: StoreContext, limit?: number): Promise<Mark[]> {
  const { engine, tables } = context
  const upTo = limit === undefined ? nothing : sql` LIMIT ${limitText(limit)}`
  const found = await unlessMissing(() =>
    context.run(
      sql`SELECT ${raw(engine.markId)}, j.tbl, j.reason FROM ${raw(tables.mark)} AS j
        WHERE ${context.mine('j')} ORDER BY j.created_at, ${raw(engine.markId)}${upTo}`,
    ),
  )
  return (found?.rows ?? []).map(([id, table, reason]) => ({
    id: String(id),
    table: String(table),
    reason: String(reason),
  }))
}

/** Under the fence as it is: the primary's. @throws StoreError `transient` when the primary has moved meanwhile */
export async function addMark(context: StoreContext, table: string, reason: string): Promise<void> {
  const fence = await readFence(context)
  const statement = context.engine.dialect(context.naming).mark(table, reason, fence?.epoch ?? 0, false)
  const { affected } = await context.with((session) => session.query(statement))
  if (affected === 0)
    throw new StoreError(context.side, 'transient', `the ${context.side} is not primary any more`)
}

export async function deleteMarks(context: StoreContext, ids: readonly string[]): Promise<void> {
  const { engine, tables } = context
  for (const some of batches(ids)) {
    const { from, where } = engine.marksById(tables.mark, some)
    await context.run(sql`${raw(engine.deleteOf('j'))} FROM ${from} WHERE ${where} AND ${context.mine('j')}`)
  }
}

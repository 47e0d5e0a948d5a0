// The journal of this side. Its entries are made by the app's own transactions (see the dialects); here they are looked
// at, deleted and blocked. Always scanned from the lowest id, since a late commit may show an id below those
// seen before (PROTOCOL 5.10). Upholds W3, W10.

import type { BlockedKey, Change, JournalEntry, JournalState } from '@twinwrite/core'
import { raw, type Sql, sql, value } from '../sql-text.ts'
import type { Found } from '../sql-engine.ts'
import type { StoreContext } from './context.ts'

/** Most ids in one statement. */
const idBatch = 1_000
/** An error's text is for people: its start will do. */
const reasonLength = 2_000

export async function addJournal(
  context: StoreContext,
  changes: readonly Change[],
  epoch: number,
): Promise<boolean> {
  if (changes.length === 0) return true
  const statement = context.engine.dialect(context.naming).journal(changes, epoch, false)
  const { affected } = await context.with((session) => session.query(statement))
  return affected === changes.length
}

export async function journalPage(context: StoreContext, limit: number): Promise<JournalEntry[]> {
  const { engine, tables } = context
  const { rows } = await context.run(
    sql`SELECT id, tbl, row_key, attempts FROM ${raw(tables.journal)}
      WHERE ${context.mine()} AND blocked = 0 AND retry_at <= ${engine.now} ORDER BY id LIMIT ${limitText(limit)}`,
  )
  return rows.map(([id, table, key, attempts]) => ({
    id: String(id),
    table: String(table),
    key: String(key),
    attempts: Number(attempts),
  }))
}

export async function deleteJournal(context: StoreContext, ids: readonly string[]): Promise<void> {
  for (const some of batches(ids)) {
    const { from, where } = byId(context, some)
    await context.run(sql`${raw(context.engine.deleteOf('j'))} FROM ${from} WHERE ${where}`)
  }
}

export async function failJournal(
  context: StoreContext,
  ids: readonly string[],
  reason: string,
  next: { readonly retryMs: number } | 'blocked',
): Promise<void> {
  const text = value(reason.replaceAll('\u0000', '').slice(0, reasonLength))
  const change =
    next === 'blocked'
      ? sql`blocked = 1`
      : sql`retry_at = ${context.engine.now} + ${raw(String(Math.max(0, Math.round(next.retryMs))))}`
  for (const some of batches(ids)) {
    const { from, where } = byId(context, some)
    await context.run(
      sql`UPDATE ${from} SET attempts = attempts + 1, last_error = ${text}, ${change} WHERE ${where}`,
    )
  }
}

export async function unblock(context: StoreContext, ids: readonly string[]): Promise<void> {
  for (const some of batches(ids)) {
    const { from, where } = byId(context, some)
    await context.run(sql`UPDATE ${from} SET blocked = 0, attempts = 0, retry_at = 0 WHERE ${where}`)
  }
}

export async function blocked(context: StoreContext, limit: number): Promise<BlockedKey[]> {
  const { rows } = await context.run(
    sql`SELECT id, tbl, row_key, attempts, last_error FROM ${raw(context.tables.journal)}
      WHERE ${context.mine()} AND blocked = 1 ORDER BY id LIMIT ${limitText(limit)}`,
  )
  return rows.map(([id, table, key, attempts, reason]) => ({
    id: String(id),
    table: String(table),
    key: String(key),
    attempts: Number(attempts),
    reason: reason === null ? '' : String(reason),
  }))
}

export async function journalState(context: StoreContext): Promise<JournalState> {
  const { engine, tables } = context
  return context.with(async (session) => {
    const { rows } = await context.on(
      session,
      sql`SELECT count(*), coalesce(sum(blocked), 0), ${engine.now} - min(CASE WHEN blocked = 0 THEN created_at END)
        FROM ${raw(tables.journal)} WHERE ${context.mine()}`,
    )
    const marks = await context.on(
      session,
      sql`SELECT DISTINCT tbl FROM ${raw(tables.mark)} WHERE ${context.mine()} ORDER BY tbl`,
    )
    const [all, held, age] = rows[0]!
    return {
      entries: Number(all) - Number(held),
      blocked: Number(held),
      oldestMs: age === null ? null : Math.max(0, Number(age)),
      marks: marks.rows.map(([table]) => String(table)),
    }
  })
}

function byId(context: StoreContext, ids: readonly string[]): Found {
  const { from, where } = context.engine.journalById(context.tables.journal, ids)
  return { from, where: sql`${where} AND ${context.mine('j')}` }
}

export function* batches(ids: readonly string[]): Iterable<readonly string[]> {
  for (let start = 0; start < ids.length; start += idBatch) yield ids.slice(start, start + idBatch)
}

export function limitText(limit: number): Sql {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new TypeError(`${limit} is no limit`)
  return raw(String(limit))
}

// What an operator does with rows that the secondary does not accept.

import type { BlockedKey, Store } from '../store.ts'
import { coded } from './coded.ts'

const mostRows = 10_000

export function blockedRows(store: Store): Promise<BlockedKey[]> {
  return coded(() => store.blocked(mostRows))
}

export async function retryRows(store: Store, ids: readonly string[] | undefined): Promise<number> {
  const rows = await chosen(store, ids)
  await coded(() => store.unblock(rows.map(({ id }) => id)))
  return rows.length
}

/** The marks first: whatever dies in between, nobody takes the sides for equal. */
export async function dropRows(store: Store, ids: readonly string[], reason: string): Promise<number> {
  const rows = await chosen(store, ids)
  return coded(async () => {
    for (const { table, key } of rows) await store.addMark(table, `row ${key} was given up: ${reason}`)
    await store.deleteJournal(rows.map(({ id }) => id))
    return rows.length
  })
}

/** Of the given ids those that are blocked. */
async function chosen(store: Store, ids: readonly string[] | undefined): Promise<BlockedKey[]> {
  const wanted = ids === undefined ? null : new Set(ids)
  return (await blockedRows(store)).filter(({ id }) => wanted === null || wanted.has(id))
}

// A few rows of both sides from one place of their common order on, as values.

import type { Key, KeyedRow } from '@twinwrite/core'
import { type LookContext, type Look, mapOf, suspected } from './look.ts'

/** How many times more rows than the primary the secondary may have before the range is cut. */
const moreRows = 2

export interface Window {
  readonly rows: number
  readonly suspects: Look['suspects']
  /** Where it ends; null: at the end of both tables. */
  readonly last: Key | null
}

/**
 * @param upTo where it ends at the latest
 * @param page the primary's first `limit` rows of the range, where they are known
 */
export async function window(
  context: LookContext,
  { after, upTo }: { readonly after: Key | null; readonly upTo: Key | null },
  limit: number,
  page?: readonly KeyedRow[],
): Promise<Window> {
  const { name, primary, secondary } = context
  const rows = page ?? (await primary.page(name, { after, upTo }, limit))
  // At the primary's end the secondary's last rows are looked at, however many they are.
  const last = rows.length < limit ? upTo : rows.at(-1)!.key
  const most = limit * moreRows
  const others = await secondary.page(name, { after, upTo: last }, most)
  if (others.length < most)
    return {
      rows: Math.max(rows.length, others.length),
      suspects: suspected(context, mapOf(rows), mapOf(others)),
      last,
    }
  const cut = others.at(-1)!.key
  const there = await primary.page(name, { after, upTo: cut }, null)
  return { rows: others.length, suspects: suspected(context, mapOf(there), mapOf(others)), last: cut }
}

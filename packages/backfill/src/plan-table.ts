// Cuts a table into parts that are loaded side by side. The end is fixed now: what is added behind it has its journal entry.

import { insisting, type Key, type KeyRange } from '@twinwrite/core'
import { type RunContext, rangeOf } from './context.ts'
import type { TablePlan } from './notes.ts'
import type { Way } from './options.ts'

/** Rows from which a table is cut, and into how many parts. */
const cutFrom = 20_000
const mostParts = 8

export async function cutTable(context: RunContext, table: string, way: Way): Promise<TablePlan> {
  const { from, direction, load } = context
  const marks = (await insisting(load, () => direction.primary.marks()))
    .filter((mark) => mark.table === table)
    .map(({ id }) => id)
  const last = await insisting(load, () => from.lastKey(table))
  const estimate = await insisting(load, () => from.estimate(table))
  return { way, ends: last === null ? [] : await endsOf(context, table, last, estimate), estimate, marks }
}

async function endsOf(context: RunContext, table: string, last: Key, estimate: number): Promise<Key[]> {
  const ends: Key[] = []
  const rows = Math.ceil(estimate / mostParts)
  let after: Key | null = null
  while (estimate >= cutFrom && ends.length < mostParts - 1) {
    const range: KeyRange = { after, upTo: last }
    const end: Key | null = await insisting(context.load, () => context.from.keyAt(table, range, rows))
    if (end === null || end === last) break
    ends.push(end)
    after = end
  }
  return [...ends, last]
}

/** What is left of a part of the primary's table. @param part from 1 */
export function leftOf(context: RunContext, table: string, { ends }: TablePlan, part: number): KeyRange {
  const { after } = context.notes.part(table, part)
  return rangeOf(context, table, { after: after ?? ends[part - 2] ?? null, upTo: ends[part - 1]! })
}

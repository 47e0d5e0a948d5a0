// Both sides hold their rows in the same order: one range of keys is read on both at once, which shows rows that only one side has,
// too. While the secondary is read, the primary's next rows are on their way.

import type { Key } from '@twinwrite/core'
import { type Look, type LookContext, mapOf, type Position, suspected } from './look.ts'

/** How many more rows than expected the secondary may have in a range before the range is cut. */
const moreRows = 2

export async function* byRange(context: LookContext, from: Position): AsyncGenerator<Look> {
  const { name, primary, secondary, size } = context
  let { after } = from
  let limit = size()
  let page = await primary.page(name, { after, upTo: null }, limit)
  for (;;) {
    // At the primary's end the secondary's last rows are looked at, however many they are.
    const last = page.length < limit ? null : page.at(-1)!.key
    const nextLimit = size()
    const most = limit * moreRows
    const [others, nextPage] = await Promise.all([
      secondary.page(name, { after, upTo: last }, most),
      last === null ? [] : primary.page(name, { after: last, upTo: null }, nextLimit),
    ])
    if (others.length < most) {
      const suspects = suspected(context, mapOf(page), mapOf(others))
      yield look(Math.max(page.length, others.length), suspects, last)
      if (last === null) return
      ;[after, page, limit] = [last, nextPage, nextLimit]
    } else {
      const cut = others.at(-1)!.key
      page = await primary.page(name, { after, upTo: cut }, null)
      yield look(others.length, suspected(context, mapOf(page), mapOf(others)), cut)
      after = cut
      limit = size()
      page = await primary.page(name, { after, upTo: null }, limit)
    }
  }

  function look(rows: number, suspects: Look['suspects'], next: Key | null): Look {
    return { rows, suspects, next: next === null ? null : { phase: 'forward', after: next } }
  }
}

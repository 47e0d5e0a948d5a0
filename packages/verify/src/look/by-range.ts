// Both sides hold their rows in the same order: one range of keys is read on both at once, which shows rows that only one side has,
// too. While the secondary is read, the primary's next rows are on their way.

import type { Look, LookContext, Position } from './look.ts'
import { window } from './window.ts'

export async function* byRange(context: LookContext, from: Position): AsyncGenerator<Look> {
  const { name, primary, size } = context
  let { after } = from
  let limit = size()
  let page = await primary.page(name, { after, upTo: null }, limit)
  for (;;) {
    const last = page.length < limit ? null : page.at(-1)!.key
    const nextLimit = size()
    const [seen, nextPage] = await Promise.all([
      window(context, { after, upTo: null }, limit, page),
      last === null ? [] : primary.page(name, { after: last, upTo: null }, nextLimit),
    ])
    const { rows, suspects } = seen
    yield { rows, suspects, next: seen.last === null ? null : { phase: 'forward', after: seen.last } }
    if (seen.last === null) return
    after = seen.last
    limit = nextLimit
    page = seen.last === last ? nextPage : await primary.page(name, { after, upTo: null }, limit)
  }
}

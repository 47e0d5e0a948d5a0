// Both sides hold their rows in the same order, and write them in the same bytes: ranges are compared as bytes, and only where these
// differ as values. Where bytes differ although the rows are equal (documents written in two ways, say), the rest goes by values.

import type { Key, SameBytes } from '@twinwrite/core'
import { byRange } from './by-range.ts'
import type { Look, LookContext, Position } from './look.ts'
import { window } from './window.ts'

export async function* byBytes(context: LookContext, from: Position): AsyncGenerator<Look> {
  const { name, table, primary, secondary, size } = context
  let { after } = from
  let upTo = await primary.keyBeyond(name, after, size())
  for (;;) {
    const range = { after, upTo }
    // Of a range that the secondary has more rows in, some differ all the same.
    const limit = 2 * size() + 1000
    const [same, nextUpTo] = await Promise.all([
      primary.sameBytes(secondary, table, range, limit),
      upTo === null ? null : primary.keyBeyond(name, upTo, size()),
    ])
    if (same === null) {
      yield* byRange(context, { phase: 'forward', after })
      return
    }
    const { suspects, alike } = await differences(context, range, same)
    yield { rows: same.rows, suspects, next: upTo === null ? null : { phase: 'forward', after: upTo } }
    if (upTo === null) return
    if (alike) {
      yield* byRange(context, { phase: 'forward', after: upTo })
      return
    }
    after = upTo
    upTo = nextUpTo
  }
}

/** `alike`: most of the range differed in its bytes only. */
async function differences(
  context: LookContext,
  { after, upTo }: { readonly after: Key | null; readonly upTo: Key | null },
  { rows, spans }: SameBytes,
): Promise<{ suspects: Look['suspects'][number][]; alike: boolean }> {
  const { name, primary } = context
  const suspects: Look['suspects'][number][] = []
  let differing = 0
  for (const { first, end } of spans) {
    // From the last row before that is equal to the first one behind: what only the secondary has stands between them.
    let from = first === 0 ? after : await primary.keyBeyond(name, after, first)
    const to = end >= rows ? upTo : await primary.keyBeyond(name, after, end + 1)
    for (;;) {
      const seen = await window(context, { after: from, upTo: to }, windowRows)
      suspects.push(...seen.suspects)
      if (seen.last === to || seen.last === null) break
      from = seen.last
    }
    differing += end - first
  }
  return { suspects, alike: suspects.length === 0 && differing > rows / 2 }
}

const windowRows = 500

// Rows that somebody named.

import type { Key } from '@twinwrite/core'
import { type Look, type LookContext, onlyKnown, type Position, suspected } from './look.ts'

export async function* givenKeys(
  context: LookContext,
  keys: readonly Key[],
  from: Position,
): AsyncGenerator<Look> {
  const { name, primary, secondary, size } = context
  for (let start = Number(from.after ?? 0); ;) {
    const some = keys.slice(start, start + size())
    const asked = new Map(some.map((key) => [key, null]))
    const [there, here] = await Promise.all([primary.byKey(name, some), secondary.byKey(name, some)])
    start += some.length
    yield {
      rows: some.length,
      suspects: suspected(context, onlyKnown(there, asked), onlyKnown(here, asked)),
      next: start >= keys.length ? null : { phase: 'forward', after: String(start) },
    }
    if (start >= keys.length) return
  }
}

// Each side has its own order of keys (texts under two collations, say): rows of the primary in its order, the secondary's by their
// keys; then the secondary's in its own order, to find those that the primary does not have.

import { type Look, type LookContext, mapOf, onlyKnown, type Position, suspected } from './look.ts'

export async function* byKey(context: LookContext, from: Position): AsyncGenerator<Look> {
  if (from.phase === 'forward') yield* forward(context, from)
  if (context.reverse)
    yield* reverse(context, from.phase === 'reverse' ? from : { phase: 'reverse', after: null })
}

async function* forward(context: LookContext, { after }: Position): AsyncGenerator<Look> {
  const { name, primary, secondary, size } = context
  let limit = size()
  let page = await primary.page(name, { after, upTo: null }, limit)
  for (;;) {
    const last = page.length < limit ? null : page.at(-1)!.key
    const nextLimit = size()
    const [others, nextPage] = await Promise.all([
      secondary.byKey(
        name,
        page.map(({ key }) => key),
      ),
      last === null ? [] : primary.page(name, { after: last, upTo: null }, nextLimit),
    ])
    const there = mapOf(page)
    const end: Position | null = context.reverse ? { phase: 'reverse', after: null } : null
    const next: Position | null = last === null ? end : { phase: 'forward', after: last }
    yield { rows: page.length, suspects: suspected(context, there, onlyKnown(others, there)), next }
    if (last === null) return
    ;[page, limit] = [nextPage, nextLimit]
  }
}

async function* reverse(
  { name, primary, secondary, size }: LookContext,
  from: Position,
): AsyncGenerator<Look> {
  let { after } = from
  for (;;) {
    const limit = size()
    const page = await secondary.page(name, { after, upTo: null }, limit)
    const keys = page.map(({ key }) => key)
    const there = await primary.byKey(name, keys)
    const suspects = keys.filter((key) => !there.has(key)).map((key) => ({ table: name, key }))
    after = page.length < limit ? null : keys.at(-1)!
    yield { rows: page.length, suspects, next: after === null ? null : { phase: 'reverse', after } }
    if (after === null) return
  }
}

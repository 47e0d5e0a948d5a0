// Rows here and there: short stretches of the primary's order, the first one somewhere and the others at equal distances.

import { systemClock } from '@twinwrite/core'
import { type Look, type LookContext, mapOf, onlyKnown, type Position, suspected } from './look.ts'

const stretchRows = 20

export async function* sample(context: LookContext, wanted: number, from: Position): AsyncGenerator<Look> {
  const { name, primary, secondary } = context
  const stretches = Math.ceil(wanted / stretchRows)
  const stride = Math.max(1, Math.floor((await primary.estimate(name)) / stretches) - stretchRows)
  let { after } = from
  if (after === null && stride > 1)
    after = await primary.keyBeyond(name, null, 1 + Math.floor(systemClock.random() * stride))
  for (let stretch = 1; ; stretch++) {
    const page = await primary.page(name, { after, upTo: null }, Math.min(stretchRows, wanted))
    const there = mapOf(page)
    const here = await secondary.byKey(name, [...there.keys()])
    const last = page.at(-1)?.key ?? null
    after = last === null || stretch >= stretches ? null : await primary.keyBeyond(name, last, stride)
    yield {
      rows: page.length,
      suspects: suspected(context, there, onlyKnown(here, there)),
      next: after === null ? null : { phase: 'forward', after },
    }
    if (after === null) return
  }
}

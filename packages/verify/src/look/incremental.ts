// Rows that the primary says were written since the last pass, in the order of that time and then of the key. It is an accelerator and
// no proof: deletes, writes that leave the time alone, and what somebody did on the secondary are only seen by a full look.

import { type Look, type LookContext, mapOf, onlyKnown, type Position, suspected } from './look.ts'
import type { Watermark } from './watermark.ts'

export async function* incremental(
  { name, primary, secondary, ...context }: LookContext,
  column: string,
  watermark: Watermark,
  from: Position,
): AsyncGenerator<Look> {
  let after = from.after
  let time = from.time ?? (after === null ? await watermark.begin() : watermark.from())
  for (;;) {
    const limit = context.size()
    const page = await primary.changed(name, column, { time, after }, limit)
    const there = mapOf(page)
    const here = await secondary.byKey(name, [...there.keys()])
    const suspects = suspected({ ...context, name, primary, secondary }, there, onlyKnown(here, there))
    const last = page.length < limit ? undefined : page.at(-1)
    if (last === undefined) await watermark.end()
    yield {
      rows: page.length,
      suspects,
      next: last === undefined ? null : { phase: 'forward', after: last.key, time: last.time },
    }
    if (last === undefined) return
    ;[time, after] = [last.time, last.key]
  }
}

// Rows that only the secondary has, taken away through apply: they were applied while the fleet left source-only, or stood there before.

import { insisting, type Key } from '@twinwrite/core'
import type { RunContext } from './context.ts'
import { applyKeys, steady } from './live-chunk.ts'

/** One page. @param part where it is noted @returns false when nothing is left */
export async function extraChunk(context: RunContext, table: string, part: number): Promise<boolean> {
  const { from, load, notes, signal, size, throttle, to } = context
  const [note, held] = [notes.part(table, part), notes.held(table, part)]
  if (note.done) return false
  const wanted = steady(size.keys.rows)
  await throttle.secondary.pass(wanted, signal)
  const begun = load.clock.now()
  const after: Key | null = note.after
  const keys = await insisting(load, () => to.keys(table, { after, upTo: null }, wanted))
  const there = await insisting(load, () => from.present(table, keys))
  const extra = keys.filter((key) => !there.has(key)).map((key) => ({ table, key }))
  size.keys.took(keys.length, load.clock.now() - begun)
  if (extra.length > 0) await applyKeys(context, extra)
  const next = {
    after: keys.at(-1) ?? after,
    rows: note.rows + extra.length,
    done: keys.length < wanted,
    live: true,
  }
  await notes.savePart(table, part, next, held)
  return !notes.part(table, part).done
}

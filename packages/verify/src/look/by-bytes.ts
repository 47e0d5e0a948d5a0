// Both sides hold their rows in the same order: ranges of the primary are compared as digests or bytes, several at a time, and only rows
// that differ in these as values. Where bytes differ although the rows are equal (documents written in two ways, say), the rest
// goes by values.

import { type Key, type RowKey, systemClock } from '@twinwrite/core'
import { byRange } from './by-range.ts'
import { type Look, type LookContext, onlyKnown, type Position, suspected } from './look.ts'
import { window } from './window.ts'

/** Rows of a chunk that are held in memory. */
export const mostValues = 10_000

interface Range {
  readonly after: Key | null
  readonly upTo: Key | null
  /** Of the primary, at most. */
  readonly rows: number
}

interface Compared {
  readonly range: Range
  readonly rows: number
  /** Null: the two can't be compared in this way. */
  readonly suspects: readonly RowKey[] | null
  /** Equal rows differed in their bytes, and not just some. */
  readonly inVain: boolean
  readonly ms: number
}

export async function* byBytes(context: LookContext, from: Position): AsyncGenerator<Look> {
  const asValues = { ...context, size: () => Math.min(context.size(), mostValues) }
  const ranges = rangesOf(context, from.after)
  const coming: Promise<Compared>[] = []
  const send = async (): Promise<void> => {
    while (coming.length < context.lanes()) {
      const next = await ranges.next()
      if (next.done === true) return
      const compared = compare(context, next.value)
      compared.catch(() => undefined) // told when its turn comes
      coming.push(compared)
    }
  }
  try {
    for (await send(); coming.length > 0;) {
      const { range, rows, suspects, inVain, ms } = await coming.shift()!
      if (suspects === null) return yield* byRange(asValues, { phase: 'forward', after: range.after })
      const next: Position | null = range.upTo === null ? null : { phase: 'forward', after: range.upTo }
      if (!inVain) await send()
      yield { rows, suspects, next, ms }
      if (inVain && next !== null) return yield* byRange(asValues, next)
    }
  } finally {
    await Promise.allSettled([...coming, ranges.return(undefined)])
  }
}

/** One after the other to the end of the table; where the next one ends is asked for ahead. */
async function* rangesOf({ name, primary, size }: LookContext, from: Key | null): AsyncGenerator<Range> {
  const ask = (after: Key | null): { rows: number; end: Promise<Key | null> } => {
    const rows = size()
    const end = primary.keyBeyond(name, after, rows)
    end.catch(() => undefined) // told when its turn comes
    return { rows, end }
  }
  let after = from
  let asked = ask(after)
  try {
    for (;;) {
      const { rows, end } = asked
      const upTo = await end
      if (upTo !== null) asked = ask(upTo)
      yield { after, upTo, rows }
      if (upTo === null) return
      after = upTo
    }
  } finally {
    await Promise.allSettled([asked.end])
  }
}

/** A range in which more rows differ is read as values. */
const mostDiffering = (rows: number): number => 200 + (rows >> 2)

async function compare(context: LookContext, range: Range): Promise<Compared> {
  const { table, primary, secondary } = context
  const began = systemClock.now()
  const most = mostDiffering(range.rows)
  const seen = await primary.differing(secondary, table, range, range.rows, most)
  if (seen === null) return { range, rows: 0, suspects: null, inVain: true, ms: 0 }
  const { rows, keys } = seen
  const suspects = keys === null ? await suspectsWithin(context, range) : await suspectsAt(context, keys)
  const inVain = keys === null && suspects.length < most / 2
  return { range, rows, suspects, inVain, ms: systemClock.now() - began }
}

async function suspectsAt(context: LookContext, keys: readonly Key[]): Promise<RowKey[]> {
  const { name, primary, secondary } = context
  const suspects: RowKey[] = []
  for (let start = 0; start < keys.length; start += keysAtOnce) {
    const some = keys.slice(start, start + keysAtOnce)
    const asked = new Map(some.map((key) => [key, null]))
    const [there, here] = await Promise.all([primary.byKey(name, some), secondary.byKey(name, some)])
    suspects.push(...suspected(context, onlyKnown(there, asked), onlyKnown(here, asked)))
  }
  return suspects
}

const keysAtOnce = 200

async function suspectsWithin(context: LookContext, { after, upTo }: Range): Promise<RowKey[]> {
  const suspects: RowKey[] = []
  for (let from = after; ;) {
    const seen = await window(context, { after: from, upTo }, windowRows)
    suspects.push(...seen.suspects)
    if (seen.last === upTo || seen.last === null) return suspects
    from = seen.last
  }
}

const windowRows = 500

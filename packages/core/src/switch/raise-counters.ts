// Counters of one side past everything that the other one has given or both hold: its counter and both largest ids, read now, plus
// headroom; never backwards (failure case e). Upholds W8.

import type { Counter, Store } from '../store.ts'

export async function raiseCounters(from: Store, to: Store, headroom: number): Promise<void> {
  const [given, taken] = await Promise.all([from.counters(), to.counters()])
  const byTable = new Map(given.map((counter) => [counter.table, counter]))
  const raised: { table: string; next: bigint }[] = []
  for (const counter of taken) {
    if (counter.next === null) continue
    const held = counter.max === null ? null : counter.max + 1n
    const used = [held, highest(byTable.get(counter.table))].filter((one) => one !== null)
    if (used.length === 0) continue
    const next = used.reduce((left, right) => (left > right ? left : right)) + BigInt(headroom)
    // What stands there already gives no id twice: this side gives none below its own counter.
    if (next > counter.next) raised.push({ table: counter.table, next })
  }
  if (raised.length > 0) await to.raiseCounters(raised)
}

/** The first id above all that this side has given or holds. */
function highest(counter: Counter | undefined): bigint | null {
  if (counter === undefined) return null
  const { next, max } = counter
  if (max === null) return next
  return next !== null && next > max ? next : max + 1n
}

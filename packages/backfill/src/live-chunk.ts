// A chunk beside live writes: filled in as a whole where none of its rows stands there yet, else row by row through apply, which reads each
// again under the lock of its key (PROTOCOL section 7). Upholds W12.

import { ApplyRejected, insisting, loadRows, type RowKey, TwinwriteError } from '@twinwrite/core'
import type { RunContext } from './context.ts'
import { fillChunk, isUnaccepted } from './fill-chunk.ts'
import type { TablePlan } from './notes.ts'
import { leftOf } from './plan-table.ts'

/** @returns false when nothing is left of the part */
export async function liveChunk(
  context: RunContext,
  table: string,
  plan: TablePlan,
  part: number,
): Promise<boolean> {
  const { clashes } = context
  if (!clashes.mayFill(table)) return rowsChunk(context, table, plan, part)
  try {
    const more = await fillChunk(context, table, plan, part, { role: 'secondary', epoch: null })
    clashes.filled(table)
    return more
  } catch (error) {
    if (!isUnaccepted(error)) throw error
    clashes.clashed(table)
    return rowsChunk(context, table, plan, part)
  }
}

/** Keys without a lock, and then their rows through apply. */
async function rowsChunk(
  context: RunContext,
  table: string,
  plan: TablePlan,
  part: number,
): Promise<boolean> {
  const { from, load, notes, progress, size, throttle, signal } = context
  const [note, held] = [notes.part(table, part), notes.held(table, part)]
  if (note.done) return false
  const range = leftOf(context, table, plan, part)
  const wanted = steady(size.rows.rows)
  await throttle.secondary.pass(wanted, signal)
  const keys = await insisting(load, () => from.keys(table, range, wanted))
  const begun = load.clock.now()
  if (keys.length > 0) {
    await applyKeys(
      context,
      keys.map((key) => ({ table, key })),
    )
  }
  size.rows.took(keys.length, load.clock.now() - begun)
  const done = keys.length < wanted
  const next = { after: keys.at(-1) ?? note.after, rows: note.rows + keys.length, done, live: true }
  if (await notes.savePart(table, part, next, held)) progress.add(table, keys.length)
  return !notes.part(table, part).done
}

/** Powers of two: a text of its own for every number of rows would fill the caches of statements. */
export function steady(rows: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, rows)))
}

/** A row that the secondary does not accept goes to the journal, where it is tried again, then blocked with its reason, and seen. */
export async function applyKeys(context: RunContext, rows: readonly RowKey[]): Promise<void> {
  try {
    await loadRows(context.direction, rows, context.load)
  } catch (error) {
    if (!(error instanceof ApplyRejected)) throw error
    if (rows.length === 1) return toJournal(context, rows[0]!)
    const half = Math.ceil(rows.length / 2)
    await applyKeys(context, rows.slice(0, half))
    await applyKeys(context, rows.slice(half))
  }
}

async function toJournal({ direction, load }: RunContext, row: RowKey): Promise<void> {
  const { primary } = direction
  const fence = await insisting(load, () => primary.readFence())
  const added =
    fence !== null &&
    (await insisting(load, () => primary.addJournal([{ ...row, op: 'update' }], fence.epoch)))
  if (!added) throw new TwinwriteError('TW_BACKFILL_RACED', `the ${primary.side} is not primary any more`)
}

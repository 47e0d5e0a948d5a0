// A chunk into a side that nobody follows meanwhile: its rows, and the note that they are there, in one transaction. Rows that change in the
// primary after they were read have journal entries, so that the follower brings them once the load has ended. Upholds W12, W13.

import { type FillGuard, insisting, type Key, type KeyRange } from '@twinwrite/core'
import type { RunContext } from './context.ts'
import { LoadingEnded } from './loading.ts'
import type { TablePlan } from './notes.ts'
import { leftOf } from './plan-table.ts'

/**
 * @returns false when nothing is left of the part
 * @throws StoreError `unique`, `foreign-key`, `rejected`: rows that only apply can bring, or that nobody can
 */
export async function fastChunk(
  context: RunContext,
  table: string,
  plan: TablePlan,
  part: number,
  epoch: number,
): Promise<boolean> {
  const { direction, from, load, notes, progress, signal, size, throttle, to } = context
  const [note, expected] = [notes.part(table, part), notes.held(table, part)]
  if (note.done) return false
  const left = leftOf(context, table, plan, part)
  const wanted = size.fast.rows
  await throttle.fast.pass(wanted, signal)
  const begun = load.clock.now()
  const end: Key | null = await insisting(load, () => from.keyAt(table, withoutFilter(left), wanted))
  const upTo = end ?? left.upTo
  const done = end === null || end === left.upTo
  const guard: FillGuard = {
    epoch,
    expected,
    next: (rows) =>
      notes.checkpoint(table, part, { after: upTo, rows: note.rows + rows, done, live: note.live }),
  }
  const directed = direction.tables.get(table)!
  const outcome = await insisting(load, () => to.fill(from, directed, { ...left, upTo }, guard))
  switch (outcome.kind) {
    case 'not-loading':
      throw new LoadingEnded()
    case 'checkpoint':
      await notes.again()
      break
    case 'filled':
      notes.written(guard.next(outcome.rows))
      progress.add(table, outcome.rows)
      size.fast.took(outcome.rows, load.clock.now() - begun)
  }
  return !notes.part(table, part).done
}

function withoutFilter({ after, upTo }: KeyRange): KeyRange {
  return { after, upTo }
}

// A chunk as a range of rows, filled in with the note that they are there in one transaction. Where nobody follows meanwhile, rows that change
// after they were read have journal entries, so that the follower brings them once the load has ended. Beside the follower the chunk
// holds every key from before it reads until it is committed. Upholds W5, W12, W13.

import { type FillGuard, insisting, type Key, type KeyRange, StoreError } from '@twinwrite/core'
import type { RunContext } from './context.ts'
import { LoadingEnded, moved } from './loading.ts'
import type { TablePlan } from './notes.ts'
import { leftOf } from './plan-table.ts'

/**
 * @returns false when nothing is left of the part
 * @throws StoreError that `isUnaccepted` knows: rows that only apply can bring, or that nobody can; nothing of the chunk was written
 */
export async function fillChunk(
  context: RunContext,
  table: string,
  plan: TablePlan,
  part: number,
  fence: Pick<FillGuard, 'role' | 'epoch'>,
): Promise<boolean> {
  const { direction, from, load, notes, progress, signal, to } = context
  const [size, throttle] = [context.size[fence.role], context.throttle[fence.role]]
  const [note, expected] = [notes.part(table, part), notes.held(table, part)]
  if (note.done) return false
  const left = leftOf(context, table, plan, part)
  const wanted = size.rows
  await throttle.pass(wanted, signal)
  const end: Key | null = await insisting(load, () => from.keyAt(table, withoutFilter(left), wanted))
  const upTo = end ?? left.upTo
  const done = end === null || end === left.upTo
  const live = note.live || fence.role === 'secondary'
  const guard: FillGuard = {
    ...fence,
    expected,
    next: (rows) => notes.checkpoint(table, part, { after: upTo, rows: note.rows + rows, done, live }),
  }
  const directed = direction.tables.get(table)!
  const outcome = await insisting(load, () => to.fill(from, directed, { ...left, upTo }, guard))
  switch (outcome.kind) {
    case 'fence':
      throw fence.role === 'loading' ? new LoadingEnded() : moved(direction)
    case 'checkpoint':
      await notes.again()
      break
    case 'filled':
      notes.written(guard.next(outcome.rows))
      progress.add(table, outcome.rows)
      size.took(outcome.rows, outcome.ms)
  }
  return !notes.part(table, part).done
}

/** Whether the side does not take the rows as they were read, in contrast to a side that does not answer. */
export function isUnaccepted(error: unknown): error is StoreError {
  return error instanceof StoreError && ['unique', 'foreign-key', 'rejected'].includes(error.reason)
}

function withoutFilter({ after, upTo }: KeyRange): KeyRange {
  return { after, upTo }
}

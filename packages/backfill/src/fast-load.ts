// The fast way: tables that are as good as empty are filled while nothing is applied; then the follower catches up from the journal, which
// is exact without any comparison, since every row that changed since the barrier has an entry. Upholds W8, W12, W13.

import { type Checkpoint, type FillGuard, insisting } from '@twinwrite/core'
import type { RunContext } from './context.ts'
import { fillChunk, isUnaccepted } from './fill-chunk.ts'
import { dropIndexes, forgetIndexes, restoreIndexes, worthwhileRows } from './kept-indexes.ts'
import { beginLoading, endLoading, LoadingEnded, moved } from './loading.ts'
import type { TablePlan } from './notes.ts'
import { cutTable } from './plan-table.ts'
import { sideBySide } from './side-by-side.ts'

/** Rows that a table may hold and still be emptied: the follower brings the first ones at once. */
const asGoodAsEmpty = 5000

/** @param loaded tables that may be read @returns the tables that can be filled fast now, of those that are not loaded yet */
export async function fastTables(
  context: RunContext,
  tables: readonly string[],
  loaded: readonly string[],
): Promise<string[]> {
  const fence = await insisting(context.load, () => context.direction.secondary.readFence())
  const found: string[] = []
  for (const table of tables) {
    const strict = loaded.includes(table) || context.options.where?.[table] !== undefined
    if (await isFast(context, table, fence?.role === 'loading', strict)) found.push(table)
  }
  return found
}

async function isFast(
  context: RunContext,
  table: string,
  loading: boolean,
  strict: boolean,
): Promise<boolean> {
  const { load, notes, to } = context
  const plan = notes.plan(table)
  if (plan !== null) return plan.way === 'fast' && loading && !isComplete(context, table, plan)
  // What stands there is of a fast load before this one: nobody else has written since.
  if (loading && notes.lastWay(table) === 'fast') return true
  const most = strict ? 0 : asGoodAsEmpty
  const there = await insisting(load, () => to.keys(table, { after: null, upTo: null }, most + 1))
  return there.length <= most
}

export function isComplete({ notes }: RunContext, table: string, { ends }: TablePlan): boolean {
  return ends.every((_, index) => notes.part(table, index + 1).done)
}

/** @returns why the rest must be loaded live; null when all is done */
export async function loadFast(
  context: RunContext,
  tables: readonly string[],
  loaded: readonly string[],
): Promise<string | null> {
  const { direction, load, migration } = context
  const epoch = await beginLoading(migration, direction, load)
  try {
    for (const table of await fastTables(context, tables, loaded)) await fillTable(context, table, epoch)
  } catch (error) {
    if (error instanceof LoadingEnded) return endedElsewhere(context, tables, epoch)
    if (!isUnaccepted(error)) throw error
    // Rows were read at several times: a value that moved between them clashes here, and is settled by apply.
    await leaveFast(context)
    return error.message
  }
  await leaveFast(context)
  return null
}

/** Another process of the same load has filled the last chunk, or could not go on the fast way. @returns why the rest goes on live */
async function endedElsewhere(
  context: RunContext,
  tables: readonly string[],
  epoch: number,
): Promise<string | null> {
  const { direction, load, notes } = context
  const fence = await insisting(load, () => direction.secondary.readFence())
  if (fence?.role !== 'secondary' || fence.epoch !== epoch) throw moved(direction)
  await leaveFast(context)
  await notes.again()
  const done = tables.every((table) => {
    const plan = notes.plan(table)
    return plan !== null && isComplete(context, table, plan)
  })
  return done ? null : 'another process has ended it'
}

/** Puts back what the load took away; then the side follows again. */
export async function leaveFast({
  direction,
  load,
  to,
}: Pick<RunContext, 'direction' | 'load' | 'to'>): Promise<void> {
  const { secondary } = direction
  await restoreIndexes(secondary, to, load)
  await endLoading(direction, load)
  // Another loader may have dropped some in between; from here on nobody can.
  await restoreIndexes(secondary, to, load)
  await forgetIndexes(secondary, load)
}

async function fillTable(context: RunContext, table: string, epoch: number): Promise<void> {
  const { direction, load, notes, parallel, progress, signal, to } = context
  const plan = await planOf(context, table, epoch)
  const parts = plan.ends.map((_, index) => index + 1)
  const rows = notes.rows(table, plan)
  progress.set(table, { way: 'fast', estimate: plan.estimate, rows, done: false })
  if (plan.estimate >= worthwhileRows && !(await dropIndexes(direction.secondary, to, table, epoch, load)))
    throw new LoadingEnded()
  await sideBySide(parts, parallel, load.clock, signal, (part) =>
    fillChunk(context, table, plan, part, { role: 'loading', epoch }),
  )
  // Other processes may have filled some of it.
  progress.set(table, { rows: notes.rows(table, plan), done: true })
}

/** The table is emptied in the transaction that notes its plan: never again after its first chunk. */
async function planOf(context: RunContext, table: string, epoch: number): Promise<TablePlan> {
  const { load, notes, to } = context
  for (;;) {
    const noted = notes.plan(table)
    if (noted !== null) return noted
    const plan = await cutTable(context, table, 'fast')
    await notes.beginParts(table, plan.ends.length + 1)
    // Somebody else may have begun it meanwhile, and have filled in rows.
    if (notes.plan(table) !== null) continue
    const checkpoint: Checkpoint = notes.checkpoint(table, 0, plan)
    const guard: FillGuard = {
      role: 'loading',
      epoch,
      expected: notes.held(table, 0),
      next: () => checkpoint,
    }
    const { kind } = await insisting(load, () => to.empty(table, guard))
    if (kind === 'fence') throw new LoadingEnded()
    if (kind === 'filled') notes.written(checkpoint)
    else await notes.again()
  }
}

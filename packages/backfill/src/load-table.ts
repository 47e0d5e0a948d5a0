// The live way, table by table: rows that only the secondary has are taken away while it holds few, then all rows of the primary come, then
// the marks are deleted that this settles. Upholds W10, W12.

import { insisting } from '@twinwrite/core'
import type { RunContext } from './context.ts'
import { extraChunk } from './extra-rows.ts'
import { isComplete } from './fast-load.ts'
import { liveChunk } from './live-chunk.ts'
import { outwaitApplies } from './loading.ts'
import type { TablePlan } from './notes.ts'
import { cutTable } from './plan-table.ts'
import { sideBySide } from './side-by-side.ts'

/** Also ends what was begun the fast way. */
export async function loadLive(context: RunContext, table: string): Promise<void> {
  const { direction, load, notes, parallel, progress, signal } = context
  const plan = await planOf(context, table, () => cutTable(context, table, 'live'))
  const parts = plan.ends.map((_, index) => index + 1)
  const wholly =
    plan.way === 'fast' &&
    isComplete(context, table, plan) &&
    !parts.some((part) => notes.part(table, part).live)
  const rows = notes.rows(table, plan)
  progress.set(table, { way: wholly ? 'fast' : 'live', estimate: plan.estimate, rows, done: wholly })
  if (!wholly) {
    const last = parts.length + 1
    if (!notes.part(table, last).done) await outwaitApplies(direction, load)
    await sideBySide([last], parallel, load.clock, signal, (part) => extraChunk(context, table, part))
    await sideBySide(parts, parallel, load.clock, signal, (part) => liveChunk(context, table, plan, part))
  }
  if (plan.marks.length > 0) await insisting(load, () => direction.primary.deleteMarks(plan.marks))
  // Other processes may have loaded some of it.
  progress.set(table, { rows: notes.rows(table, plan), done: true })
}

/** @param cut makes the plan where none is noted */
export async function planOf(
  { notes }: RunContext,
  table: string,
  cut: () => Promise<TablePlan>,
): Promise<TablePlan> {
  for (;;) {
    const noted = notes.plan(table)
    if (noted !== null) return noted
    const plan = await cut()
    await notes.beginParts(table, plan.ends.length + 1)
    // Somebody else may have cut it meanwhile.
    if (notes.plan(table) === null) await notes.savePlan(table, plan)
  }
}

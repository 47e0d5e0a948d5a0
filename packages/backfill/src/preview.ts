// What a backfill would do now, without doing any of it.

import { followedSince, insisting, type RunningMigration } from '@twinwrite/core'
import { joinLast, mayBeFast, refuseUnfit } from './carry-out.ts'
import type { RunContext } from './context.ts'
import { fastTables } from './fast-load.ts'
import { writtenColumn } from './load-since.ts'
import { isLoaded, loadedBefore } from './loaded.ts'
import { openContext, wantedTables } from './open-context.ts'
import type { BackfillOptions } from './options.ts'
import { Progress, type TableProgress } from './progress.ts'
import { inLoadOrder } from './table-order.ts'

export interface BackfillPreview {
  /** Whether it would go on where an earlier run has ended. */
  readonly resumes: boolean
  /** Writes leave no journal entries yet: `setStage('source-first')` comes first. */
  readonly early: boolean
  /** In the order in which they would be loaded; `rows` are those that an earlier run has loaded. */
  readonly tables: readonly TableProgress[]
}

/**
 * Also before anybody follows.
 * @throws TwinwriteError `TW_STAGE_STEP` in target-only; `TW_FAST_LOAD_UNFIT`, `TW_TABLE_UNKNOWN`, `TW_UNREACHABLE`
 */
export async function previewBackfill(
  migration: RunningMigration,
  options: BackfillOptions = {},
): Promise<BackfillPreview> {
  const direction = await migration.following({ early: true })
  const names = inLoadOrder(direction, wantedTables(direction, options))
  const context = openContext(migration, direction, options, {
    progress: new Progress(migration.loadOptions.clock),
    signal: new AbortController().signal,
    parallel: () => 1,
  })
  try {
    await context.notes.read()
    const since = await insisting(context.load, () => followedSince(direction.primary))
    const joined = joinLast(context, since)
    const loaded = joined?.loaded ?? loadedBefore(context.notes, direction.tables.keys())
    const fast = mayBeFast(options) ? await fastTables(context, names, loaded) : []
    if (options.way === 'fast') refuseUnfit(context, names, fast)
    const tables: TableProgress[] = []
    for (const table of names) tables.push(await tableOf(context, table, fast.includes(table)))
    return { resumes: joined !== null, early: since === null, tables }
  } finally {
    await context.close()
  }
}

async function tableOf(context: RunContext, table: string, fast: boolean): Promise<TableProgress> {
  const { from, load, notes } = context
  const plan = notes.plan(table)
  if (plan === null && writtenColumn(context, table) !== null)
    return { table, way: 'since', rows: 0, estimate: 0, done: false }
  if (plan === null) {
    const estimate = await insisting(load, () => from.estimate(table))
    return { table, way: fast ? 'fast' : 'live', rows: 0, estimate, done: false }
  }
  const rows = notes.rows(table, plan)
  const done = isLoaded(notes, table)
  return { table, way: fast ? 'fast' : done ? plan.way : 'live', rows, estimate: plan.estimate, done }
}

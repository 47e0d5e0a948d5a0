// What a verification would do now, without doing any of it.

import { followedSince, otherSide, type RunningMigration, type SideRows } from '@twinwrite/core'
import { wayName } from './look/way-of.ts'
import { type Settings, settled, type VerifyMode, type VerifyOptions } from './options.ts'
import { Progress } from './progress.ts'

export interface VerifyPreview {
  readonly mode: VerifyMode
  /** Whether it would go on where an earlier run has ended. */
  readonly resumes: boolean
  /** Nobody follows yet: `setStage('source-first')` comes first. */
  readonly early: boolean
  readonly tables: readonly {
    readonly table: string
    /** Mode `full`: `range` or `key`; else the mode. */
    readonly way: string
    /** Rows that would be compared, as far as the statistics know; of mode `incremental` no more than these. */
    readonly estimate: number
  }[]
}

/** Also before anybody follows. @throws TwinwriteError `TW_STAGE_STEP` in target-only; `TW_CONFIG_INVALID`, `TW_COLUMN_UNKNOWN`, `TW_UNREACHABLE` */
export async function previewVerify(
  migration: RunningMigration,
  options: VerifyOptions = {},
): Promise<VerifyPreview> {
  const direction = await migration.following({ early: true })
  const settings = settled(options, direction)
  const { primarySide } = direction
  const since = await followedSince(migration.stores.source)
  const resumes = await Progress.resumes(migration.stores.target, direction, settings, since)
  const engines = [migration.engines[primarySide], migration.engines[otherSide(primarySide)]] as const
  const rows = migration.openRows(primarySide, 1)
  try {
    const tables: VerifyPreview['tables'][number][] = []
    for (const table of settings.tables) {
      const way = wayName(direction.tables.get(table)!, settings, engines)
      tables.push({ table, way, estimate: await estimateOf(rows, table, settings) })
    }
    const { stage } = await migration.look()
    return { mode: settings.mode, resumes, early: stage === 'source-only', tables }
  } finally {
    await rows.close()
  }
}

async function estimateOf(rows: SideRows, table: string, { mode, keys, sample }: Settings): Promise<number> {
  if (mode === 'keys') return new Set(keys[table]).size
  const all = await rows.estimate(table)
  return mode === 'sample' ? Math.min(sample, all) : all
}

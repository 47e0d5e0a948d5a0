// Steering a backfill while it runs, from any process: what is wanted stands in the database, and the run looks at it every second.

import type { RunningMigration, Store } from '@twinwrite/core'

export interface Tuning {
  readonly parallel?: number
  /** Null: no limit. */
  readonly rowsPerSecond?: number | null
  readonly chunkMs?: number
}

export interface Wanted extends Tuning {
  readonly paused?: boolean
}

const place = { run: 'backfill-control', table: '*', part: 0 } as const

/** Chunks under way end, and none begins. @throws TwinwriteError `TW_STAGE_STEP` where nobody follows */
export function pauseBackfill(migration: RunningMigration): Promise<void> {
  return change(migration, { paused: true })
}

export function resumeBackfill(migration: RunningMigration): Promise<void> {
  return change(migration, { paused: false })
}

/** Holds until it is changed again, for later runs too. */
export function retuneBackfill(migration: RunningMigration, tuning: Tuning): Promise<void> {
  return change(migration, tuning)
}

async function change(migration: RunningMigration, wanted: Wanted): Promise<void> {
  const { secondary } = await migration.following()
  for (;;) {
    const body = (await secondary.checkpoints(place.run))[0]?.body ?? null
    const next = JSON.stringify({ ...read(body), ...wanted })
    if (await secondary.saveCheckpoint({ ...place, body: next }, body)) return
  }
}

export async function wantedOf(secondary: Store): Promise<Wanted> {
  return read((await secondary.checkpoints(place.run))[0]?.body ?? null)
}

function read(body: string | null): Wanted {
  return body === null ? {} : (JSON.parse(body) as Wanted)
}

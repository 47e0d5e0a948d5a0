// The last result of each mode that covered all tables: what the gates of a switch ask for.

import type { RunningMigration, Side } from '@twinwrite/core'
import type { VerifyMode } from './options.ts'
import type { VerifyReport } from './report.ts'

const run = 'verified'

export interface Verified {
  readonly mode: VerifyMode
  readonly primary: Side
  readonly reverse: boolean
  /** As of the report: one from before a time without journal says nothing of what was written then. */
  readonly since: number | null
  readonly startedAt: string
  readonly finishedAt: string
  readonly rows: number
  readonly mismatches: number
  readonly open: number
  readonly inFlight: number
  readonly clean: boolean
}

/** As it was found. */
export interface VerifiedSeen extends Verified {
  /** Since its end, by the database's clock. */
  readonly ageMs: number
}

export async function saveVerified(migration: RunningMigration, report: VerifyReport): Promise<void> {
  const { mode, primary, reverse, since, startedAt, finishedAt, rows, mismatches, open, inFlight, clean } =
    report
  const verified: Verified = {
    mode,
    primary,
    reverse,
    since,
    startedAt,
    finishedAt,
    rows,
    mismatches,
    open,
    inFlight: inFlight.length,
    clean,
  }
  await migration.stores.target.saveCheckpoint({ run, table: mode, part: 0, body: JSON.stringify(verified) })
}

/** By mode; none for a mode that never came to its end over all tables. */
export async function lastVerified(migration: RunningMigration): Promise<readonly VerifiedSeen[]> {
  const found = await migration.stores.target.checkpoints(run)
  return found.map(({ body, ageMs }) => ({ ...(JSON.parse(body) as Verified), ageMs }))
}

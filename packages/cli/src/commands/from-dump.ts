// A target that was filled from a dump or by another tool is brought up to date: every row compared, and what differs repaired. As after a
// load, its counters are set, and the table marks of before are settled.

import { followedSince, TwinwriteError } from '@twinwrite/core'
import { reportText, verify } from '@twinwrite/verify'
import type { Operation, Outcome } from '../operation.ts'
import { watched } from '../run-view.ts'
import { verifyCode } from './verify-outcome.ts'
import { verifyView } from './verify-progress.ts'

interface Wanted {
  readonly tables?: readonly string[]
  readonly parallel?: number
  readonly rowsPerSecond?: number
}

/** @throws TwinwriteError `TW_BACKFILL_EARLY`, `TW_BACKFILL_RACED`, `TW_STAGE_STEP` */
export async function fromDump(
  operation: Operation,
  { tables, parallel, rowsPerSecond }: Wanted,
): Promise<Outcome> {
  const { migration, entry } = operation
  const direction = await migration.following()
  const { primary, primarySide } = direction
  const since = await followedSince(primary)
  if (since === null)
    throw new TwinwriteError('TW_BACKFILL_EARLY', `writes of the ${primarySide} may still be unjournaled`)
  const marks = await primary.marks()
  const run = verify(migration, {
    ...entry.verify,
    ...(tables === undefined ? {} : { tables }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }),
    mode: 'full',
    repair: true,
  })
  const report = await watched({ ...operation, what: 'compare and repair' }, run, () =>
    verifyView(run.progress()),
  )
  if ((await followedSince(primary)) !== since)
    throw new TwinwriteError('TW_BACKFILL_RACED', `the ${primarySide} was not followed in between`)
  if (report.clean) {
    await migration.raiseCounters(direction)
    const covered = new Set(report.tables.map(({ table }) => table))
    await primary.deleteMarks(marks.filter(({ table }) => covered.has(table)).map(({ id }) => id))
  }
  return { data: report, text: reportText(report), code: verifyCode(report) }
}

// A target that was filled from a dump or by another tool is brought up to date: every row compared, and what differs repaired. As after a
// load, its counters are set, the table marks of before are settled, and the tables count as loaded.

import { countAsLoaded } from '@twinwrite/backfill'
import { followedSince, type Store, TwinwriteError } from '@twinwrite/core'
import { reportText, verify, type VerifyReport } from '@twinwrite/verify'
import type { Operation, Outcome } from '../operation.ts'
import { watched } from '../run-view.ts'
import { verifyCode } from './verify-outcome.ts'
import { verifyView } from './verify-progress.ts'

interface Wanted {
  readonly tables?: readonly string[]
  readonly parallel?: number
  readonly rowsPerSecond?: number
  readonly chunkMs?: number
}

/** @throws TwinwriteError `TW_BACKFILL_EARLY`, `TW_BACKFILL_RACED`, `TW_STAGE_STEP` */
export async function fromDump(
  operation: Operation,
  { tables, parallel, rowsPerSecond, chunkMs }: Wanted,
): Promise<Outcome> {
  const { migration, entry } = operation
  const direction = await migration.following()
  const { primary, primarySide } = direction
  const since = await followedSince(primary)
  if (since === null)
    throw new TwinwriteError('TW_BACKFILL_EARLY', `writes of the ${primarySide} may still be unjournaled`)
  const { throttle = {} } = entry.backfill
  if (throttle.commitMs !== undefined || throttle.replicas !== undefined)
    operation.say(
      'a comparison waits for the lag of the journal only, not for `backfill.throttle.commitMs` or `replicas`',
    )
  const run = verify(migration, {
    ...entry.verify,
    ...(throttle.lagMs === undefined ? {} : { maxLagMs: throttle.lagMs }),
    ...(tables === undefined ? {} : { tables }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }),
    ...(chunkMs === undefined ? {} : { chunkMs }),
    mode: 'full',
    // A replica may not have yet what a mark stands for.
    replicas: {},
    repair: true,
    settleMarks: true,
  })
  const report = await watched({ ...operation, what: 'compare and repair' }, run, () =>
    verifyView(run.progress()),
  )
  if ((await followedSince(primary)) !== since)
    throw new TwinwriteError('TW_BACKFILL_RACED', `the ${primarySide} was not followed in between`)
  if (report.clean) {
    await migration.raiseCounters(direction)
    const compared = report.tables.map(({ table }) => table)
    await countAsLoaded(migration, direction, compared, since)
  }
  const marked = report.clean ? await markedOf(primary, report) : []
  const left =
    marked.length === 0 ? '' : `\nmarks on ${marked.join(', ')} were set meanwhile: the same command again`
  return { data: report, text: `${reportText(report)}${left}`, code: verifyCode(report) }
}

/** Whose marks came after the comparison had begun. */
async function markedOf(primary: Store, { tables }: VerifyReport): Promise<readonly string[]> {
  const marked = new Set((await primary.marks()).map(({ table }) => table))
  return tables.map(({ table }) => table).filter((table) => marked.has(table))
}

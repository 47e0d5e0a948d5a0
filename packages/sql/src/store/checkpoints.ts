// Where runs stand that can be resumed. A checkpoint is written as a whole, where asked as a compare-and-set, so that of two runs that
// believe to be the only one just one goes on. Upholds W13.

import type { Checkpoint, CheckpointSeen } from '@twinwrite/core'
import type { Session } from '../session.ts'
import { raw, type Sql, sql, value } from '../sql-text.ts'
import type { StoreContext } from './context.ts'
import { unlessMissing } from './installation.ts'

export async function checkpoints(context: StoreContext, run: string): Promise<CheckpointSeen[]> {
  const found = await unlessMissing(() =>
    context.run(
      sql`SELECT tbl, part, body, ${context.engine.now} - written_at FROM ${raw(context.tables.checkpoint)}
        WHERE ${context.mine()} AND run = ${value(run)} ORDER BY tbl, part`,
    ),
  )
  return (found?.rows ?? []).map(([table, part, body, age]) => ({
    run,
    table: String(table),
    part: Number(part),
    body: String(body),
    ageMs: Math.max(0, Number(age)),
  }))
}

/** On a session of the caller's, whose transaction it may be a part of. @returns false when the expectation did not hold */
export async function saveCheckpoint(
  context: StoreContext,
  session: Session,
  checkpoint: Checkpoint,
  expected: string | null | undefined,
): Promise<boolean> {
  if (expected !== null && (await updated(context, session, checkpoint, expected))) return true
  if (expected !== undefined && expected !== null) return false
  if (await inserted(context, session, checkpoint)) return true
  return expected === undefined && updated(context, session, checkpoint, expected)
}

export async function deleteCheckpoints(context: StoreContext, run: string): Promise<void> {
  await unlessMissing(() =>
    context.run(
      sql`DELETE FROM ${raw(context.tables.checkpoint)} WHERE ${context.mine()} AND run = ${value(run)}`,
    ),
  )
}

async function updated(
  context: StoreContext,
  session: Session,
  checkpoint: Checkpoint,
  expected: string | undefined,
): Promise<boolean> {
  const { run, table, part, body } = checkpoint
  const over: Sql = expected === undefined ? sql`` : sql` AND body = ${value(expected)}`
  const { affected } = await context.on(
    session,
    sql`UPDATE ${raw(context.tables.checkpoint)} SET body = ${value(body)}, written_at = ${context.engine.now}
      WHERE ${context.mine()} AND run = ${value(run)} AND tbl = ${value(table)} AND part = ${value(part)}${over}`,
  )
  return affected === 1
}

async function inserted(context: StoreContext, session: Session, checkpoint: Checkpoint): Promise<boolean> {
  const { engine, tables, naming } = context
  const { run, table, part, body } = checkpoint
  const { affected } = await session.query({
    sql: engine
      .control(tables)
      .insertAbsent(
        tables.checkpoint,
        ['migration', 'cohort', 'run', 'tbl', 'part', 'body', 'written_at'],
        [
          ...[naming.migration, naming.cohort, run, table].map((text) => engine.literal(text)),
          String(part),
          engine.literal(body),
          engine.now.texts[0]!,
        ],
      ),
    bindings: [],
  })
  return affected === 1
}

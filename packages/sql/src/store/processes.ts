// The processes of the fleet as this side's database knows them, by its own clock.

import { isStage, type ProcessBeat, type ProcessSeen, StoreError } from '@twinwrite/core'
import { raw, sql, value } from '../sql-text.ts'
import type { StoreContext } from './context.ts'

/** Processes that were not heard of for so long are dead, and forgotten by the next one that registers. */
const forgetMs = 24 * 60 * 60 * 1000

export async function beat(context: StoreContext, process: ProcessBeat): Promise<void> {
  const { engine, tables } = context
  const migration = value(context.naming.migration)
  const { affected } = await context.run(
    sql`UPDATE ${raw(tables.process)} SET stage = ${value(process.stage)}, epoch = ${value(process.epoch)}, seen_at = ${engine.now}
      WHERE migration = ${migration} AND id = ${value(process.id)}`,
  )
  if (affected > 0) return
  const { id, host, pid, version, orm, stage, epoch } = process
  await context.run(
    sql`INSERT INTO ${raw(tables.process)} (migration, id, host, pid, version, orm, stage, epoch, seen_at)
      VALUES (${migration}, ${value(id)}, ${value(host)}, ${value(pid)}, ${value(version)}, ${value(orm)}, ${value(stage)}, ${value(epoch)}, ${engine.now})`,
  )
  await context.run(
    sql`DELETE FROM ${raw(tables.process)} WHERE migration = ${migration} AND seen_at < ${engine.now} - ${raw(String(forgetMs))}`,
  )
}

export async function processes(context: StoreContext): Promise<ProcessSeen[]> {
  const { engine, tables } = context
  const { rows } = await context.run(
    sql`SELECT id, host, pid, version, orm, stage, epoch, ${engine.now} - seen_at FROM ${raw(tables.process)}
      WHERE migration = ${value(context.naming.migration)} ORDER BY host, pid, id`,
  )
  return rows.map(([id, host, pid, version, orm, stage, epoch, age]) => {
    if (!isStage(stage))
      throw new StoreError(context.side, 'version', `a process reports the unknown stage ${String(stage)}`)
    return {
      id: String(id),
      host: String(host),
      pid: Number(pid),
      version: String(version),
      orm: String(orm),
      stage,
      epoch: Number(epoch),
      ageMs: Math.max(0, Number(age)),
    }
  })
}

export async function forget(context: StoreContext, processId: string): Promise<void> {
  await context.run(
    sql`DELETE FROM ${raw(context.tables.process)} WHERE migration = ${value(context.naming.migration)} AND id = ${value(processId)}`,
  )
}

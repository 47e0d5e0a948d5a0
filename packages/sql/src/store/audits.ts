// Who moved the stage when, and what came of it: only added to.

import type { Audit } from '@twinwrite/core'
import { raw, sql, value } from '../sql-text.ts'
import type { StoreContext } from './context.ts'
import { unlessMissing } from './installation.ts'
import { limitText } from './journal.ts'

export async function addAudit(context: StoreContext, body: string): Promise<void> {
  const { engine, tables, naming } = context
  await context.run(
    sql`INSERT INTO ${raw(tables.audit)} (migration, cohort, body, written_at)
      VALUES (${value(naming.migration)}, ${value(naming.cohort)}, ${value(body)}, ${engine.now})`,
  )
}

export async function audits(context: StoreContext, limit: number): Promise<Audit[]> {
  const found = await unlessMissing(() =>
    context.run(
      sql`SELECT body, written_at FROM ${raw(context.tables.audit)}
        WHERE ${context.mine()} ORDER BY id DESC LIMIT ${limitText(limit)}`,
    ),
  )
  return (found?.rows ?? []).map(([body, writtenAt]) => ({
    body: String(body),
    writtenAt: new Date(Number(writtenAt)).toISOString(),
  }))
}

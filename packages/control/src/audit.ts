// The audit trail: one entry when a step is begun and one when it has ended, so that a controller that died is seen as well. Kept
// in the target, or in the source while the target does not answer.

import { randomUUID } from 'node:crypto'
import { type Audit, type RunningMigration, type Stage, type Store, StoreError } from '@twinwrite/core'
import type { Gate } from './gate.ts'

export type StepOutcome = 'done' | 'refused' | 'failed'

/** One step as somebody asked for it. */
export interface AuditedStep {
  readonly id: string
  /** ISO 8601, by the database's clock: when it was asked for. */
  readonly at: string
  /** Who asked: user and host, or what the caller says. */
  readonly by: string
  readonly from: Stage
  readonly to: Stage
  readonly reason: string | null
  /** Closed gates that were passed by force. */
  readonly forced: readonly Gate[]
  /** `unknown`: whoever drove it has said nothing since; `twinwrite status` shows the stage. */
  readonly outcome: StepOutcome | 'unknown'
  /** Why it did not come to its end. */
  readonly error: string | null
  /** Milliseconds in which no write could commit, also of a switch that went back; null for a step that froze nothing. */
  readonly pauseMs: number | null
}

type Begun = Pick<AuditedStep, 'by' | 'from' | 'to' | 'reason' | 'forced'>
type Ended = { readonly outcome: StepOutcome; readonly error: string | null; readonly pauseMs: number | null }
type Entry = { readonly id: string } & (Begun | Ended)

/** @returns what notes its end */
export async function auditStep(
  migration: RunningMigration,
  begun: Begun,
): Promise<(ended: Ended) => Promise<void>> {
  const id = randomUUID()
  await add(migration, { id, ...begun })
  return (ended) => add(migration, { id, ...ended })
}

/** @returns newest first @param limit most steps */
export async function auditTrail(migration: RunningMigration, limit = 50): Promise<AuditedStep[]> {
  const { source, target } = migration.stores
  const found = await Promise.all([entries(source, 2 * limit), entries(target, 2 * limit)])
  const ended = new Map<string, Ended>()
  const steps: AuditedStep[] = []
  const newestFirst = found.flat().sort((left, right) => (left.writtenAt < right.writtenAt ? 1 : -1))
  for (const { body } of newestFirst) {
    const entry = JSON.parse(body) as Entry
    if ('outcome' in entry) ended.set(entry.id, entry)
  }
  for (const { body, writtenAt } of newestFirst) {
    const entry = JSON.parse(body) as Entry
    if ('outcome' in entry) continue
    const unknown = { outcome: 'unknown', error: null, pauseMs: null } as const
    steps.push({ ...entry, at: writtenAt, ...(ended.get(entry.id) ?? unknown) })
  }
  return steps.slice(0, limit)
}

async function add({ stores }: RunningMigration, entry: Entry): Promise<void> {
  const body = JSON.stringify(entry)
  try {
    await stores.target.addAudit(body)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    await stores.source.addAudit(body)
  }
}

async function entries(store: Store, limit: number): Promise<readonly Audit[]> {
  try {
    return await store.audits(limit)
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'lost') return []
    throw error
  }
}

// What a step would find now, without changing anything.

import type { RunningMigration, Stage } from '@twinwrite/core'
import { auditTrail } from './audit.ts'
import type { Gate } from './gate.ts'
import { gatesBefore, type StepKind, stepKind } from './gates.ts'
import { type GateLimits, limitsOf } from './limits.ts'

export interface StepPreview {
  readonly from: Stage
  readonly to: Stage
  readonly kind: StepKind
  readonly gates: readonly Gate[]
  /** Write transactions that are open on the primary now: the step would wait for those that stay. */
  readonly openTransactions: readonly string[]
  /** Entries that the switch would have to apply; null where the journal does not answer. */
  readonly journalEntries: number | null
  /** Pauses (ms) of this migration's latest switches, newest first. */
  readonly lastPausesMs: readonly number[]
}

/** @throws TwinwriteError `TW_STAGE_STEP`, `TW_UNREACHABLE` @throws StoreError */
export async function previewStep(
  migration: RunningMigration,
  to: Stage,
  limits?: GateLimits,
): Promise<StepPreview> {
  const { stage: from, primary, journal, installed } = await migration.status()
  const store = migration.stores[primary]
  const [gates, openTransactions, trail] = await Promise.all([
    gatesBefore(migration, to, limitsOf(limits)),
    installed ? store.transactionMark().then((mark) => store.olderTransactions(mark)) : [],
    auditTrail(migration),
  ])
  return {
    from,
    to,
    kind: stepKind(from, to, migration.undo),
    gates,
    openTransactions,
    journalEntries: journal?.entries ?? null,
    lastPausesMs: trail
      .filter(({ outcome }) => outcome === 'done')
      .flatMap(({ pauseMs }) => (pauseMs === null ? [] : [pauseMs]))
      .slice(0, 5),
  }
}

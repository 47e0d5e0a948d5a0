// Making and removing the journal tables, by code or as statements for an administrator.

import { TwinwriteError } from '../errors.ts'
import type { Side, Stage } from '../stage.ts'
import type { Fence, Store } from '../store.ts'
import { coded } from './coded.ts'

/** Statements by side, in order. */
export type SideStatements = Record<Side, readonly string[]>

/** Fence rows of a migration that begins. */
const first: Record<Side, Fence> = {
  source: { role: 'primary', epoch: 1, stage: 'source-only' },
  target: { role: 'secondary', epoch: 1, stage: 'source-only' },
}

/** @throws TwinwriteError `TW_INSTALL_DENIED`, `TW_INSTALL_VERSION`, `TW_UNREACHABLE` */
export async function install(stores: readonly Store[], dryRun: boolean): Promise<SideStatements> {
  const statements: SideStatements = { source: [], target: [] }
  for (const store of stores) {
    statements[store.side] = store.installStatements(first[store.side])
    if (!dryRun) await coded(() => store.install(first[store.side]))
  }
  return statements
}

/** @throws TwinwriteError `TW_STAGE_STEP` in a stage in which processes would take the source for primary again */
export async function uninstall(
  stores: readonly Store[],
  stage: Stage,
  { dryRun, retired }: { dryRun: boolean; retired: boolean },
): Promise<SideStatements> {
  const allowed = stage === 'source-only' || (stage === 'target-only' && retired)
  if (!allowed && !dryRun) {
    throw new TwinwriteError('TW_STAGE_STEP', `uninstall() in ${stage}`, {
      hint: 'Go back to source-only first; after target-only remove twinwrite from the application and pass { retired: true }.',
    })
  }
  const statements: SideStatements = { source: [], target: [] }
  for (const store of stores) {
    statements[store.side] = store.uninstallStatements()
    if (!dryRun) await coded(() => store.uninstall())
  }
  return statements
}

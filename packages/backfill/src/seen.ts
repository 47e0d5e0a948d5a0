// How far a backfill is, as anybody sees it who reaches the database that is filled.

import type { RunningMigration, Side } from '@twinwrite/core'
import { wantedOf } from './control.ts'
import { isLoaded, leftOver } from './loaded.ts'
import { Notes } from './notes.ts'
import type { BackfillProgress, TableProgress } from './progress.ts'
import { lastPulse } from './pulse.ts'

export interface BackfillSeen extends BackfillProgress {
  /** `interrupted`: tables are left, and no process has been heard of lately; the next one goes on. */
  readonly state: 'running' | 'interrupted' | 'finished'
  /** Epoch since which every write of the primary was journaled when it began; before another one it counts for nothing. */
  readonly since: number
  /** Mapped tables that are not loaded yet. */
  readonly left: readonly string[]
}

/** A run that has said nothing for so long (ms) is not under way any more. */
const silentMs = 15_000

/** @param side that is filled @returns null where none was ever begun @throws StoreError */
export async function backfillSeen(migration: RunningMigration, side: Side): Promise<BackfillSeen | null> {
  const store = migration.stores[side]
  const notes = new Notes(store, { ...migration.loadOptions, tries: 1 })
  await notes.read()
  const { head } = notes
  if (head === null) return null
  notes.join(head)
  const names = migration.tables.map(({ mapping }) => mapping)
  const [pulse, { paused = false }] = [await lastPulse(store, silentMs), await wantedOf(store)]
  const state = head.state === 'finished' ? 'finished' : pulse !== null ? 'running' : 'interrupted'
  const { perSecond, etaMs, throttled } = state === 'running' ? pulse! : noPulse
  return {
    state,
    since: head.since,
    left: leftOver(notes, names),
    tables: tablesOf(notes, names),
    perSecond,
    etaMs,
    paused,
    throttled,
  }
}

const noPulse = { perSecond: 0, etaMs: null, throttled: null } as const

function tablesOf(notes: Notes, names: readonly string[]): TableProgress[] {
  return names.flatMap((table) => {
    const plan = notes.plan(table)
    if (plan === null) return []
    const { way, estimate } = plan
    return [{ table, way, rows: notes.rows(table, plan), estimate, done: isLoaded(notes, table) }]
  })
}

// How far a backfill is, as anybody sees it who reaches the database that is filled.

import type { RunningMigration, Side } from '@twinwrite/core'
import { wantedOf } from './control.ts'
import { Notes } from './notes.ts'
import type { BackfillProgress, TableProgress } from './progress.ts'
import { lastPulse } from './pulse.ts'

export interface BackfillSeen extends BackfillProgress {
  /** `interrupted`: it is not finished, and no process has been heard of lately; the next one goes on. */
  readonly state: 'running' | 'interrupted' | 'finished'
  /** Epoch since which every write of the primary was journaled when it began; before another one it counts for nothing. */
  readonly since: number
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
  const [pulse, { paused = false }] = [await lastPulse(store, silentMs), await wantedOf(store)]
  const state = head.state === 'finished' ? 'finished' : pulse !== null ? 'running' : 'interrupted'
  const { perSecond, etaMs, throttled } = state === 'running' ? pulse! : noPulse
  return {
    state,
    since: head.since,
    tables: tablesOf(notes, [...migration.tables]),
    perSecond,
    etaMs,
    paused,
    throttled,
  }
}

const noPulse = { perSecond: 0, etaMs: null, throttled: null } as const

function tablesOf(notes: Notes, names: RunningMigration['tables']): TableProgress[] {
  return names.flatMap(({ mapping: table }) => {
    const plan = notes.plan(table)
    if (plan === null) return []
    const parts = plan.ends.map((_, index) => notes.part(table, index + 1))
    // The part behind the last one holds what only the other side has, of a live load.
    const extra = plan.way === 'live' || parts.some(({ live }) => live)
    const all = extra ? [...parts, notes.part(table, plan.ends.length + 1)] : parts
    return [
      {
        table,
        way: plan.way,
        rows: parts.reduce((sum, { rows }) => sum + rows, 0),
        estimate: plan.estimate,
        done: all.every(({ done }) => done),
      },
    ]
  })
}

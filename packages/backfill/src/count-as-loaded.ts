// Tables that a dump or another tool has filled, and that were compared and repaired since, count as loaded: neither the next backfill nor
// a switch asks for them again.

import type { Direction, RunningMigration } from '@twinwrite/core'
import { keptBy, loadedBefore } from './loaded.ts'
import { Notes } from './notes.ts'
import { askedOf } from './options.ts'

/**
 * Where no load was ever begun and these are not all tables, nothing is noted: what a verification says counts then.
 * @param since when every write of the primary left a journal entry, as it was before the first row was compared
 */
export async function countAsLoaded(
  migration: RunningMigration,
  { primarySide: primary, secondary }: Direction,
  brought: readonly string[],
  since: number,
): Promise<void> {
  const load = migration.loadOptions
  const notes = new Notes(secondary, load)
  const tables = migration.tables.map(({ mapping }) => mapping)
  for (;;) {
    await notes.read()
    const last = notes.head
    if (last === null && brought.length < tables.length) return
    const loaded = [...new Set([...loadedBefore(notes, tables), ...brought])]
    const kept = [...new Set([...keptBy({ since, primary }, notes, tables), ...brought])]
    const counts = last?.since === since && last.primary === primary
    // A run under way goes on.
    const id = counts ? last.id : `${since}-${load.clock.random().toString(36).slice(2)}`
    const asked = counts ? last.asked : askedOf({})
    const state = kept.length === tables.length ? 'finished' : 'running'
    if (await notes.saveHead({ id, since, primary, asked, loaded, kept, state })) return
  }
}

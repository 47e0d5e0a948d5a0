// What is loaded whole, as the notes tell it: a load may be done table by table, and is finished when nothing of it is left.

import type { Head, Notes } from './notes.ts'

export function isLoaded(notes: Notes, table: string): boolean {
  const plan = notes.plan(table)
  if (plan === null) return false
  const parts = plan.ends.map((_, index) => notes.part(table, index + 1))
  // The part behind the last one holds what only the other side has, where some of the table went through apply.
  const beside = plan.way !== 'fast' || parts.some(({ live }) => live)
  const all = beside ? [...parts, notes.part(table, plan.ends.length + 1)] : parts
  return all.every(({ done }) => done)
}

/** Which of these tables neither this run has loaded nor those before it whose work it keeps. */
export function leftOver(notes: Notes, tables: Iterable<string>): string[] {
  const kept = notes.head?.kept ?? []
  return [...tables].filter((table) => !kept.includes(table) && !isLoaded(notes, table))
}

/** Which of these tables the last run, as the notes were read, and those before it have loaded: they may be read. */
export function loadedBefore(notes: Notes, tables: Iterable<string>): string[] {
  const last = notes.head
  if (last === null) return []
  const its = notes.seenBy(last)
  return [...tables].filter((table) => last.loaded.includes(table) || isLoaded(its, table))
}

/** Of these, which count still, when a run begins anew that loads others: writes of the same primary have been followed ever since. */
export function keptBy(
  { since, primary }: Pick<Head, 'since' | 'primary'>,
  notes: Notes,
  tables: Iterable<string>,
): string[] {
  const last = notes.head
  if (last?.since !== since || last.primary !== primary) return []
  const left = leftOver(notes.seenBy(last), tables)
  return [...tables].filter((table) => !left.includes(table))
}

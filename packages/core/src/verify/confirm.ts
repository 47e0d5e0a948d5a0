// The second look that makes a difference a mismatch (PROTOCOL 8.1, V1 to V5): under the lock of the key on the secondary read the
// primary's row, the secondary's row and then the journal, in this order (C28). A row that differs and has no journal entry is
// really different: an apply that had read the newest version would have committed before the lock was ours. A row that has one is
// looked at again later, and never called a mismatch. Upholds W11.

import type { DirectedTable, Direction } from '../apply/direction.ts'
import { RowKeys, rowId } from '../apply/row-keys.ts'
import type { Clock } from '../clock.ts'
import { type Row, type RowKey, StoreError } from '../store.ts'
import { converted, equalRows, wasPrimary } from './equal-rows.ts'

/** The secondary lacks a row, has one too many, or another one than it should. */
export type MismatchKind = 'missing' | 'extra' | 'different'

export interface Mismatch extends RowKey {
  readonly kind: MismatchKind
  /** In the primary's columns; null where it has none. */
  readonly primary: Row | null
  /** In the secondary's columns. */
  readonly secondary: Row | null
  /** What the secondary should hold; null for nothing, or when the primary's row can't be converted. */
  readonly expected: Row | null
}

export interface ConfirmOptions {
  readonly clock: Clock
  /** Tries while a side does not answer. */
  readonly tries: number
  /** Looks at a row that differs while the journal still names it; as many as tries when left out. */
  readonly looks?: number
  /** Milliseconds between two looks, growing by as much each time. */
  readonly restMs: number
  readonly signal?: AbortSignal
}

export interface Confirmation {
  readonly confirmed: readonly Mismatch[]
  /** Rows that still had a journal entry at the last look: nothing can be said of them yet. */
  readonly inFlight: readonly RowKey[]
  readonly equal: number
}

/** Rows locked at a time: appliers wait for these. */
const batchSize = 100

/**
 * Tells which of these rows really differ.
 * @returns null when the secondary's fence says that it is none: the stage has moved
 * @throws StoreError `lost` or `transient` when a side does not answer; then nothing is known
 */
export async function confirm(
  direction: Direction,
  rows: readonly RowKey[],
  options: ConfirmOptions,
): Promise<Confirmation | null> {
  const { clock, tries, looks = tries, restMs, signal } = options
  const confirmed: Mismatch[] = []
  let due = [...new RowKeys(rows)]
  let equal = 0
  for (let attempt = 1; due.length > 0; attempt++) {
    const inFlight: RowKey[] = []
    for (let from = 0; from < due.length; from += batchSize) {
      const batch = due.slice(from, from + batchSize)
      const seen = await patiently(options, () => look(direction, batch))
      if (seen === null) return null
      confirmed.push(...seen.confirmed)
      inFlight.push(...seen.inFlight)
      equal += seen.equal
    }
    due = inFlight
    if (attempt >= looks) break
    if (due.length > 0) await clock.sleep(restMs * attempt * (0.5 + clock.random()), signal)
  }
  return { confirmed, inFlight: due, equal }
}

async function look(direction: Direction, rows: readonly RowKey[]): Promise<Confirmation | null> {
  const { primary, secondary } = direction
  const session = await secondary.beginApply()
  try {
    const { fence } = session
    if (fence?.role !== 'secondary') return null
    await session.lock(new RowKeys(rows).stripes(), 'wait')
    const there = await primary.snapshot(rows)
    const here = await secondary.snapshot(rows)
    const { journal } = await primary.snapshot(rows)
    // The lock must have lived until now, else an apply may have come between the readings.
    await session.commit()
    const journaled = new Set(journal.map(rowId))
    const confirmed: Mismatch[] = []
    const inFlight: RowKey[] = []
    for (const row of rows) {
      const table = direction.tables.get(row.table)!
      const left = there.rows.get(row.table)?.get(row.key) ?? null
      const right = here.rows.get(row.table)?.get(row.key) ?? null
      const found = judge(table, row, left, right, wasPrimary(fence))
      if (found === null) continue
      if (journaled.has(rowId(row))) inFlight.push(row)
      else confirmed.push(found)
    }
    return { confirmed, inFlight, equal: rows.length - confirmed.length - inFlight.length }
  } finally {
    await session.rollback()
  }
}

/** Null when both sides hold the same. */
function judge(
  table: DirectedTable,
  { table: name, key }: RowKey,
  primary: Row | null,
  secondary: Row | null,
  bothWays: boolean,
): Mismatch | null {
  if (primary === null) {
    return secondary === null ? null : { table: name, key, kind: 'extra', primary, secondary, expected: null }
  }
  if (secondary !== null && equalRows(table, primary, secondary, bothWays)) return null
  const expected = converted(table.convert, primary)
  const kind = secondary === null ? 'missing' : 'different'
  return { table: name, key, kind, primary, secondary, expected }
}

async function patiently<T>(
  { clock, tries, restMs, signal }: ConfirmOptions,
  run: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      const passing = error instanceof StoreError && (error.reason === 'lost' || error.reason === 'transient')
      if (!passing || attempt >= tries) throw error
      await clock.sleep(restMs * attempt * (0.5 + clock.random()), signal)
    }
  }
}

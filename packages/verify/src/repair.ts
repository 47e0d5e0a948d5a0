// Puts the rows of confirmed mismatches through apply, the only way in which anything writes the secondary, and looks at them again.
// Upholds W12: apply reads the primary under the key's lock, so nothing newer is overwritten and nothing deleted comes back.

import {
  apply,
  ApplyRejected,
  confirm,
  type Direction,
  type RowKey,
  type RunningMigration,
  systemClock,
} from '@twinwrite/core'
import { Mask } from './mismatch/mask.ts'
import { raced } from './raced.ts'
import { refusalText } from './refusal.ts'

export interface Unrepaired extends RowKey {
  readonly reason: string
}

export interface RepairReport {
  /** Rows that are equal now. */
  readonly repaired: number
  readonly left: readonly Unrepaired[]
}

export interface RepairOptions {
  /** Of tables with such columns (`table.column`) `left` tells the kind of a refusal, without the server's words. */
  readonly mask?: readonly string[]
}

/** Rows applied in one transaction. */
const batchSize = 100
/** Stored mismatches read at once. */
const pageSize = 500

const patience = { clock: systemClock, tries: 8, restMs: 50 }

/**
 * Brings these rows of the secondary to the primary's present state; without rows, those of all stored mismatches of mapped tables.
 * @throws TwinwriteError `TW_COLUMN_UNKNOWN`, `TW_STAGE_STEP`, `TW_VERIFY_RACED`, `TW_UNREACHABLE`
 */
export async function repair(
  migration: RunningMigration,
  rows?: readonly RowKey[],
  { mask = [] }: RepairOptions = {},
): Promise<RepairReport> {
  const direction = await migration.following()
  const hidden = new Mask(mask, direction, migration.tables)
  return rows === undefined
    ? repairStored(migration, direction, [...direction.tables.keys()], hidden)
    : repairRows(migration, direction, rows, hidden)
}

/** @param tables the mappings meant */
export async function repairStored(
  migration: RunningMigration,
  direction: Direction,
  tables: readonly string[],
  mask: Mask,
): Promise<RepairReport> {
  const left: Unrepaired[] = []
  let repaired = 0
  for await (const page of storedMismatches(migration, tables)) {
    const done = await repairRows(migration, direction, page, mask)
    left.push(...done.left)
    repaired += done.repaired
  }
  return { repaired, left }
}

export async function repairRows(
  migration: RunningMigration,
  direction: Direction,
  rows: readonly RowKey[],
  mask: Mask,
): Promise<RepairReport> {
  const left: Unrepaired[] = []
  let repaired = 0
  for (const batch of batches(rows)) {
    const refused = await applied(direction, batch, mask)
    const seen = await confirm(direction, batch, patience)
    if (seen === null) throw raced(direction)
    const why = new Map(refused.map(({ table, key, reason }) => [`${table} ${key}`, reason]))
    for (const { table, key } of seen.confirmed)
      left.push({
        table,
        key,
        reason: why.get(`${table} ${key}`) ?? 'it differs again: somebody else writes it',
      })
    for (const { table, key } of seen.inFlight) left.push({ table, key, reason: 'it is in flight' })
    repaired += seen.equal
    const unequal = new Set([...seen.confirmed, ...seen.inFlight].map(({ table, key }) => `${table} ${key}`))
    await migration.stores.target.deleteMismatches(
      batch.filter(({ table, key }) => !unequal.has(`${table} ${key}`)),
    )
  }
  return { repaired, left }
}

/** Applies together what can be; where the secondary refuses that, row by row, to find the one. */
async function applied(direction: Direction, rows: readonly RowKey[], mask: Mask): Promise<Unrepaired[]> {
  try {
    const { kind } = await apply(direction, rows, { clock: systemClock, rows: 'all', locks: 'wait' })
    if (kind === 'not-secondary') throw raced(direction)
    return []
  } catch (error) {
    if (!(error instanceof ApplyRejected)) throw error
    const reason = refusalText(error, mask, direction.secondary.side)
    if (rows.length === 1) return rows.map((row) => ({ ...row, reason }))
    const refused: Unrepaired[] = []
    for (const row of rows) refused.push(...(await applied(direction, [row], mask)))
    return refused
  }
}

/** Confirmed mismatches that are not repaired, oldest first, some at a time. @param tables the mappings meant */
export async function* storedMismatches(
  { stores }: RunningMigration,
  tables: readonly string[],
): AsyncGenerator<readonly RowKey[]> {
  let after: string | undefined
  for (;;) {
    const page = await stores.target.mismatches(pageSize, { tables, after })
    after = page.at(-1)?.id
    if (after === undefined) return
    yield page
  }
}

export function* batches(rows: readonly RowKey[]): Iterable<readonly RowKey[]> {
  for (let start = 0; start < rows.length; start += batchSize) yield rows.slice(start, start + batchSize)
}

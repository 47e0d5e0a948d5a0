// What a repair would send now, as text. Sends none, so that nobody needs to follow yet.

import {
  type Direction,
  type Row,
  type RowKey,
  type RunningMigration,
  type Snapshot,
  StoreError,
  TwinwriteError,
} from '@twinwrite/core'
import { batches, storedMismatches } from './repair.ts'

/** The statements that `repair` would send now, with their values; for a row that would be refused, a comment that says so. */
export async function repairStatements(
  migration: RunningMigration,
  rows?: readonly RowKey[],
): Promise<string[]> {
  const direction = await migration.following({ early: true })
  const statements: string[] = []
  const pages = rows === undefined ? storedMismatches(migration, [...direction.tables.keys()]) : [rows]
  for await (const page of pages)
    for (const batch of batches(page)) statements.push(...(await statementsOf(direction, batch)))
  return statements
}

async function statementsOf(direction: Direction, batch: readonly RowKey[]): Promise<string[]> {
  const found = await read(direction, batch)
  if (found === null) {
    if (batch.length === 1) return [refused(batch[0]!, `the ${direction.primary.side} can't read it`)]
    const each: string[] = []
    for (const row of batch) each.push(...(await statementsOf(direction, [row])))
    return each
  }
  const comments: string[] = []
  const writes = [...new Set(batch.map(({ table }) => table))].map((table) => {
    const there = found.get(table) ?? new Map<string, Row>()
    const keys = batch.filter((row) => row.table === table).map(({ key }) => key)
    const upserts = keys.flatMap((key) => {
      const row = there.get(key)
      if (row === undefined) return []
      const converted = convert(direction, table, row)
      if (typeof converted !== 'string') return [{ key, row: converted }]
      comments.push(refused({ table, key }, converted))
      return []
    })
    return { table, upserts, deletes: keys.filter((key) => !there.has(key)) }
  })
  return [...(await direction.secondary.writeText(writes)), ...comments]
}

/** Null where the primary's server refuses to send a row. */
async function read({ primary }: Direction, batch: readonly RowKey[]): Promise<Snapshot['rows'] | null> {
  try {
    return (await primary.snapshot(batch)).rows
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'rejected') return null
    throw error
  }
}

/** @returns the code of the error where the row can't be converted */
function convert({ tables }: Direction, table: string, row: Row): Row | string {
  try {
    return tables.get(table)!.convert(row)
  } catch (error) {
    return error instanceof TwinwriteError ? error.code : 'TW_SECONDARY_REJECTED'
  }
}

function refused({ table, key }: RowKey, why: string): string {
  return `-- ${table} ${key}: refused: ${why}`
}

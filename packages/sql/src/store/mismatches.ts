// Confirmed mismatches that are not repaired yet, one for a row.

import type { Key, MismatchFilter, MismatchRecord, MismatchSeen, RowKey } from '@twinwrite/core'
import { join, nothing, raw, type Sql, sql, value } from '../sql-text.ts'
import type { StoreContext } from './context.ts'
import { unlessMissing } from './installation.ts'
import { limitText } from './journal.ts'

/** Rows in one statement. */
const batchSize = 100

export async function saveMismatches(
  context: StoreContext,
  records: readonly MismatchRecord[],
): Promise<void> {
  const { engine, tables, naming } = context
  await deleteMismatches(context, records)
  for (const some of batches(records)) {
    const rows = some.map(
      ({ table, key, kind, body }) =>
        sql`(${value(naming.migration)}, ${value(naming.cohort)}, ${value(table)}, ${value(storedKey(key))}, ${value(kind)}, ${value(body)}, ${engine.now})`,
    )
    await context.run(
      sql`INSERT INTO ${raw(tables.mismatch)} (migration, cohort, tbl, row_key, kind, body, found_at)
        VALUES ${join(rows, ', ')}`,
    )
  }
}

export async function mismatches(
  context: StoreContext,
  limit: number,
  which: MismatchFilter = {},
): Promise<MismatchSeen[]> {
  const found = await unlessMissing(() =>
    context.run(
      sql`SELECT id, tbl, row_key, kind, body FROM ${raw(context.tables.mismatch)}
        WHERE ${chosen(context, which)} ORDER BY id LIMIT ${limitText(limit)}`,
    ),
  )
  return (found?.rows ?? []).map(([id, table, key, kind, body]) => ({
    id: String(id),
    table: String(table),
    key: keyOf(String(key)),
    kind: String(kind),
    body: String(body),
  }))
}

export async function countMismatches(context: StoreContext, which: MismatchFilter = {}): Promise<number> {
  const found = await unlessMissing(() =>
    context.run(sql`SELECT count(*) FROM ${raw(context.tables.mismatch)} WHERE ${chosen(context, which)}`),
  )
  return Number(found?.rows[0]?.[0] ?? 0)
}

function chosen(context: StoreContext, { tables, after }: MismatchFilter): Sql {
  const some =
    tables === undefined
      ? nothing
      : tables.length === 0
        ? sql` AND 1 = 0`
        : sql` AND tbl IN (${join(tables.map(value), ', ')})`
  const later = after === undefined ? nothing : sql` AND id > ${raw(String(BigInt(after)))}`
  return sql`${context.mine()}${some}${later}`
}

export async function deleteMismatches(context: StoreContext, rows: readonly RowKey[]): Promise<void> {
  const { engine, tables } = context
  for (const some of batches(rows)) {
    const stored = some.map(({ table, key }) => ({ table, key: storedKey(key) }))
    const { from, where } = engine.journalByKey(tables.mismatch, stored)
    await context.run(sql`${raw(engine.deleteOf('j'))} FROM ${from} WHERE ${context.mine('j')} AND ${where}`)
  }
}

/** Without NUL, which PostgreSQL has not: a key that it can't hold is missing there, too. */
function storedKey(key: Key): string {
  return key.replaceAll(escape, `${escape}1`).replaceAll('\u0000', `${escape}0`)
}

function keyOf(stored: string): Key {
  return stored.replaceAll(`${escape}0`, '\u0000').replaceAll(`${escape}1`, escape)
}

/** Stands for no character. */
const escape = '\uFFFE'

function* batches<T>(items: readonly T[]): Iterable<readonly T[]> {
  for (let start = 0; start < items.length; start += batchSize) yield items.slice(start, start + batchSize)
}

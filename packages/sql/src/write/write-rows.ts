// Writes rows by key into the secondary: deletes, then upserts, children before parents and parents before children where
// foreign keys are enforced. No statement here ever touches a row with another key (PROTOCOL 5.4). Upholds W5, W6.

import { type Key, type Row, type SideTable, StoreError, type TableWrite, type Upsert } from '@twinwrite/core'
import type { Session } from '../session.ts'
import type { BoundRow } from '../sql-engine.ts'
import type { StoreContext } from '../store/context.ts'
import { chunks } from './chunks.ts'
import { deleteRows } from './delete-rows.ts'
import { lockedRows } from './locked-rows.ts'
import { makeRoom } from './make-room.ts'
import { writesInOrder } from './table-order.ts'
import { isWhole } from './whole-row.ts'

export async function writeRows(
  context: StoreContext,
  session: Session,
  writes: readonly TableWrite[],
  displace: boolean,
): Promise<void> {
  const ordered = writesInOrder(context, writes)
  for (const { table, deletes } of [...ordered].reverse())
    await deleteRows(context, session, context.table(table), deletes)
  for (const { table, upserts } of ordered) {
    if (upserts.length === 0) continue
    const target = context.table(table)
    if (displace) await makeRoom(context, session, target, upserts)
    await upsertRows(context, session, target, upserts)
  }
}

/** Tables whose key's constraint turned out to be unfit for an upsert in one statement. */
const unfit = new WeakSet<SideTable>()

async function upsertRows(
  context: StoreContext,
  session: Session,
  table: SideTable,
  upserts: readonly Upsert[],
): Promise<void> {
  const { write } = context.engine
  for (const some of chunks(upserts, write.batch(table.columns.length + table.key.length))) {
    const rows = some.map((upsert) => bound(context, table, upsert.key, upsert.row))
    const statement = unfit.has(table) ? null : write.upsert(table, rows)
    if (statement === null) await mergeRows(context, session, table, rows)
    else await upsertInOne(context, session, table, statement)
  }
}

async function upsertInOne(
  context: StoreContext,
  session: Session,
  table: SideTable,
  statement: { readonly sql: string; readonly bindings: readonly unknown[] },
): Promise<void> {
  try {
    await session.query(statement)
  } catch (error) {
    if (!context.engine.write.refusedUpsert(error)) throw error
    unfit.add(table)
    throw new StoreError(
      context.side,
      'transient',
      'the key does not allow an upsert; the next try writes in two steps',
      error,
    )
  }
}

/**
 * Looks which rows are there, to the byte of their keys, then updates these and inserts the others: an insert clashes with a row whose
 * key is only equal by a collation.
 */
async function mergeRows(
  context: StoreContext,
  session: Session,
  table: SideTable,
  rows: readonly BoundRow[],
): Promise<void> {
  const { write } = context.engine
  const fixed = table.columns.filter((column) => column.identityAlways && !isKey(table, column))
  const present = await lockedRows(
    context,
    session,
    table,
    rows.map(({ key }) => key),
    fixed,
  )
  const byKey = new Map(present.map(({ key, texts }) => [key, texts]))
  const position = new Map(table.columns.map((column, index) => [column, index]))
  const isMoved = (row: BoundRow): boolean =>
    fixed.some((column, index) => byKey.get(row.key)![index] !== (row.values[position.get(column)!] ?? null))
  const here = rows.filter(({ key }) => byKey.has(key))
  const moved = here.filter(isMoved)
  if (moved.length > 0) await giveWay(context, session, table, moved)

  const columns = table.columns.filter((column) => !isKey(table, column) && !fixed.includes(column))
  const updates = here
    .filter((row) => !moved.includes(row))
    .map(({ key, values }) => ({ key, values: columns.map((column) => values[position.get(column)!]) }))
  if (updates.length > 0 && columns.length > 0) await session.query(write.update(table, columns, updates))
  const inserts = [...rows.filter(({ key }) => !byKey.has(key)), ...moved]
  if (inserts.length > 0) await session.query(write.insert(table, inserts))
}

/** An identity that is always generated can be inserted, but not updated. */
async function giveWay(
  context: StoreContext,
  session: Session,
  table: SideTable,
  rows: readonly BoundRow[],
): Promise<void> {
  if (!session.foreignKeysOff || !isWhole(table)) {
    throw new StoreError(
      context.side,
      'rejected',
      `${table.mapping}: an identity that is always generated cannot be updated`,
    )
  }
  await deleteRows(
    context,
    session,
    table,
    rows.map(({ key }) => key),
  )
}

function isKey(table: SideTable, column: SideTable['columns'][number]): boolean {
  return table.key.some(({ name }) => name === column.name)
}

/** @throws Misfit */
export function bound(context: StoreContext, table: SideTable, key: Key, row: Row): BoundRow {
  const { values } = context.engine
  return {
    key,
    values: table.columns.map((column, index) => {
      const text = row[index] ?? null
      return text === null ? null : values.bind(column, text)
    }),
  }
}

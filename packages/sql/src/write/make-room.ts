// Unique values that move between rows of one batch (a swap, C15) can't be written row by row: each would meet the other's old value. So rows
// whose unique values change first give them up: by NULL, by delete when the insert that follows restores all of the
// row, or by a value that nobody else holds. Only rows of the batch are touched (C16). Upholds W5.

import { randomBytes, randomUUID } from 'node:crypto'
import { type Column, type Key, type SideTable, StoreError, type Upsert } from '@twinwrite/core'
import type { Session } from '../session.ts'
import type { StoreContext } from '../store/context.ts'
import { otherUniques } from '../store/in-the-way.ts'
import { chunks } from './chunks.ts'
import { deleteRows } from './delete-rows.ts'
import { lockedRows } from './locked-rows.ts'
import { isWhole } from './whole-row.ts'

export async function makeRoom(
  context: StoreContext,
  session: Session,
  table: SideTable,
  upserts: readonly Upsert[],
): Promise<void> {
  for (const unique of otherUniques(table)) {
    for (const some of chunks(upserts, context.engine.write.batch(table.columns.length))) {
      const moving = await movingKeys(context, session, table, unique, some)
      if (moving.length > 0) await giveUp(context, session, table, unique, moving)
    }
  }
}

/** Keys of present rows that hold other values in these columns than they shall. */
async function movingKeys(
  context: StoreContext,
  session: Session,
  table: SideTable,
  unique: readonly Column[],
  upserts: readonly Upsert[],
): Promise<Key[]> {
  const positions = unique.map(({ name }) => table.columns.findIndex((column) => column.name === name))
  const next = new Map(upserts.map(({ key, row }) => [key, row]))
  const present = await lockedRows(context, session, table, [...next.keys()], unique)
  return present
    .filter(({ key, texts }) => {
      const row = next.get(key)
      return row !== undefined && texts.some((text, index) => text !== (row[positions[index]!] ?? null))
    })
    .map(({ key }) => key)
}

async function giveUp(
  context: StoreContext,
  session: Session,
  table: SideTable,
  unique: readonly Column[],
  keys: readonly Key[],
): Promise<void> {
  const isKey = (column: Column): boolean => table.key.some(({ name }) => name === column.name)
  const free = unique.filter((column) => !isKey(column) && !column.identityAlways)
  const nullable = free.find((column) => column.nullable)
  if (nullable !== undefined) return park(context, session, table, nullable, keys, () => null)
  if (session.foreignKeysOff && isWhole(table)) return deleteRows(context, session, table, keys)
  const spare = free.find((column) => spareText(column) !== null)
  if (spare === undefined) {
    throw new StoreError(
      context.side,
      'unique',
      `${table.mapping}: the unique values of ${unique.map(({ name }) => name).join(', ')} cannot be moved between rows`,
    )
  }
  return park(context, session, table, spare, keys, () =>
    context.engine.values.bind(spare, spareText(spare)!),
  )
}

async function park(
  context: StoreContext,
  session: Session,
  table: SideTable,
  column: Column,
  keys: readonly Key[],
  spare: () => unknown,
): Promise<void> {
  const rows = keys.map((key) => ({ key, values: [spare()] }))
  await session.query(context.engine.write.update(table, [column], rows))
}

/** A value of the column's type that no other row holds; null where a type is too narrow for one. */
function spareText(column: Column): string | null {
  const { length } = column
  switch (column.kind) {
    case 'text':
      return length === null || length >= 12
        ? `~${randomBytes(16).toString('hex')}`.slice(0, Math.min(length ?? 33, 33))
        : null
    case 'bytes':
      return length === null || length >= 8
        ? randomBytes(length === null ? 16 : Math.min(length, 255)).toString('hex')
        : null
    case 'uuid':
      return randomUUID()
    case 'integer':
      return spareInteger(column)
    default:
      return null
  }
}

/** Somewhere in the far half of the range, where nobody counts to. */
function spareInteger({ range }: Column): string | null {
  if (range === null || range.max.length < 10) return null
  const [min, max] = [BigInt(range.min), BigInt(range.max)]
  const random = randomBytes(8).readBigUInt64BE()
  const room = (max - min) / 4n
  return String(min < 0n ? min + (random % room) : max - (random % room))
}

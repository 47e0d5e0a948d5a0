// For tests: writes of the secondary and reads of a side, in one call each.

import { encodeKey, type Key, type Row, type SideTable, type Store, type TableWrite } from '@twinwrite/core'

export async function applyWrites(
  store: Store,
  writes: readonly TableWrite[],
  displace = false,
): Promise<void> {
  const session = await store.beginApply()
  try {
    await session.write(writes, { displace })
    await session.commit()
  } finally {
    await session.rollback()
  }
}

/** A write of whole rows, whose keys are taken from them. */
export function upsertsOf(table: SideTable, rows: readonly Row[], deletes: readonly Key[] = []): TableWrite {
  const positions = table.key.map(({ name }) => table.columns.findIndex((column) => column.name === name))
  const keyOf = (row: Row): Key => encodeKey(positions.map((position) => row[position] ?? ''))
  return { table: table.mapping, upserts: rows.map((row) => ({ key: keyOf(row), row })), deletes }
}

/** Rows by key, as a snapshot of the store reads them. */
export async function readRows(store: Store, table: string, keys: readonly Key[]): Promise<Map<Key, Row>> {
  const { rows } = await store.snapshot(keys.map((key) => ({ table, key })))
  return new Map(rows.get(table))
}

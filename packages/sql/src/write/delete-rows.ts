// Deletes rows by key, and no row whose key is only equal by a collation, or but for blanks at its end. Upholds W5, W6.

import type { Key, SideTable } from '@twinwrite/core'
import type { Session } from '../session.ts'
import { nothing, raw, sql } from '../sql-text.ts'
import type { StoreContext } from '../store/context.ts'
import { isPadded } from '../values/fit.ts'
import { chunks } from './chunks.ts'

export async function deleteRows(
  context: StoreContext,
  session: Session,
  table: SideTable,
  keys: readonly Key[],
): Promise<void> {
  const { engine } = context
  const folds = table.key.some((column) => column.foldsText || isPadded(column))
  for (const some of chunks(keys, engine.write.batch(table.key.length))) {
    // A key that is equal only to the engine belongs to another row.
    const exactly = folds ? sql` AND ${engine.keysEqual(table, 't', some)}` : nothing
    const { from, where } = engine.rowsByKey(table, some)
    await context.on(session, sql`${raw(engine.deleteOf('t'))} FROM ${from} WHERE ${where}${exactly}`)
  }
}

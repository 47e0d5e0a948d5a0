// Level strict (L3, PROTOCOL section 4): the secondary's transaction is opened and written after the primary's locks and
// journal entries are in place, and committed right after the primary's commit. A row that the secondary rejects fails
// before anything is committed; every other trouble leaves the rows to the journal (W7).

import type { Direction } from '../apply/direction.ts'
import { RowKeys } from '../apply/row-keys.ts'
import type { Change } from '../change.ts'
import { TwinwriteError } from '../errors.ts'
import { type ApplySession, StoreError, type TableWrite } from '../store.ts'
import type { RowReader, StrictWrite } from '../write/write-side.ts'

/** @returns null when the secondary is not to be had now @throws TwinwriteError `TW_SECONDARY_REJECTED` */
export async function openStrictWrite(
  direction: Direction,
  changes: readonly Change[],
  readRows: RowReader,
): Promise<StrictWrite | null> {
  let writes: readonly TableWrite[] | undefined
  const open = async (displace: boolean): Promise<StrictWrite | null> => {
    let session: ApplySession | undefined
    try {
      session = await direction.secondary.beginApply()
      if (session.fence?.role !== 'secondary') {
        await session.rollback()
        return null
      }
      await session.lock(new RowKeys(changes).stripes(), 'wait')
      writes ??= await readWrites(direction, changes, readRows)
      await session.write(writes, { displace })
      return endOf(session)
    } catch (error) {
      await session?.rollback()
      if (!(error instanceof StoreError)) throw error
      const cause = await causeOf(direction, writes ?? [], error)
      if (cause === 'moved value' && !displace) return open(true)
      if (cause === 'trouble') return null
      throw new TwinwriteError(
        'TW_SECONDARY_REJECTED',
        `the ${direction.secondary.side} rejects the row: ${error.message}`,
        {
          table: changes[0]!.table,
          key: changes[0]!.key,
          primary: 'rolled-back',
          cause: error,
        },
      )
    }
  }
  return open(false)
}

function endOf(session: ApplySession): StrictWrite {
  return {
    commit: () => session.commit().catch(() => session.rollback()),
    rollback: () => session.rollback(),
  }
}

/** The rows as the primary's open transaction sees them, by the same SQL that apply reads them with. */
async function readWrites(
  direction: Direction,
  changes: readonly Change[],
  readRows: RowReader,
): Promise<TableWrite[]> {
  const byTable = new Map<string, string[]>()
  for (const { table, key } of changes) byTable.set(table, [...(byTable.get(table) ?? []), key])
  const writes: TableWrite[] = []
  for (const [table, keys] of byTable) {
    const { convert, from } = direction.tables.get(table)!
    const read = await readRows(from, keys)
    const upserts = read.map(({ key, row }) => ({ key, row: convert(row) }))
    const present = new Set(upserts.map(({ key }) => key))
    writes.push({ table, upserts, deletes: keys.filter((key) => !present.has(key)) })
  }
  return writes
}

/**
 * Why the secondary did not take the rows. A clash with rows that still wait in the journal solves itself, one of the rows with
 * each other may be a unique value that moves between them; one with settled rows is the secondary's own.
 */
async function causeOf(
  direction: Direction,
  writes: readonly TableWrite[],
  error: StoreError,
): Promise<'rejection' | 'moved value' | 'trouble'> {
  if (error.reason === 'rejected') return 'rejection'
  if (error.reason !== 'unique' && error.reason !== 'foreign-key') return 'trouble'
  try {
    const obstacles = await direction.secondary.inTheWay(writes, error.reason)
    if (obstacles.length === 0 && error.reason === 'unique') return 'moved value'
    const { journal } = await direction.primary.snapshot(obstacles)
    return journal.length === 0 ? 'rejection' : 'trouble'
  } catch (cause) {
    if (cause instanceof StoreError) return 'trouble'
    throw cause
  }
}

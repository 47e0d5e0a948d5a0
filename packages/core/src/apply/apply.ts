// Fenced re-read apply, the only way in which anything writes the secondary (PROTOCOL section 3).
// The order of the steps is the proof: fence and key locks on the secondary first, in the session that will
// write; then journal ids and rows of the primary in one snapshot; then the write; then delete exactly the
// journal ids seen. Upholds W3, W5, W6, W8, W12.

import type { Clock } from '../clock.ts'
import { stripeOf } from '../key.ts'
import {
  type ApplySession,
  type JournalEntry,
  type Row,
  type RowKey,
  type Snapshot,
  StoreError,
  type TableWrite,
  type Upsert,
} from '../store.ts'
import type { Direction } from './direction.ts'
import { RowKeys, rowId } from './row-keys.ts'

export interface ApplyOptions {
  readonly clock: Clock
  /**
   * `journaled`: only rows that still have a journal entry, which proves that the read is fresh and that nobody else
   * has applied them. `all`: every row given (backfill, repair, unjournaled writes).
   */
  readonly rows: 'journaled' | 'all'
  /** What to do with rows whose stripe another applier holds: `wait` for it, or `skip` the row. */
  readonly locks: 'wait' | 'skip'
}

export type ApplyOutcome =
  | {
      readonly kind: 'applied'
      /** Rows written or found absent, with those that were taken in because they stood in the way. */
      readonly rows: number
      /** Rows left out because another applier held their stripe. */
      readonly skipped: readonly RowKey[]
    }
  /** The fence of the secondary says that it is none: the stage has moved, somebody else will do it. */
  | { readonly kind: 'not-secondary' }

/** The secondary does not accept these rows, or the primary can't read them; nothing of them was written. */
export class ApplyRejected extends Error {
  override readonly name = 'ApplyRejected'
  readonly rows: readonly RowKey[]
  /** Entries of the journal that the rejected attempt had seen; none where the primary could not be read. */
  readonly journal: readonly JournalEntry[]

  constructor(rows: readonly RowKey[], journal: readonly JournalEntry[], message: string, cause: StoreError) {
    super(message, { cause })
    this.rows = rows
    this.journal = journal
  }
}

/** Rounds in which a batch may grow by rows that stand in the way, or be tried again after a deadlock. */
const maxRounds = 12

/**
 * Brings the given rows of the secondary to the primary's present state. Idempotent, safe with any number of
 * appliers and when the process pauses or dies anywhere.
 * @throws ApplyRejected when the secondary does not accept a row, or the primary can't read one
 * @throws StoreError `lost` or `transient` when a side does not answer or stays locked; nothing is lost then
 */
export async function apply(
  direction: Direction,
  rows: readonly RowKey[],
  options: ApplyOptions,
): Promise<ApplyOutcome> {
  const batch = new RowKeys(rows)
  const pulled = new RowKeys()
  let displace = false
  for (let round = 1; ; round++) {
    const attempt = new Attempt(direction, batch, pulled, options)
    try {
      return await attempt.run(displace)
    } catch (error) {
      await attempt.session?.rollback()
      if (!(error instanceof StoreError)) throw error
      if (error.reason === 'transient' && round < maxRounds && options.locks === 'wait') {
        await options.clock.sleep(options.clock.random() * 10 * round)
      } else if (error.reason === 'unique' || error.reason === 'foreign-key') {
        // Rows that stand in the way are taken into the batch and go as one unit, never overwritten or dropped
        // (C15 to C17); `displace` then lets values move between the rows of the batch.
        const obstacles = await direction.secondary.inTheWay(attempt.writes, error.reason)
        const grown = pulled.addAll(obstacles.filter((row) => !batch.has(row)))
        batch.addAll(obstacles)
        if ((!grown && displace) || round >= maxRounds) throw attempt.rejected(error)
        displace = true
      } else if (error.reason === 'rejected') {
        throw attempt.rejected(error)
      } else {
        throw error
      }
    }
  }
}

class Attempt {
  session: ApplySession | undefined
  writes: readonly TableWrite[] = []
  #due: readonly RowKey[] = []
  #seen: readonly JournalEntry[] = []
  readonly #direction: Direction
  readonly #batch: RowKeys
  readonly #pulled: RowKeys
  readonly #options: ApplyOptions

  constructor(direction: Direction, batch: RowKeys, pulled: RowKeys, options: ApplyOptions) {
    this.#direction = direction
    this.#batch = batch
    this.#pulled = pulled
    this.#options = options
  }

  async run(displace: boolean): Promise<ApplyOutcome> {
    const { primary, secondary, tables } = this.#direction
    for (const { table } of this.#batch) {
      if (!tables.has(table))
        throw new StoreError(secondary.side, 'rejected', `no mapping is named "${table}"`)
    }
    const session = (this.session = await secondary.beginApply())
    if (session.fence?.role !== 'secondary') {
      await session.rollback()
      return { kind: 'not-secondary' }
    }
    const mode = this.#pulled.size > 0 ? 'wait' : this.#options.locks
    const locked = await session.lock(this.#batch.stripes(), mode)
    const held: RowKey[] = []
    const skipped: RowKey[] = []
    for (const row of this.#batch) (locked.has(stripeOf(row.table, row.key)) ? held : skipped).push(row)

    const snapshot = held.length > 0 ? await primary.snapshot(held) : emptySnapshot
    const entries = new Set(snapshot.journal.map(rowId))
    const due = held.filter(
      (row) => this.#options.rows === 'all' || this.#pulled.has(row) || entries.has(rowId(row)),
    )
    this.#due = due
    this.#seen = snapshot.journal
    this.writes = plan(this.#direction, due, snapshot)
    if (due.length > 0) await session.write(this.writes, { displace })
    await session.commit()
    await this.#forget(snapshot.journal)
    return { kind: 'applied', rows: due.length, skipped }
  }

  /** Entries that can't be deleted now only mean that somebody applies these rows once more (W6). */
  async #forget(entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length === 0) return
    try {
      await this.#direction.primary.deleteJournal(entries.map((entry) => entry.id))
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    }
  }

  rejected(cause: StoreError): ApplyRejected {
    const rows = this.#due.length > 0 ? this.#due : [...this.#batch]
    const { side } = this.#direction.primary
    const message = cause.side === side ? `the ${side} can't read it: ${cause.message}` : cause.message
    return new ApplyRejected(rows, this.#seen, message, cause)
  }
}

const emptySnapshot: Snapshot = { journal: [], rows: new Map() }

function plan(direction: Direction, due: readonly RowKey[], snapshot: Snapshot): TableWrite[] {
  const byTable = new Map<string, { table: string; upserts: Upsert[]; deletes: string[] }>()
  for (const { table, key } of due) {
    let write = byTable.get(table)
    if (write === undefined) byTable.set(table, (write = { table, upserts: [], deletes: [] }))
    const row = snapshot.rows.get(table)?.get(key)
    if (row === undefined) write.deletes.push(key)
    else write.upserts.push({ key, row: convert(direction, table, key, row) })
  }
  for (const write of byTable.values()) {
    write.deletes.sort()
    write.upserts.sort((left, right) => (left.key < right.key ? -1 : 1))
  }
  return [...byTable.values()]
}

/** A conversion of the user's that throws rejects its row; it must not stop the others. */
function convert(direction: Direction, table: string, key: string, row: Row): Row {
  try {
    return direction.tables.get(table)!.convert(row)
  } catch (error) {
    throw new StoreError(
      direction.secondary.side,
      'rejected',
      `converting ${table} ${key}: ${String(error)}`,
      error,
    )
  }
}

// A plain loader: every row of the primary through apply, in the order of its key, then those that only the secondary has.
// Safe beside live writes, since apply can neither overwrite a newer row nor bring a deleted one back (W12). What the marks of a table
// stand for was committed before they could be seen, so a load that begins after that settles them (W10).

import { apply } from '../apply/apply.ts'
import type { Direction } from '../apply/direction.ts'
import type { Clock } from '../clock.ts'
import { TwinwriteError } from '../errors.ts'
import type { Reporter } from '../events.ts'
import type { Key } from '../key.ts'
import { type RowKey, type Store, StoreError } from '../store.ts'

export interface LoadOptions {
  readonly clock: Clock
  readonly reporter: Reporter
  readonly batchSize: number
  /** Tries of a batch while a side does not answer. */
  readonly tries: number
}

/** @returns rows read of each mapping @throws ApplyRejected, StoreError, TwinwriteError `TW_STAGE_RACED` when a batch can't be loaded */
export async function load(direction: Direction, options: LoadOptions): Promise<Record<string, number>> {
  const { primary, secondary } = direction
  const loaded: Record<string, number> = {}
  for (const table of direction.tables.keys()) {
    loaded[table] = 0
    const marks = (await again(options, () => primary.marks())).filter((mark) => mark.table === table)
    for await (const rows of pages(primary, table, options)) {
      await applyAll(direction, rows, options)
      loaded[table] += rows.length
    }
    // While the fleet leaves source-only, a row may be applied for one process and deleted without a journal entry by
    // another one that has not seen the stage yet: only the secondary still knows its key.
    for await (const rows of pages(secondary, table, options)) {
      const there = await again(options, () => primary.snapshot(rows))
      const extra = rows.filter(({ key }) => !there.rows.get(table)?.has(key))
      if (extra.length > 0) await applyAll(direction, extra, options)
    }
    const settled = marks.map(({ id }) => id)
    if (settled.length > 0) await again(options, () => primary.deleteMarks(settled))
  }
  return loaded
}

async function* pages(store: Store, table: string, options: LoadOptions): AsyncGenerator<RowKey[]> {
  for (let after: Key | null = null; ;) {
    const from: Key | null = after
    const keys: Key[] = await again(options, () => store.keysAfter(table, from, options.batchSize))
    if (keys.length === 0) return
    yield keys.map((key) => ({ table, key }))
    after = keys.at(-1)!
  }
}

async function applyAll(direction: Direction, rows: readonly RowKey[], options: LoadOptions): Promise<void> {
  const { clock, reporter } = options
  const started = clock.now()
  const { kind } = await again(options, () => apply(direction, rows, { clock, rows: 'all', locks: 'wait' }))
  if (kind === 'not-secondary') {
    throw new TwinwriteError('TW_STAGE_RACED', `the ${direction.secondary.side} does not follow any more`, {
      hint: 'Look at status() and load again, in a stage in which the other side follows.',
    })
  }
  reporter.publish('twinwrite:apply', { rows: rows.length, ms: clock.now() - started, by: 'load' })
}

async function again<T>({ clock, tries }: LoadOptions, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      const passing = error instanceof StoreError && (error.reason === 'lost' || error.reason === 'transient')
      if (!passing || attempt >= tries) throw error
      await clock.sleep(50 * attempt)
    }
  }
}

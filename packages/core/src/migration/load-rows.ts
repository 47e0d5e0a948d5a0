// What every load beside live writes is made of: rows through apply, which can neither overwrite a newer row nor bring a deleted one
// back (W12), and a look at which rows only the secondary has.

import { apply } from '../apply/apply.ts'
import type { Direction } from '../apply/direction.ts'
import type { Clock } from '../clock.ts'
import { TwinwriteError } from '../errors.ts'
import type { Reporter } from '../events.ts'
import { type RowKey, StoreError } from '../store.ts'

export interface LoadOptions {
  readonly clock: Clock
  readonly reporter: Reporter
  readonly batchSize: number
  /** Tries while a side does not answer. */
  readonly tries: number
}

/** Brings these rows of the secondary to the primary's state. @throws ApplyRejected, StoreError, TwinwriteError `TW_STAGE_RACED` */
export async function loadRows(
  direction: Direction,
  rows: readonly RowKey[],
  options: LoadOptions,
): Promise<void> {
  const { clock, reporter } = options
  const started = clock.now()
  const { kind } = await insisting(options, () =>
    apply(direction, rows, { clock, rows: 'all', locks: 'wait' }),
  )
  if (kind === 'not-secondary') {
    throw new TwinwriteError('TW_STAGE_RACED', `the ${direction.secondary.side} does not follow any more`, {
      hint: 'Look at status() and load again, in a stage in which the other side follows.',
    })
  }
  reporter.publish('twinwrite:apply', { rows: rows.length, ms: clock.now() - started, by: 'load' })
}

/**
 * Those of the secondary's rows that the primary does not have. While the fleet leaves source-only, a row may be applied for one
 * process and deleted without a journal entry by another one that has not seen the stage yet: only the secondary still knows its key.
 */
export async function extraRows(
  direction: Direction,
  rows: readonly RowKey[],
  options: LoadOptions,
): Promise<RowKey[]> {
  const there = await insisting(options, () => direction.primary.snapshot(rows))
  return rows.filter(({ table, key }) => !there.rows.get(table)?.has(key))
}

/** Tries again while a side does not answer or is busy. */
export async function insisting<T>(
  { clock, tries }: Pick<LoadOptions, 'clock' | 'tries'>,
  run: () => Promise<T>,
): Promise<T> {
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

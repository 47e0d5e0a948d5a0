// The entry: a run that begins at once, tells how far it is, and can be stopped. What is noted in the database makes the next one go on.

import { type Direction, type RunningMigration, StoreError } from '@twinwrite/core'
import { type BackfillReport, carryOut } from './carry-out.ts'
import type { RunContext } from './context.ts'
import { type Wanted, wantedOf } from './control.ts'
import { leaveFast } from './fast-load.ts'
import { leftOver } from './loaded.ts'
import { mostParallel, openContext, wantedTables } from './open-context.ts'
import { type BackfillOptions, defaults, fastPatience } from './options.ts'
import { type BackfillProgress, Progress } from './progress.ts'
import { beat, beatNoMore } from './pulse.ts'
import { inLoadOrder } from './table-order.ts'

/** Milliseconds between two looks at what is wanted of the run. */
const lookMs = 1000

/**
 * Brings every row of the primary to the side that follows it, beside live writes.
 *
 * Call it after `setStage('source-first')`. Killed or stopped, the next call goes on where it ended.
 * @example
 * const run = backfill(migration, { parallel: 2 })
 * const report = await run.done
 */
export function backfill(migration: RunningMigration, options: BackfillOptions = {}): BackfillRun {
  return new BackfillRun(migration, options)
}

export class BackfillRun {
  /**
   * Rejects with TwinwriteError `TW_BACKFILL_EARLY`, `TW_BACKFILL_RACED`, `TW_FAST_LOAD_UNFIT`, `TW_REPLICA_UNREADABLE`,
   * `TW_STAGE_STEP`, `TW_UNREACHABLE`;
   * with StoreError when a side fails in a way that waiting does not mend.
   */
  readonly done: Promise<BackfillReport>
  readonly #progress: Progress
  readonly #stop = new AbortController()
  #throttle: RunContext['throttle'] | undefined
  #wanted: Wanted = {}

  constructor(migration: RunningMigration, options: BackfillOptions) {
    this.#progress = new Progress(migration.loadOptions.clock)
    this.done = this.#run(migration, options)
    // Whoever watches the progress first hears of it later.
    this.done.catch(() => undefined)
  }

  progress(): BackfillProgress {
    const { rate, etaMs, tables } = this.#progress
    const { paused = false } = this.#wanted
    return {
      tables,
      perSecond: rate.perSecond(),
      etaMs,
      paused,
      throttled: this.#throttle?.loading.reason ?? this.#throttle?.secondary.reason ?? null,
    }
  }

  /** Chunks under way end; then `done` resolves with the outcome `stopped`. */
  stop(): void {
    this.#stop.abort(new Stopped())
  }

  async #run(migration: RunningMigration, options: BackfillOptions): Promise<BackfillReport> {
    const direction = await migration.following()
    const names = inLoadOrder(direction, wantedTables(direction, options))
    for (const name of names) this.#progress.set(name, {})
    const context = this.#context(migration, direction, options)
    const watching = new AbortController()
    const watch = this.#watch(context, options, watching.signal)
    try {
      const fellBack = await carryOut(context, names)
      return this.#report(context, 'finished', fellBack)
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
      return this.#report(context, 'stopped', null)
    } finally {
      watching.abort()
      await watch
      await context.close()
    }
  }

  #context(migration: RunningMigration, direction: Direction, options: BackfillOptions): RunContext {
    const { parallel = defaults.parallel } = options
    const context = openContext(migration, direction, options, {
      progress: this.#progress,
      signal: this.#stop.signal,
      parallel: () => (this.#wanted.paused ? 0 : Math.min(this.#wanted.parallel ?? parallel, mostParallel)),
    })
    this.#throttle = context.throttle
    return context
  }

  /** Hears what is wanted of the run and tells how it is, until it ends. */
  async #watch(context: RunContext, options: BackfillOptions, signal: AbortSignal): Promise<void> {
    const { direction, load, size, throttle } = context
    while (!signal.aborted) {
      try {
        const wanted = await wantedOf(direction.secondary)
        const { chunkMs = options.chunkMs ?? defaults.chunkMs } = wanted
        if (wanted.rowsPerSecond !== this.#wanted.rowsPerSecond) {
          const { rowsPerSecond = options.rowsPerSecond ?? null } = wanted
          for (const one of Object.values(throttle)) one.retune(rowsPerSecond)
        }
        for (const one of [size.secondary, size.rows, size.keys]) one.retune({ targetMs: chunkMs })
        size.loading.retune({ targetMs: chunkMs * fastPatience })
        this.#wanted = wanted
        const { perSecond, etaMs, throttled } = this.progress()
        await beat(direction.secondary, { perSecond, etaMs, throttled })
      } catch (error) {
        unanswered(error)
      }
      await load.clock.sleep(lookMs, signal).catch(() => undefined)
    }
    await beatNoMore(direction.secondary).catch(unanswered)
  }

  #report(
    { direction, notes }: RunContext,
    outcome: BackfillReport['outcome'],
    fellBack: string | null,
  ): BackfillReport {
    const tables = this.#progress.tables.map(({ table, way, rows }) => ({ table, way, rows }))
    return { outcome, tables, left: leftOver(notes, direction.tables.keys()), fellBack }
  }
}

/** Not an error of anybody's; never leaves this file. */
class Stopped extends Error {}

function unanswered(error: unknown): void {
  if (!(error instanceof StoreError)) throw error
}

/**
 * Gives up a fast load that was left half-way: its indexes are put back and the side follows again. The next backfill goes on live.
 * @throws TwinwriteError `TW_STAGE_STEP`, `TW_UNREACHABLE`
 */
export async function abandonFastLoad(migration: RunningMigration): Promise<void> {
  const direction = await migration.following()
  const to = migration.openBulk(direction.secondary.side, 2)
  try {
    await leaveFast({ direction, load: migration.loadOptions, to })
  } finally {
    await to.close()
  }
}

// Passes one after the other, as long as somebody wants them: a watch over a migration that stays.

import { type RunningMigration, systemClock } from '@twinwrite/core'
import type { VerifyOptions } from './options.ts'
import type { VerifyReport } from './report.ts'
import { verify } from './verify.ts'

export interface ContinuousOptions extends VerifyOptions {
  /** Milliseconds from the end of a pass to the beginning of the next. */
  readonly everyMs: number
  readonly signal?: AbortSignal
}

/**
 * Ends with the signal.
 * @example
 * for await (const report of verifyContinuously(migration, { mode: 'incremental', updatedAt: 'updated_at', everyMs: 5000 }))
 *   console.log(reportLine(report))
 */
export async function* verifyContinuously(
  migration: RunningMigration,
  { everyMs, signal, ...options }: ContinuousOptions,
): AsyncGenerator<VerifyReport> {
  while (signal?.aborted !== true) {
    const run = verify(migration, options)
    const stop = (): void => run.stop()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      yield await run.done
    } finally {
      signal?.removeEventListener('abort', stop)
    }
    await systemClock.sleep(everyMs, signal).catch(() => undefined)
  }
}

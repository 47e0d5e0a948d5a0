// Times an operation with a number of workers at once, variants in turn within every round, so that the machine's drift hits all alike.

import { createHistogram } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import type { Operation } from './orm.ts'
import type { Variant } from './variants.ts'

export interface Sample {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly perSecond: number
}

export interface Load {
  /** Writes at once. */
  readonly workers: number
  readonly ms: number
  /** Writes begun per second, spread evenly over the workers; null: as many as the machine can do. */
  readonly perSecond: number | null
}

export async function sample<Db>(
  variant: Variant<Db>,
  operation: Operation<Db>,
  load: Load,
): Promise<Sample> {
  const { workers, ms, perSecond } = load
  const gapMs = perSecond === null ? 0 : (1000 * workers) / perSecond
  const histogram = createHistogram()
  const started = performance.now()
  let turn = Math.floor(started)
  let done = 0
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      let next = started + (gapMs * worker) / workers
      for (;;) {
        // Timers have whole milliseconds: a gap that is due within the next one is not waited for.
        const early = next - performance.now()
        if (early >= 1) await setTimeout(early)
        if (performance.now() - started >= ms) return
        const begun = performance.now()
        await variant.write((db) => operation.run(db, turn++))
        histogram.record(Math.max(1, Math.round((performance.now() - begun) * 1000)))
        done++
        next += gapMs
      }
    }),
  )
  const seconds = (performance.now() - started) / 1000
  return {
    p50Ms: histogram.percentile(50) / 1000,
    p99Ms: histogram.percentile(99) / 1000,
    perSecond: done / seconds,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

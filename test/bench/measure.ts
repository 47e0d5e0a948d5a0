// Times an operation with a number of workers at once, variants in turn within every round, so that the machine's drift hits all alike.

import { createHistogram } from 'node:perf_hooks'
import type { Operation } from './operations.ts'
import type { Variant } from './variants.ts'

export interface Sample {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly perSecond: number
}

export async function sample(
  variant: Variant,
  operation: Operation,
  workers: number,
  ms: number,
): Promise<Sample> {
  const histogram = createHistogram()
  const started = performance.now()
  let turn = Math.floor(started)
  let done = 0
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (performance.now() - started < ms) {
        const mine = turn++
        const begun = performance.now()
        await variant.write((db) => operation.run(db, mine))
        histogram.record(Math.max(1, Math.round((performance.now() - begun) * 1000)))
        done++
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

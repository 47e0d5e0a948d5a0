// One operation with every variant, at two loads: `steady`, a third of what the plain one can do, where latency means something; and
// `saturated`, as much as the machine can do, where only the work done counts.

import { type Load, median, type Sample, sample } from './measure.ts'
import type { Operation } from './orm.ts'
import type { Variant, VariantName } from './variants.ts'

export interface Settings {
  readonly workers: number
  readonly rounds: number
  /** Time of one variant in one round. */
  readonly ms: number
}

export interface Compared {
  readonly operation: string
  readonly variant: VariantName
  /** At the steady load. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Median over the rounds of the ratio to plain in the same round, as all ratios here. */
  readonly p50Ratio: number
  /** At the saturated load. */
  readonly perSecond: number
  readonly throughputRatio: number
}

const steadyShare = 1 / 3

export async function compare<Db>(
  all: readonly Variant<Db>[],
  operation: Operation<Db>,
  { workers, rounds, ms }: Settings,
): Promise<Compared[]> {
  const variants = all.filter(({ name }) => operation.reads !== true || name !== 'naive')
  const saturated = await inTurn(variants, operation, rounds, { workers, ms, perSecond: null })
  const perSecond = steadyShare * median(saturated.get('plain')!.map((one) => one.perSecond))
  const steady = await inTurn(variants, operation, rounds, { workers, ms, perSecond })
  const over = (load: typeof steady, name: VariantName, of: (one: Sample) => number): number =>
    median(load.get(name)!.map(of))
  const ratio = (load: typeof steady, name: VariantName, of: (one: Sample) => number): number =>
    median(load.get(name)!.map((one, round) => of(one) / of(load.get('plain')![round]!)))
  return variants.map(({ name }) => ({
    operation: operation.name,
    variant: name,
    p50Ms: over(steady, name, (one) => one.p50Ms),
    p99Ms: over(steady, name, (one) => one.p99Ms),
    p50Ratio: ratio(steady, name, (one) => one.p50Ms),
    perSecond: over(saturated, name, (one) => one.perSecond),
    throughputRatio: ratio(saturated, name, (one) => one.perSecond),
  }))
}

/** Each round begins with another variant; the first one only warms up. What a variant leaves to be applied is not paid by the next. */
async function inTurn<Db>(
  variants: readonly Variant<Db>[],
  operation: Operation<Db>,
  rounds: number,
  load: Load,
): Promise<Map<VariantName, Sample[]>> {
  const taken = new Map<VariantName, Sample[]>(variants.map(({ name }) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (let step = 0; step < variants.length; step++) {
      const variant = variants[(step + Math.max(0, round)) % variants.length]!
      const one = await sample(variant, operation, round < 0 ? { ...load, ms: load.ms / 2 } : load)
      await variant.settle()
      if (round >= 0) taken.get(variant.name)!.push(one)
    }
  }
  return taken
}

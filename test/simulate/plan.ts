// What one seed is about: the constants of a run are drawn from the seed, too, so that no choice of timeouts,
// batch sizes or engines hides a fault (metamorphic constants).

import type { Random } from './engine/random.ts'
import type { NetworkOptions } from './ports/link.ts'
import type { SimEngine } from './ports/sim-dialect.ts'

export interface RunPlan {
  readonly engines: { readonly source: SimEngine; readonly target: SimEngine }
  readonly barging: boolean
  readonly splitSnapshot: boolean
  readonly lockTimeoutMs: number
  readonly network: NetworkOptions
  /** Milliseconds between two faults on average; 0: none. */
  readonly faultEveryMs: number
  readonly writers: number
  readonly programsPerWriter: number
  /** Items that writers fight for. */
  readonly items: number
  /** The run begins in source-only and must pass the barrier. */
  readonly fromSourceOnly: boolean
  readonly armed: boolean
  readonly awaitsApply: boolean
  readonly batchSize: number
  readonly appliers: number
  readonly pollMs: { readonly min: number; readonly max: number }
  readonly beatMs: number
  readonly switchEveryMs: number
  /** Milliseconds between two calls of recover by an impatient operator, which race with live controllers; 0: none. */
  readonly recoverEveryMs: number
  readonly level: 'journaled' | 'strict'
  /** Operators also go to target-only, in which the source goes on following, and back. */
  readonly undo: boolean
  /** One write in so many is not acceptable to the secondary, or can't be read on the primary; 0: none. */
  readonly badOneIn: number
  /** How the target is loaded; null: by the plain loader. */
  readonly backfill: 'auto' | 'live' | null
  /** Two loaders work at once and know nothing of each other. */
  readonly twoLoaders: boolean
  /** Milliseconds between two loads of what was loaded before, the fast way; 0: none. */
  readonly refillEveryMs: number
}

export function drawPlan(random: Random): RunPlan {
  const engine = (): SimEngine => (random.oneIn(2) ? 'postgres' : 'mysql')
  const faulty = !random.oneIn(5)
  const fromSourceOnly = random.oneIn(4)
  return {
    engines: { source: engine(), target: engine() },
    barging: random.oneIn(2),
    splitSnapshot: random.oneIn(3),
    lockTimeoutMs: random.pick([40, 150, 600]),
    network: {
      slowness: random.pick([0.3, 1, 1, 3]),
      lossOneIn: faulty ? random.pick([0, 60, 200]) : 0,
      transientOneIn: faulty ? random.pick([0, 40, 200]) : 0,
    },
    faultEveryMs: faulty ? random.pick([20, 50, 120]) : 0,
    writers: 2 + random.below(2),
    programsPerWriter: 4 + random.below(7),
    items: 2 + random.below(5),
    fromSourceOnly,
    armed: random.oneIn(2),
    awaitsApply: random.oneIn(4),
    batchSize: random.pick([1, 3, 20]),
    appliers: 1 + random.below(2),
    pollMs: random.pick([
      { min: 3, max: 40 },
      { min: 10, max: 150 },
    ]),
    beatMs: random.pick([100, 300]),
    switchEveryMs: random.pick([20, 60, 150]),
    recoverEveryMs: random.pick([0, 40, 150, 400]),
    level: random.oneIn(3) ? 'strict' : 'journaled',
    undo: random.oneIn(4),
    badOneIn: random.oneIn(8) ? 6 : 0,
    backfill: random.pick(['auto', 'auto', 'live', null]),
    twoLoaders: random.oneIn(3),
    refillEveryMs: random.pick([0, 0, 30, 100]),
  }
}

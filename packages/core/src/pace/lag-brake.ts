// Waits while the follower has more to carry than it should: a long run takes the secondary's time from it.

import type { Store } from '../store.ts'
import type { Brake } from './throttle.ts'

/** @param primary whose journal counts */
export function lagBrake(primary: Store, maxLagMs: number): Brake {
  return {
    async look() {
      const { oldestMs } = await primary.journalState()
      if (oldestMs === null || oldestMs <= maxLagMs) return null
      return `lag of ${Math.round(oldestMs)} ms, more than ${maxLagMs} ms`
    },
  }
}

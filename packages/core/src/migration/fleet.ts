// The processes of the fleet as both databases know them. A process tells the side that it takes for primary of itself, so that one which has
// missed a switch is known to the other side only.

import type { ProcessSeen } from '../store.ts'

/**
 * - `current`: it has seen the present stage, and every write of its obeys it
 * - `behind`: it has been heard of lately, and has not
 * - `silent`: it has not been heard of for long: it hangs, or has died without a word
 */
export type ProcessState = 'current' | 'behind' | 'silent'

/** @param epoch the present one @param silentMs so long ago is long */
export function processState(process: ProcessSeen, epoch: number, silentMs: number): ProcessState {
  if (process.ageMs >= silentMs) return 'silent'
  return process.epoch < epoch ? 'behind' : 'current'
}

/** What was heard of each process last, by whichever side. */
export function lastHeard(...sides: readonly (readonly ProcessSeen[])[]): readonly ProcessSeen[] {
  const last = new Map<string, ProcessSeen>()
  for (const process of sides.flat()) {
    const known = last.get(process.id)
    if (known === undefined || process.ageMs < known.ageMs) last.set(process.id, process)
  }
  return [...last.values()]
}

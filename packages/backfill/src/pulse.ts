// What only the process that loads knows (how fast it is, what it waits for), noted once a second for those who look from outside.

import type { Store } from '@twinwrite/core'

export interface Pulse {
  /** Rows per second of the last half minute. */
  readonly perSecond: number
  readonly etaMs: number | null
  readonly throttled: string | null
}

const place = { run: 'backfill-pulse', table: '*', part: 0 } as const

export async function beat(secondary: Store, pulse: Pulse): Promise<void> {
  await secondary.saveCheckpoint({ ...place, body: JSON.stringify(pulse) })
}

/** The run has ended. */
export async function beatNoMore(secondary: Store): Promise<void> {
  await secondary.deleteCheckpoints(place.run)
}

/** Null where no run is under way, or none has said anything for `silentMs`, by the database's clock. */
export async function lastPulse(secondary: Store, silentMs: number): Promise<Pulse | null> {
  const [last] = await secondary.checkpoints(place.run)
  return last === undefined || last.ageMs >= silentMs ? null : (JSON.parse(last.body) as Pulse)
}

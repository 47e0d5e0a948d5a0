// What only the process that loads knows (how fast it is, what it waits for), noted once a second for those who look from outside.

import type { Store } from '@twinwrite/core'

export interface Pulse {
  /** ISO text, by the clock of the process that loads. */
  readonly at: string
  /** Rows per second of the last half minute. */
  readonly perSecond: number
  readonly etaMs: number | null
  readonly throttled: string | null
}

const place = { run: 'backfill-pulse', table: '*', part: 0 } as const

export async function beat(secondary: Store, pulse: Omit<Pulse, 'at'>): Promise<void> {
  const body = JSON.stringify({ at: new Date().toISOString(), ...pulse })
  await secondary.saveCheckpoint({ ...place, body })
}

/** The run has ended. */
export async function beatNoMore(secondary: Store): Promise<void> {
  await secondary.deleteCheckpoints(place.run)
}

/** Null where no run is under way, or has ended without a word. */
export async function lastPulse(secondary: Store): Promise<Pulse | null> {
  const body = (await secondary.checkpoints(place.run))[0]?.body
  return body === undefined ? null : (JSON.parse(body) as Pulse)
}

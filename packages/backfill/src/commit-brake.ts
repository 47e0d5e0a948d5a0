// Waits while commits take longer than they should, on a side that the app or its follower writes.

import { type Brake, type Clock, type Store, StoreError } from '@twinwrite/core'

const probe = { run: 'backfill-probe', table: '*', part: 0, body: '{}' } as const

export function commitBrake(store: Store, maxMs: number, clock: Clock): Brake {
  return {
    async look() {
      const begun = clock.now()
      try {
        await store.saveCheckpoint(probe)
      } catch (error) {
        if (!(error instanceof StoreError) || error.reason !== 'transient') throw error
        return `a commit on the ${store.side} found no lock`
      }
      const ms = clock.now() - begun
      return ms <= maxMs
        ? null
        : `a commit on the ${store.side} took ${Math.round(ms)} ms, more than ${maxMs} ms`
    },
  }
}

// Waits while a read replica is further behind than it may be: what a long run writes, the replica has to write again. A replica that does
// not tell its lag is thought to be behind.

import type { Clock } from '../clock.ts'
import { TwinwriteError } from '../errors.ts'
import type { Brake } from './throttle.ts'

/** Milliseconds by which a replica is behind, or why nobody can tell. */
export type ReplicaLag = { readonly ms: number } | { readonly unreadable: string }

export interface Replica {
  /** Where it is, without secrets. */
  readonly name: string
  lag(): Promise<ReplicaLag>
  close(): Promise<void>
}

/** Longest time (ms) for which a run waits for a replica that does not tell. */
const silentMs = 600_000

/**
 * @throws TwinwriteError (the look rejects with) `TW_REPLICA_UNREADABLE` where the first look finds no lag, or none for ten minutes
 */
export function replicaBrake(replica: Replica, maxLagMs: number, clock: Clock): Brake {
  let readAt: number | null = null
  return {
    async look() {
      const lag = await replica.lag()
      if ('ms' in lag) {
        readAt = clock.now()
        if (lag.ms <= maxLagMs) return null
        return `replica ${replica.name} is ${Math.round(lag.ms)} ms behind, more than ${maxLagMs} ms`
      }
      const what = `replica ${replica.name} does not tell its lag: ${lag.unreadable}`
      if (readAt === null || clock.now() - readAt > silentMs)
        throw new TwinwriteError('TW_REPLICA_UNREADABLE', what)
      return what
    },
  }
}

// What is going on, a few times a second: the migration's status and the traffic of the last second.

import type { RunningMigration, Status } from '@twinwrite/knex'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Traffic } from './traffic.ts'

const beatMs = 250
const window = 4

export interface Pulse {
  readonly status: Status
  readonly callsPerSecond: number
  readonly writesPerSecond: number
  /** Of the calls that were answered in the last second; null when there was none. */
  readonly medianMs: number | null
  readonly slowestMs: number | null
  readonly errors: number
  readonly retries: number
}

interface Beat {
  readonly at: number
  readonly calls: number
  readonly writes: number
  readonly durations: readonly number[]
}

/** Calls `show` until it is stopped. */
export function watchPulse(
  move: RunningMigration,
  traffic: Traffic,
  show: (pulse: Pulse) => void,
): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const watching = (async () => {
    let beats: Beat[] = []
    while (!stopped.signal.aborted) {
      const status = await move.status()
      beats = [...beats, beatOf(traffic)].slice(-window - 1)
      show(pulseOf(status, beats, traffic))
      await sleep(beatMs, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  })()
  return {
    stop: async () => {
      stopped.abort()
      await watching
    },
  }
}

function beatOf(traffic: Traffic): Beat {
  const { calls, writes } = traffic
  return { at: performance.now(), calls, writes, durations: traffic.takeDurations() }
}

function pulseOf(status: Status, beats: readonly Beat[], { errors, retries }: Traffic): Pulse {
  const [first, ...later] = beats
  const last = later.at(-1)
  const perSecond = (count: 'calls' | 'writes'): number =>
    first === undefined || last === undefined
      ? 0
      : ((last[count] - first[count]) * 1000) / (last.at - first.at)
  const durations = later.flatMap((beat) => beat.durations).sort((a, b) => a - b)
  return {
    status,
    callsPerSecond: perSecond('calls'),
    writesPerSecond: perSecond('writes'),
    medianMs: durations[durations.length >> 1] ?? null,
    slowestMs: durations.at(-1) ?? null,
    errors: errors.length,
    retries: [...retries.values()].reduce((sum, count) => sum + count, 0),
  }
}

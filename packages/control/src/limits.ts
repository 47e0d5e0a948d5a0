// How strict the gates are.

import { TwinwriteError } from '@twinwrite/core'

export interface GateLimits {
  /** Oldest clean full and reverse verification (ms) that counts. Default: a day. */
  readonly verifiedMs?: number
  /** Largest lag (ms) of the side that follows. Default: 5000. */
  readonly lagMs?: number
  /** A process that has not been heard of for so long (ms) is gone. Default: 10,000. */
  readonly silentMs?: number
  /** Largest part of the shadow reads that may differ, 0 to 1. Default: 0. */
  readonly readMismatches?: number
  /** Fewest shadow reads that say anything. Default: 100. */
  readonly readSamples?: number
  /** Time (ms) that is looked back for them. Default: an hour. */
  readonly readPeriodMs?: number
}

export type Limits = Required<GateLimits>

const defaults: Limits = {
  verifiedMs: 86_400_000,
  lagMs: 5000,
  silentMs: 10_000,
  readMismatches: 0,
  readSamples: 100,
  readPeriodMs: 3_600_000,
}

/** @throws TwinwriteError `TW_CONFIG_INVALID` */
export function limitsOf(given: GateLimits = {}): Limits {
  const limits = { ...defaults, ...given }
  for (const name of Object.keys(limits) as (keyof Limits)[]) {
    if (!(name in defaults)) throw invalid(`there is no gate limit ${JSON.stringify(name)}`)
    if (!(limits[name] >= 0)) throw invalid(`gate limit ${name} is ${limits[name]}, expected milliseconds`)
  }
  return limits
}

function invalid(message: string): TwinwriteError {
  return new TwinwriteError('TW_CONFIG_INVALID', message, {
    hint: `The limits are ${Object.keys(defaults).join(', ')}.`,
  })
}

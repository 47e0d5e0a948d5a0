// What the run has proved: claims, each of which holds or does not, and one sentence of the numbers that were measured.

import type { Ledger } from './ledger.ts'
import { duration, whole } from './numbers.ts'
import type { Names } from './view.ts'
import type { Tale } from './story.ts'
import type { Traffic } from './traffic.ts'

export interface Claim {
  readonly text: string
  /** Why it does not hold; empty when it does. */
  readonly against: readonly string[]
}

export function claimsOf(
  tale: Tale,
  traffic: Traffic,
  ledger: Ledger,
  secondsTaken: number,
): readonly Claim[] {
  const { comparison, after, outage } = tale
  return [
    { text: 'no caller saw an error', against: traffic.errors },
    { text: 'twinwrite verify found no difference beside the traffic', against: tale.verified },
    { text: 'both databases hold the same rows, value by value', against: comparison.differences },
    { text: 'the rows are exactly what the callers were told', against: ledger.differences(after.target) },
    {
      text: 'writes went on while the second database was gone, and reached it afterwards',
      against: outage.waiting > 0 ? [] : ['no row waited in the journal'],
    },
    {
      text: 'nothing was written to the source after it was left behind',
      against:
        JSON.stringify(after.source) === JSON.stringify(comparison.source) ? [] : ['the source has changed'],
    },
    {
      text: 'the shop went on in the target alone',
      against: tale.writesAlone > 0 ? [] : ['no write was confirmed in target-only'],
    },
    {
      text: 'all of it took less than 90 seconds',
      against: secondsTaken < 90 ? [] : [`it took ${Math.round(secondsTaken)} s`],
    },
  ]
}

export function sentence({ comparison, outage, pausesMs }: Tale, traffic: Traffic, names: Names): string {
  const retries = [...traffic.retries].map(([code, count]) => `${whole(count)} x ${code}`)
  const retried = retries.length === 0 ? '' : ` (${list(retries)}, retried)`
  return [
    `Proved in this run: an order shop under ${whole(traffic.calls)} calls moved from ${names.source} to ${names.target},`,
    `back, and there again, with writes held for ${list(pausesMs.map(duration))}; ${names.target} was gone for`,
    `${duration(outage.ms)}, and ${duration(outage.catchUpMs)} after its return all ${whole(outage.waiting)} rows that had`,
    `waited were there; callers saw ${whole(traffic.errors.length)} errors${retried}; of ${whole(traffic.writes)} confirmed`,
    `writes none was lost and none done twice: both databases held the same ${whole(comparison.rows)} rows, equal in all`,
    `${whole(comparison.values)} values, and they are what the callers were told.`,
  ].join(' ')
}

function list(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

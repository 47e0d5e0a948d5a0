// Both sides of a rehearsal as drivers reach them, in whatever process.

import type { ConnectionSpec, Side } from '@twinwrite/core'
import { placed } from '../scratch/place.ts'
import type { Found, Scratch } from './job.ts'

export function scratchSides(
  real: Pick<Found, Side>,
  { named, places }: Pick<Scratch, 'named' | 'places'>,
): Record<Side, ConnectionSpec> {
  return {
    source: placed(named.source ?? real.source, places.source),
    target: placed(named.target ?? real.target, places.target),
  }
}

// Failures of our own reads: those that the app's statement would meet in the same words, and those after which
// it can still run to speak for itself.

import type { EngineName } from '../catalog.ts'
import { engineTraits } from '../write/engine-traits.ts'

/** 1205: lock wait timeout; asking again would wait as long again. */
const lockTimeout = 1205

/** Whether the error is to be passed on: nothing more can be run, or the same would happen again. */
export function isPassing(engine: EngineName, error: unknown): boolean {
  const traits = engineTraits[engine]
  const errno = typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined
  return traits.failureAborts || traits.endsTransaction(error) || errno === lockTimeout
}

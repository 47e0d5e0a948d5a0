// What an operator would do again: an error that passes by itself, such as a gate that only needs a moment, or a lock of somebody else.

import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError, TwinwriteError } from '@twinwrite/core'

const patienceMs = 60_000
const restMs = 500

/** @param goOn asked before each further try; throws where nobody waits any more */
export async function patiently<T>(work: () => Promise<T>, goOn: () => void = () => undefined): Promise<T> {
  const begun = performance.now()
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!passes(error) || performance.now() - begun > patienceMs) throw error
    }
    await sleep(restMs)
    goOn()
  }
}

function passes(error: unknown): boolean {
  if (error instanceof StoreError) return error.reason === 'transient' || error.reason === 'lost'
  return error instanceof TwinwriteError && error.retryable
}

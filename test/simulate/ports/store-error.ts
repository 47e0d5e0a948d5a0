// What a fault of a simulated server is called at the port of the store.

import { type Side, StoreError } from '@twinwrite/core'
import { ServerFault } from '../server/server-fault.ts'

export function storeError(side: Side, error: unknown): unknown {
  if (!(error instanceof ServerFault)) return error
  const { reason } = error
  if (reason === 'aborted' || reason === 'refused') return error
  return new StoreError(side, reason === 'deadlock' ? 'transient' : reason, error.message, error)
}

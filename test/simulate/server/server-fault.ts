// Why a simulated server refused or lost a request; each port turns it into the error that its real counterpart gives.

import type { StoreReason } from '@twinwrite/core'

export class ServerFault extends Error {
  override readonly name = 'ServerFault'
  /** `aborted`: a statement in a transaction that has failed before (PostgreSQL); `refused`: by the fence. */
  readonly reason: StoreReason | 'aborted' | 'refused' | 'deadlock'

  constructor(reason: ServerFault['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

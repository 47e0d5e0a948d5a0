// Errors as the app's database driver gives them, with the codes that the real servers use.

import type { ServerFault } from '../server/server-fault.ts'
import type { SimEngine } from './sim-dialect.ts'

const codes: Record<SimEngine, Partial<Record<ServerFault['reason'], string | number>>> = {
  postgres: {
    unique: '23505',
    'foreign-key': '23503',
    transient: '55P03',
    deadlock: '40P01',
    aborted: '25P02',
    refused: 'TW001',
    lost: 'ECONNRESET',
  },
  mysql: {
    unique: 1062,
    'foreign-key': 1452,
    transient: 1205,
    deadlock: 1213,
    lost: 'PROTOCOL_CONNECTION_LOST',
  },
}

export class DriverError extends Error {
  override readonly name = 'DriverError'
  readonly reason: ServerFault['reason']
  readonly code: string | undefined
  readonly errno: number | undefined

  constructor(engine: SimEngine, fault: ServerFault) {
    super(fault.message, { cause: fault })
    this.reason = fault.reason
    const code = codes[engine][fault.reason]
    this.code = typeof code === 'string' ? code : undefined
    this.errno = typeof code === 'number' ? code : undefined
  }
}

// One physical connection of our own. Never the app's, never silently connected again (PROTOCOL section 3).

import type { Statement } from '@twinwrite/core'

export interface Answer {
  readonly rows: readonly (readonly unknown[])[]
  /** Rows inserted, or found by an UPDATE or DELETE (also those that held the same values already). */
  readonly affected: number
}

export interface Session {
  /** False once anything happened after which the state of the connection is unknown. */
  readonly healthy: boolean
  /** Whether foreign keys (and triggers, where they can be) are off for its writes. */
  readonly foreignKeysOff: boolean
  query(statement: Statement): Promise<Answer>
  /** Ends politely. Never rejects. */
  end(): Promise<void>
  /** Drops the connection, in whatever state it is. */
  destroy(): void
}

/** Longest wait (ms) for a connection, and for an answer: an apply that hangs is done by somebody else. */
export const connectMs = 5_000
export const answerMs = {
  apply: 10_000,
  control: 30_000,
  bulk: Infinity,
  load: Infinity,
  replica: Infinity,
} as const

/** The connection is gone, or did not answer in time; what became of the statement is unknown. */
export class SessionLost extends Error {
  override readonly name = 'SessionLost'
}

/** Settles like `work`, or rejects with SessionLost after `ms` and calls `abandon`. */
export async function within<T>(work: Promise<T>, ms: number, abandon: () => void): Promise<T> {
  if (ms === Infinity) return work
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      abandon()
      reject(new SessionLost(`no answer within ${ms} ms`))
    }, ms)
  })
  work.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

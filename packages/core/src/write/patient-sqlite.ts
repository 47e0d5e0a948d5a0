// SQLite waits for a lock inside of the driver, while the event loop stands still. On a side that is followed the lock may be
// held by this very process, which then could not give it back: there the waiting is done here, between tries.

import { systemClock } from '../clock.ts'

interface HasPragma {
  pragma(text: string, options?: { simple: boolean }): unknown
}

/** @param run runs the statement at once, as better-sqlite3 does; waits as long as the connection itself would */
export async function patiently<T>(connection: object, run: () => Promise<T>): Promise<T> {
  const database = connection as HasPragma
  const waitMs = Number(database.pragma('busy_timeout', { simple: true }))
  const deadline = systemClock.now() + waitMs
  for (;;) {
    try {
      return await withoutWaiting(database, waitMs, run)
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY' || systemClock.now() > deadline) throw error
    }
    await systemClock.sleep(1 + systemClock.random() * 9)
  }
}

function withoutWaiting<T>(database: HasPragma, waitMs: number, run: () => Promise<T>): Promise<T> {
  database.pragma('busy_timeout = 0')
  try {
    return run()
  } finally {
    database.pragma(`busy_timeout = ${waitMs}`)
  }
}

// SQLite waits for a lock inside of the driver, while the event loop stands still. On a side that is followed the lock may be
// held by this very process, which then could not give it back: there the waiting is done here, between tries.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Compiled, PhysicalConnection } from './knex-internals.ts'

interface HasPragma {
  pragma(text: string, options?: { simple: boolean }): unknown
}

/** @param run runs the statement at once, as better-sqlite3 does; waits as long as the connection itself would */
export async function patiently(
  physical: PhysicalConnection,
  run: () => Promise<Compiled>,
): Promise<Compiled> {
  const database = physical as PhysicalConnection & HasPragma
  const waitMs = Number(database.pragma('busy_timeout', { simple: true }))
  const deadline = performance.now() + waitMs
  for (;;) {
    try {
      return await withoutWaiting(database, waitMs, run)
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY' || performance.now() > deadline) throw error
    }
    await sleep(1 + Math.random() * 9)
  }
}

function withoutWaiting(
  database: HasPragma,
  waitMs: number,
  run: () => Promise<Compiled>,
): Promise<Compiled> {
  database.pragma('busy_timeout = 0')
  try {
    return run()
  } finally {
    database.pragma(`busy_timeout = ${waitMs}`)
  }
}

// Whether a rehearsal runs in a scratch database, so that nobody drops it under one: a session there, or a lock on a file beside the one of
// SQLite. Both end with their process, however it ends.

import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionSpec } from '@twinwrite/core'
import knex, { type Knex } from 'knex'
import { clientConfig, oneValue, rowsOf, withClient } from '../plain-client.ts'

/** End of the name of that file. */
export const presenceEnd = '-running'

/** Milliseconds in which sessions of killed processes end. */
const patienceMs = 1_000

/** @param scratch the database @returns what ends the presence */
export async function stayIn(scratch: ConnectionSpec): Promise<() => Promise<void>> {
  const isFile = scratch.engine === 'sqlite'
  const own = isFile ? beside(scratch.connection as { filename: string }) : scratch
  // One that stays, however idle.
  const db = knex({ ...clientConfig(own, 1), pool: { min: 1, max: 1 } })
  await db.raw(isFile ? 'BEGIN EXCLUSIVE' : 'SELECT 1')
  return () => db.destroy()
}

/** @param real whose server holds the database */
export async function isSomebodyIn(real: ConnectionSpec, database: string): Promise<boolean> {
  const until = performance.now() + patienceMs
  while (await isSeen(real, database)) {
    if (performance.now() > until) return true
    await sleep(50)
  }
  return false
}

function isSeen(real: ConnectionSpec, database: string): Promise<boolean> {
  if (real.engine === 'sqlite') return isLocked(beside({ filename: database }))
  return withClient(real, (db) => hasSession(db, real.engine, database))
}

async function hasSession(db: Knex, engine: ConnectionSpec['engine'], database: string): Promise<boolean> {
  if (engine !== 'postgres')
    return (await rowsOf(db, 'SHOW PROCESSLIST')).some((session) => session['db'] === database)
  const sessions = `SELECT 1 FROM pg_stat_activity WHERE datname = ? AND backend_type = 'client backend' LIMIT 1`
  return (await oneValue(db, sessions, [database])) !== null
}

async function isLocked(
  file: ConnectionSpec & { readonly connection: { readonly filename: string } },
): Promise<boolean> {
  if (!existsSync(file.connection.filename)) return false
  return withClient(file, async (db) => {
    await db.raw('PRAGMA busy_timeout = 0')
    try {
      await db.raw('BEGIN EXCLUSIVE')
      await db.raw('ROLLBACK')
      return false
    } catch (error) {
      if ((error as { code?: unknown }).code === 'SQLITE_BUSY') return true
      throw error
    }
  })
}

function beside({ filename }: { readonly filename: string }) {
  return { engine: 'sqlite', connection: { filename: `${filename}${presenceEnd}` } } as const
}

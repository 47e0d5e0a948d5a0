// A lock between processes: an exclusive SQLite transaction on a lock file.
// The operating system drops it when its holder dies, however it dies, so there is no stale lock to guess about.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'

/**
 * Runs `work` while no other process or caller is inside the same lock.
 * Throws when the lock was not free within `timeoutMs`.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, timeoutMs = 300_000): Promise<T> {
  mkdirSync(dirname(file), { recursive: true })
  const database = new Database(file, { timeout: 0 })
  try {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      try {
        database.exec('BEGIN EXCLUSIVE')
        break
      } catch (error) {
        const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
        if (!busy) throw error
        if (Date.now() > deadline) {
          throw new Error(`lock ${file} was held by another process for ${timeoutMs} ms`, { cause: error })
        }
        await sleep(50)
      }
    }
    return await work()
  } finally {
    database.close()
  }
}

// One statement on a session of its own: health checks, databases, sessions. Never part of what a test measures.
import { openSession, type Row } from './database-session.ts'
import type { ServerEngine } from './engine.ts'

/** Runs one statement at `url`; rejects with the driver's error, or where there is no answer within the time. */
export async function adminQuery(
  engine: ServerEngine,
  url: string,
  sql: string,
  timeoutMs = 60_000,
): Promise<Row[]> {
  const session = await openSession(engine, url)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms to: ${sql}`)), timeoutMs)
  })
  try {
    return await Promise.race([session.query(sql), late])
  } finally {
    clearTimeout(timer)
    session.close()
  }
}

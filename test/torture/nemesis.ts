// Faults of sessions and servers.

import { type DedicatedServer, killSession, otherSessions, type ServerEngine } from '@twinwrite/testkit'
import type { Random } from '../random.ts'

/** Ends one session of the database, whoever's it is. Returns 1, or 0 when there was none. */
export async function killRandomSession(engine: ServerEngine, url: string, random: Random): Promise<number> {
  const database = new URL(url).pathname.slice(1)
  const open = await otherSessions(engine, url, database)
  if (open.length === 0) return 0
  // It may have ended by itself since it was seen.
  return killSession(engine, random.pick(open), { url }).then(
    () => 1,
    () => 0,
  )
}

/** kill -9 and restart, or a pause, of a whole server. Returns what was done. */
export async function serverFault(side: string, server: DedicatedServer, random: Random): Promise<string> {
  const ms = 500 + random.below(2000)
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  if (random.chance(0.5)) {
    server.pause()
    await wait()
    server.resume()
    return `${side} ${server.engine} paused for ${ms} ms`
  }
  await server.kill9()
  await wait()
  await server.restart()
  return `${side} ${server.engine} killed for ${ms} ms`
}

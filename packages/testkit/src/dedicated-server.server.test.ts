// A dedicated server can be frozen, killed and started again, and keeps what was committed.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { adminQuery } from './admin-query.ts'
import { openSession } from './database-session.ts'
import { dedicatedServer } from './dedicated-server.ts'
import { serverEngines } from './engine.ts'
import { freshDatabase } from './fresh-database.ts'
import { server } from './servers.ts'
import { spawnWorker } from './worker.ts'

describe.each(serverEngines)('dedicated %s server', (engine) => {
  it(
    'keeps committed rows and drops open transactions over kill -9 and restart',
    { timeout: 60_000 },
    async () => {
      const own = await dedicatedServer(engine)
      expect(own.port).not.toBe((await server(engine)).port)
      const database = await freshDatabase(engine, own)
      await adminQuery(engine, database.url, 'CREATE TABLE t (id int PRIMARY KEY)')
      await adminQuery(engine, database.url, 'INSERT INTO t VALUES (1)')
      const session = await openSession(engine, database.url)
      await session.query('BEGIN')
      await session.query('INSERT INTO t VALUES (2)')

      await own.kill9()
      await expect(session.query('COMMIT')).rejects.toThrow()
      await expect(adminQuery(engine, database.url, 'SELECT 1')).rejects.toThrow()

      await own.restart()
      expect(await adminQuery(engine, database.url, 'SELECT id FROM t')).toEqual([{ id: 1 }])
      await own.stop()
      await expect(adminQuery(engine, own.url, 'SELECT 1')).rejects.toThrow()
    },
  )

  it('answers nothing while paused and goes on when resumed', { timeout: 60_000 }, async () => {
    const own = await dedicatedServer(engine, { durable: false })
    const session = await openSession(engine, own.url)
    own.pause()
    // A signal reaches the threads of a process one by one.
    await sleep(200)
    const answer = session.query('SELECT 1 AS one')
    expect(await Promise.race([answer, sleep(300, 'silence')])).toBe('silence')
    own.resume()
    expect(await answer).toEqual([{ one: 1 }])
    session.close()
    await own.stop()
  })
})

it('is swept by the next start when its test was killed', { timeout: 60_000 }, async () => {
  const worker = spawnWorker<{ url: string }>(new URL('dedicated-owner.worker.ts', import.meta.url))
  const { url } = await worker.receive()
  await adminQuery('postgres', url, 'SELECT 1')
  await worker.kill9()
  const next = await dedicatedServer('postgres', { durable: false })
  await expect(adminQuery('postgres', url, 'SELECT 1')).rejects.toThrow()
  await next.stop()
})

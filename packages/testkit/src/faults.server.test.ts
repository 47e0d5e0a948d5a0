// Faults between a client and a real server: what they must do, the database confirms.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminQuery } from './admin-query.ts'
import { openSession } from './database-session.ts'
import { serverEngines } from './engine.ts'
import { faultProxy } from './fault-proxy.ts'
import { freshDatabase, type FreshDatabase } from './fresh-database.ts'
import { killSession, sessionIdQuery } from './session.ts'

const isCommit = (bytes: Buffer) => bytes.includes('COMMIT')

describe.each(serverEngines)('faults before %s', (engine) => {
  let database: FreshDatabase
  let nextId = 1

  beforeAll(async () => {
    database = await freshDatabase(engine)
    await adminQuery(engine, database.url, 'CREATE TABLE t (id int PRIMARY KEY)')
  })
  afterAll(() => database.drop())

  const committed = async (id: number) =>
    (await adminQuery(engine, database.url, `SELECT id FROM t WHERE id = ${id}`)).length === 1

  /** A session through a proxy with one insert in an open transaction. */
  async function insideTransaction() {
    const proxy = await faultProxy(database.url)
    const session = await openSession(engine, proxy.url)
    const id = nextId++
    await session.query('BEGIN')
    await session.query(`INSERT INTO t VALUES (${id})`)
    const [row] = await session.query(sessionIdQuery(engine))
    return { proxy, session, id, sessionId: Number(row?.['id']) }
  }

  it('commits although the client hears only of a lost connection when cut after COMMIT', async () => {
    const { proxy, session, id } = await insideTransaction()
    const cut = proxy.cutAfter(isCommit)
    await expect(session.query('COMMIT')).rejects.toThrow()
    await cut
    await expect.poll(() => committed(id)).toBe(true)
    await proxy.close()
  })

  it('rolls back when cut before COMMIT', async () => {
    const { proxy, session, id, sessionId } = await insideTransaction()
    const cut = proxy.cutBefore(isCommit)
    await expect(session.query('COMMIT')).rejects.toThrow()
    await cut
    await expect
      .poll(() =>
        killSession(engine, sessionId).then(
          () => 'there',
          () => 'gone',
        ),
      )
      .toBe('gone')
    expect(await committed(id)).toBe(false)
    await proxy.close()
  })

  it('loses the session and rolls back when half open, and the client waits', async () => {
    const { proxy, session, id } = await insideTransaction()
    proxy.halfOpen()
    const answer = session.query('COMMIT').then(
      () => 'answered',
      () => 'failed',
    )
    expect(await Promise.race([answer, sleep(200, 'silence')])).toBe('silence')
    expect(await committed(id)).toBe(false)
    await proxy.heal()
    expect(await answer).toBe('failed')
    await proxy.close()
  })

  it('ends a session from outside and rolls its transaction back', async () => {
    const { proxy, session, id, sessionId } = await insideTransaction()
    await killSession(engine, sessionId)
    await expect(session.query('COMMIT')).rejects.toThrow()
    expect(await committed(id)).toBe(false)
    await proxy.close()
  })

  it('refuses to have ended a session that is not there', async () => {
    await expect(killSession(engine, 999_999_999)).rejects.toThrow()
  })
})

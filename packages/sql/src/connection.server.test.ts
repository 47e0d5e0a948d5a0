// Connections of our own: what they are made from, and what becomes of a store when they break.

import { freshDatabase, killSession, sessionIdQuery } from '@twinwrite/testkit'
import { describe, expect, it } from 'vitest'
import { defaultNaming, detectEngine, openStore } from './engines.ts'
import { applyWrites, upsertsOf } from './testing/apply.ts'
import { cleanUp, engines, first, rowLocking, type TestSide, testSide } from './testing/test-side.ts'

const naming = { migration: 'shop', ...defaultNaming }
const secondary = { ...first, role: 'secondary' } as const

describe.each(engines)('a connection to %s', (engine) => {
  it('is made from settings, from a URL, or from a function that gives either', async () => {
    const database = await freshDatabase(engine)
    cleanUp(() => database.drop())
    const forms = [
      database.connection,
      database.url,
      () => database.connection,
      async () => Promise.resolve(database.url),
    ]
    for (const connection of forms) {
      const store = openStore({ engine, connection, side: 'source', naming })
      await store.install(first)
      expect(await store.readFence()).toEqual(first)
      await store.close()
      await expect(store.readFence()).rejects.toMatchObject({ reason: 'lost' })
    }
  })

  it('leaves the settings that it was given as they are', async () => {
    const side = await testSide(engine)
    const connection = Object.freeze({ ...(side.connection as object) })
    const store = openStore({ engine, connection, side: 'source', naming })
    cleanUp(() => store.close())
    expect(await store.readFence()).toBeNull()
  })
})

describe.each(rowLocking)('an engine behind %s', (engine) => {
  it('is detected by asking the server', async () => {
    const { connection } = await testSide(engine)
    const driver = engine === 'mariadb' ? 'mysql' : engine
    expect(await detectEngine({ engine: driver, connection }, 'target')).toBe(engine)
  })

  it('that does not answer is lost, and the store works again when it does', async () => {
    const side = await testSide(engine)
    let port = 1
    const connection = (): unknown => ({ ...(side.connection as object), ...(port === 1 && { port }) })
    const store = openStore({ engine, connection, side: 'source', naming })
    cleanUp(() => store.close())
    await expect(store.readFence()).rejects.toMatchObject({ reason: 'lost', side: 'source' })
    await expect(store.beginApply()).rejects.toMatchObject({ reason: 'lost' })
    const detected = detectEngine({ engine, connection: connection() }, 'target')
    await expect(detected).rejects.toMatchObject({ reason: 'lost', side: 'target' })
    port = 0
    expect(await store.readFence()).toBeNull()
  })
})

const sessions: Record<(typeof rowLocking)[number], (side: TestSide) => string> = {
  postgres: () =>
    `SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'twinwrite'`,
  mysql: () =>
    `SELECT id AS id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()`,
  mariadb: () =>
    `SELECT id AS id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()`,
}

describe.each(rowLocking)('a session that was killed on %s', (engine) => {
  const killAll = async (side: TestSide): Promise<void> => {
    const own = Number(Object.values((await side.app.run(sessionIdQuery(engine))).rows[0]!)[0])
    const ids = (await side.app.run(sessions[engine](side))).rows.map((row) => Number(row['id']))
    for (const id of ids.filter((one) => one !== own)) await killSession(engine, id)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }

  it('takes its locks and writes with it, and commits nothing (C6)', async () => {
    const side = await testSide(engine)
    await side.app.run('CREATE TABLE t (id int PRIMARY KEY, v int)')
    await side.store.install(secondary)
    const [table] = await side.use('t')
    const session = await side.store.beginApply()
    await session.lock([1, 2, 3], 'wait')
    await session.write([upsertsOf(table!, [['1', '1']])], { displace: false })
    await killAll(side)
    await expect(session.commit()).rejects.toMatchObject({ reason: 'lost' })
    await session.rollback()
    expect((await side.app.run('SELECT * FROM t')).rows).toEqual([])
    await applyWrites(side.store, [upsertsOf(table!, [['1', '2']])])
    expect(await side.store.readFence()).toEqual(secondary)
  })

  it('while it rested is replaced unseen or reported once as lost', async () => {
    const side = await testSide(engine)
    await side.store.install(first)
    await killAll(side)
    const outcomes: string[] = []
    for (let round = 0; round < 3; round++) {
      outcomes.push(
        await side.store.readFence().then(
          () => 'read',
          (error: { reason: string }) => error.reason,
        ),
      )
    }
    expect(outcomes.slice(1)).toEqual(['read', 'read'])
    expect(['read', 'lost']).toContain(outcomes[0])
  })
})

it('an in-memory SQLite database is refused with the reason', async () => {
  for (const connection of [{ filename: ':memory:' }, ':memory:', { filename: '' }, {}]) {
    const store = openStore({ engine: 'sqlite', connection, side: 'source', naming })
    await expect(store.readFence()).rejects.toMatchObject({ code: 'TW_ENGINE_UNSUPPORTED' })
  }
})

it('is lost where the settings can not be had, or the driver does not take them (W7)', async () => {
  const failing = {
    engine: 'postgres',
    connection: () => {
      throw new TypeError('no secret today')
    },
  } as const
  const nowhere = { engine: 'sqlite', connection: { filename: '/nowhere/at/all.db' } } as const
  for (const spec of [failing, nowhere]) {
    const store = openStore({ ...spec, side: 'source', naming })
    await expect(store.readFence()).rejects.toMatchObject({ name: 'StoreError', reason: 'lost' })
    await store.close()
  }
})

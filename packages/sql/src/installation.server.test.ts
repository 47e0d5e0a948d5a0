// Making and removing the control tables on real servers.

import type { Fence } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { openStore } from './engines.ts'
import { cleanUp, engines, first, type TestSide, testSide } from './testing/test-side.ts'

const later: Fence = { role: 'secondary', epoch: 9, stage: 'target-first' }

const tableNames: Record<TestSide['engine'], string> = {
  postgres: `SELECT tablename AS n FROM pg_tables WHERE schemaname = current_schema()`,
  mysql: `SELECT table_name AS n FROM information_schema.tables WHERE table_schema = DATABASE()`,
  mariadb: `SELECT table_name AS n FROM information_schema.tables WHERE table_schema = DATABASE()`,
  sqlite: `SELECT name AS n FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'`,
}

async function tables(side: TestSide): Promise<string[]> {
  return (await side.app.run(tableNames[side.engine])).rows.map((row) => String(row['n'])).sort()
}

const each = ['audit', 'checkpoint', 'fence', 'journal', 'lock', 'mark', 'meta', 'mismatch', 'process'].map(
  (kind) => `_tw_${kind}`,
)
const allOn = (engine: TestSide['engine']): string[] =>
  engine === 'sqlite' ? [...each, '_tw_journal_inlet'].sort() : each

function another(side: TestSide, migration: string): TestSide['store'] {
  const { engine, connection, naming } = side
  const store = openStore({ engine, connection, side: 'source', naming: { ...naming, migration } })
  cleanUp(() => store.close())
  return store
}

describe.each(engines)('installation on %s', (engine) => {
  it('makes the tables and the fence row once, and again without harm', async () => {
    const side = await testSide(engine)
    expect(await side.store.readFence()).toBeNull()
    expect(await side.store.installedMs()).toBeNull()
    await side.store.install(first)
    await side.store.install(later)
    expect(await tables(side)).toEqual(allOn(engine))
    expect(await side.store.readFence()).toEqual(first)
    expect(
      (await side.app.run('SELECT min(slot) AS a, max(slot) AS b, count(*) AS c FROM _tw_lock')).rows.map(
        (row) => Object.values(row).map(Number),
      ),
    ).toEqual([[0, 1023, 1024]])
    expect(await side.store.installedMs()).toBeLessThan(20_000)
  })

  it('is the same when many processes install at once', async () => {
    const side = await testSide(engine)
    const stores = Array.from({ length: 4 }, () => another(side, side.naming.migration))
    await Promise.all(stores.map((store) => store.install(first)))
    expect(await side.store.readFence()).toEqual(first)
    expect(await tables(side)).toEqual(allOn(engine))
  })

  it('is done as well by running its statements by hand', async () => {
    const side = await testSide(engine, { naming: { migration: `it's \\ "☃"` } })
    for (const statement of side.store.installStatements(first)) await side.app.run(statement)
    expect(await side.store.readFence()).toEqual(first)
    await side.store.install(later)
    expect(await side.store.readFence()).toEqual(first)
    expect(await side.store.addJournal([{ table: 't', key: '1', op: 'insert' }], 1)).toBe(true)
    for (const statement of side.store.uninstallStatements()) await side.app.run(statement)
    expect(await tables(side)).toEqual([])
  })

  it('repairs what is missing', async () => {
    const side = await testSide(engine)
    await side.store.install(first)
    await side.app.run('DROP TABLE _tw_process')
    await side.app.run('DELETE FROM _tw_lock WHERE slot > 5')
    await side.store.install(first)
    expect(await tables(side)).toEqual(allOn(engine))
    expect(Number(Object.values((await side.app.run('SELECT count(*) FROM _tw_lock')).rows[0]!)[0])).toBe(
      1024,
    )
  })

  it('shares the tables with another migration, and takes them away with the last one', async () => {
    const side = await testSide(engine)
    const other = another(side, 'other')
    await side.store.install(first)
    await other.install(later)
    await side.store.addJournal([{ table: 't', key: '1', op: 'insert' }], 1)
    expect(await other.readFence()).toEqual(later)
    expect((await other.journalState()).entries).toBe(0)
    await side.store.uninstall()
    expect(await side.store.readFence()).toBeNull()
    expect(await other.readFence()).toEqual(later)
    await other.uninstall()
    await other.uninstall()
    expect(await tables(side)).toEqual([])
  })

  it('refuses tables of another version', async () => {
    const side = await testSide(engine)
    await side.store.install(first)
    await side.app.run(`UPDATE _tw_meta SET value = '99' WHERE name = 'version'`)
    for (const use of [
      () => side.store.install(first),
      () => side.store.readFence(),
      () => side.store.uninstall(),
    ]) {
      await expect(use()).rejects.toMatchObject({ name: 'StoreError', reason: 'version', side: 'target' })
    }
  })

  it('is reported as missing by what needs it', async () => {
    const side = await testSide(engine)
    const uses = [
      () => side.store.journalPage(1),
      () => side.store.beginApply(),
      () => side.store.journalState(),
      () => side.store.addJournal([{ table: 't', key: '1', op: 'insert' }], 1),
      () => side.store.changeFence({ epochBelow: 9 }, later, 100),
      () => side.store.processes(),
    ]
    for (const use of uses)
      await expect(use()).rejects.toMatchObject({ name: 'StoreError', reason: 'missing' })
  })
})

const userStatements: Record<'postgres' | 'mysql' | 'mariadb', (name: string) => string[]> = {
  postgres: (name) => [
    `CREATE ROLE ${name} LOGIN PASSWORD 'x'`,
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    `GRANT USAGE ON SCHEMA public TO ${name}`,
  ],
  mysql: (name) => [
    `CREATE USER ${name} IDENTIFIED BY 'x'`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON *.* TO ${name}`,
  ],
  mariadb: (name) => [
    `CREATE USER ${name} IDENTIFIED BY 'x'`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON *.* TO ${name}`,
  ],
}

const dropUser: Record<'postgres' | 'mysql' | 'mariadb', (name: string) => string[]> = {
  postgres: (name) => [`DROP OWNED BY ${name}`, `DROP ROLE ${name}`],
  mysql: (name) => [`DROP USER ${name}`],
  mariadb: (name) => [`DROP USER ${name}`],
}

describe.each(['postgres', 'mysql', 'mariadb'] as const)('installation without rights on %s', (engine) => {
  it('is denied, and works once an administrator has made the tables', async () => {
    const side = await testSide(engine)
    const name = `tw_poor_${process.pid}_${Math.floor(Math.random() * 1e6)}`
    for (const statement of userStatements[engine](name)) await side.app.run(statement)
    cleanUp(async () => {
      for (const statement of dropUser[engine](name)) await side.app.run(statement)
    })
    const connection = { ...(side.connection as object), user: name, password: 'x' }
    const store = openStore({ engine, connection, side: 'target', naming: side.naming })
    cleanUp(() => store.close())
    await expect(store.install(first)).rejects.toMatchObject({ reason: 'denied' })
    for (const statement of side.store.installStatements(first)) await side.app.run(statement)
    if (engine === 'postgres')
      await side.app.run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${name}`)
    await store.install(first)
    expect(await store.readFence()).toEqual(first)
    expect(await store.addJournal([{ table: 't', key: '1', op: 'insert' }], 1)).toBe(true)
    expect(await store.changeFence({ epochBelow: 2 }, { ...later, epoch: 2 }, 1000)).toBe(true)
    const session = await store.beginApply()
    expect((await session.lock([1, 2], 'wait')).size).toBe(2)
    await session.commit()
    expect(await store.foreignKeysOff()).toBe(engine !== 'postgres')
  })

  it('is out of reach for a stranger', async () => {
    const side = await testSide(engine)
    const connection = { ...(side.connection as object), user: 'tw_nobody', password: 'x' }
    const store = openStore({ engine, connection, side: 'target', naming: side.naming })
    cleanUp(() => store.close())
    await expect(store.readFence()).rejects.toMatchObject({ reason: 'lost' })
  })
})

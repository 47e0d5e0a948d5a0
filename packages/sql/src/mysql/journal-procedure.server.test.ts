// MySQL and MariaDB: journal, fence and COMMIT in one call.

import type { Change } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { openApp } from '../testing/app-connection.ts'
import { cleanUp, first, type TestSide, testSide } from '../testing/test-side.ts'

const guard = { role: 'primary', epoch: 1 } as const
const one: Change[] = [{ table: 't', key: '5', op: 'insert' }]
const hostile: Change[] = [
  { table: `it's`, key: `'; DROP TABLE t; -- \\ ☃`, op: 'insert' },
  { table: 't', key: 'a|~p', op: 'delete' },
]

describe.each(['mysql', 'mariadb'] as const)('journal and COMMIT in one call on %s', (engine) => {
  async function installed(): Promise<TestSide> {
    const side = await testSide(engine)
    await side.app.run('CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v INT)')
    await side.store.install(first)
    return side
  }
  const rows = async (side: TestSide): Promise<number> =>
    Number((await (await side.connect()).run('SELECT count(*) AS n FROM t')).rows[0]!['n'])
  const entries = async (side: TestSide): Promise<unknown[]> =>
    (await side.store.journalPage(100)).map(({ table, key }) => [table, key])

  it.each([
    ['one change', one],
    ['many changes', [...one, ...hostile]],
    ['a hostile one', hostile.slice(0, 1)],
  ])('commits %s with the transaction (W3, W14)', async (_, changes) => {
    const side = await installed()
    await side.app.run('BEGIN')
    await side.app.run('INSERT INTO t (v) VALUES (1)')
    await side.app.run(side.dialect.journalAndCommit(changes, 1)!)
    expect(await rows(side)).toBe(1)
    expect(await entries(side)).toEqual(changes.map(({ table, key }) => [table, key]))
  })

  it('leaves the last generated id to the app (W1)', async () => {
    const side = await installed()
    for (let turn = 1; turn <= 3; turn++) {
      await side.app.run('BEGIN')
      await side.app.run('INSERT INTO t (v) VALUES (1)')
      await side.app.run(side.dialect.journalAndCommit([...one, ...one, ...one], 1)!)
      expect(Number((await side.app.run('SELECT LAST_INSERT_ID() AS id')).rows[0]!['id'])).toBe(turn)
    }
  })

  it('commits nothing when the fence refuses (W8)', async () => {
    const side = await installed()
    await side.store.changeFence(guard, { ...first, role: 'frozen' }, 1000)
    await side.app.run('BEGIN')
    await side.app.run('INSERT INTO t (v) VALUES (1)')
    const error = await side.app.run(side.dialect.journalAndCommit(one, 1)!).catch((cause: unknown) => cause)
    expect(side.dialect.refused(error)).toBe(true)
    expect(side.dialect.isUnusable(error)).toBe(false)
    await side.app.run('ROLLBACK')
    expect(await rows(side)).toBe(0)
    expect(await entries(side)).toEqual([])
  })

  it('tells a user without the right to call it, and leaves the transaction as it was', async () => {
    const side = await installed()
    const name = `tw_plain_${process.pid}_${Math.floor(Math.random() * 1e6)}`
    await side.app.run(`CREATE USER ${name} IDENTIFIED BY 'x'`)
    cleanUp(async () => {
      await side.app.run(`DROP USER ${name}`)
    })
    await side.app.run(`GRANT SELECT, INSERT, UPDATE, DELETE ON * TO ${name}`)
    const app = await openApp(engine, { ...(side.connection as object), user: name, password: 'x' })
    cleanUp(() => app.end())
    await app.run('BEGIN')
    await app.run('INSERT INTO t (v) VALUES (1)')
    const error = await app.run(side.dialect.journalAndCommit(one, 1)!).catch((cause: unknown) => cause)
    expect(side.dialect.isUnusable(error)).toBe(true)
    await app.run('COMMIT')
    expect(await rows(side)).toBe(1)
  })
})

// Journal and fence in the app's own transactions, on real servers (PROTOCOL 5.11): refused means refused, in every isolation level.

import type { Change, Fence } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import type { AppConnection } from './testing/app-connection.ts'
import { engines, first, rowLocking, testSide, type TestSide } from './testing/test-side.ts'

const frozen: Fence = { role: 'frozen', epoch: 2, stage: 'source-first' }
const guard = { role: 'primary', epoch: 1 } as const
const changes: Change[] = [
  { table: 'orders', key: '1', op: 'insert' },
  { table: 'orders', key: `it's a "key" with \\ ? $1 | ~ and ☃ 𝄞`, op: 'update' },
  { table: 'täble', key: ' 2 ', op: 'delete' },
]

async function installed(engine: TestSide['engine']): Promise<TestSide> {
  const side = await testSide(engine)
  await side.app.run('CREATE TABLE t (id int PRIMARY KEY, v int)')
  await side.store.install(first)
  return side
}

/** Whether the promise settles within the time. */
async function settles(work: Promise<unknown>, ms = 300): Promise<boolean> {
  return Promise.race([
    work.then(
      () => true,
      () => true,
    ),
    new Promise<false>((resolve) => setTimeout(() => resolve(false), ms)),
  ])
}

const entries = async (side: TestSide): Promise<unknown[]> =>
  (await side.store.journalPage(100)).map(({ table, key, attempts }) => [table, key, attempts])

const begin: Record<TestSide['engine'], (isolation: string) => string[]> = {
  postgres: (isolation) => [`BEGIN ISOLATION LEVEL ${isolation}`],
  mysql: (isolation) => [`SET TRANSACTION ISOLATION LEVEL ${isolation}`, 'BEGIN'],
  mariadb: (isolation) => [`SET TRANSACTION ISOLATION LEVEL ${isolation}`, 'BEGIN'],
  sqlite: () => ['BEGIN'],
}

async function start(side: TestSide, isolation: string): Promise<AppConnection> {
  const app = await side.connect()
  for (const statement of begin[side.engine](isolation)) await app.run(statement)
  return app
}

describe.each(engines)('the journal on %s', (engine) => {
  it('takes one or many changes while the fence says primary at the epoch, and gives them back exactly (W3)', async () => {
    const side = await installed(engine)
    expect((await side.app.own(side.dialect.journal(changes.slice(0, 1), 1, false))).affected).toBe(1)
    expect((await side.app.own(side.dialect.journal(changes, 1, false))).affected).toBe(3)
    expect(await entries(side)).toEqual([changes[0]!, ...changes].map(({ table, key }) => [table, key, 0]))
    expect(await side.store.addJournal(changes, 1)).toBe(true)
    expect(await side.store.journalState()).toMatchObject({ entries: 7, blocked: 0, marks: [] })
  })

  it('takes nothing at another epoch, in another role, or without a fence row (W8)', async () => {
    const side = await installed(engine)
    const refused = async (epoch: number): Promise<void> => {
      expect((await side.app.own(side.dialect.journal(changes, epoch, false))).affected).toBe(0)
      expect((await side.app.own(side.dialect.checkFence(epoch, false))).rows).toEqual([])
      expect((await side.app.own(side.dialect.mark('orders', 'COPY', epoch, false))).affected).toBe(0)
      expect(await side.store.addJournal(changes, epoch)).toBe(false)
    }
    await refused(2)
    await side.store.changeFence(guard, frozen, 1000)
    await refused(1)
    await refused(2)
    await side.app.run('DELETE FROM _tw_fence')
    await refused(1)
    expect(await entries(side)).toEqual([])
  })

  it('keeps its entries with the transaction of the app (W2)', async () => {
    const side = await installed(engine)
    const app = await start(side, 'READ COMMITTED')
    await app.own(side.dialect.journal(changes, 1, false))
    expect(await entries(side)).toEqual([])
    await app.run('ROLLBACK')
    expect(await entries(side)).toEqual([])
  })

  it('marks tables, each named once', async () => {
    const side = await installed(engine)
    for (const table of ['orders', 'items', 'orders']) {
      expect((await side.app.own(side.dialect.mark(table, 'COPY', 1, false))).affected).toBe(1)
    }
    expect((await side.store.journalState()).marks).toEqual(['items', 'orders'])
  })

  it('tells marks with their reasons, and deletes only those that it was given, not what was set again since (W10)', async () => {
    const side = await installed(engine)
    const mark = (table: string, reason: string): Promise<unknown> =>
      side.app.own(side.dialect.mark(table, reason, 1, false))
    const told = async (): Promise<string[][]> =>
      (await side.store.marks()).map(({ table, reason }) => [table, reason])
    expect(await side.store.marks()).toEqual([])
    await mark('täble', `it's "why" ☃`)
    await mark('orders', 'COPY')
    await mark('items', 'COPY')
    expect(await told()).toEqual([
      ['täble', `it's "why" ☃`],
      ['orders', 'COPY'],
      ['items', 'COPY'],
    ])
    expect(await side.store.marks(1)).toHaveLength(1)
    const before = await side.store.marks()
    await mark('orders', 'COPY')
    await side.store.deleteMarks(before.map(({ id }) => id))
    expect(await told()).toEqual([['orders', 'COPY']])
    await side.store.uninstall()
    expect(await side.store.marks()).toEqual([])
  })

  it('rests failed entries, blocks them with their reason, and takes them back', async () => {
    const side = await installed(engine)
    await side.store.addJournal(changes, 1)
    const [one, two, three] = await side.store.journalPage(10)
    await side.store.failJournal([one!.id], 'late', { retryMs: 60_000 })
    await side.store.failJournal([two!.id, three!.id], 'too long \u0000', 'blocked')
    expect(await entries(side)).toEqual([])
    const held = await side.store.blocked(10)
    expect(held.map(({ key, reason, attempts }) => [key, reason.trim(), attempts])).toEqual([
      [changes[1]!.key, 'too long', 1],
      [changes[2]!.key, 'too long', 1],
    ])
    expect(await side.store.journalState()).toMatchObject({ entries: 1, blocked: 2 })
    await side.store.unblock(held.map(({ id }) => id))
    expect((await side.store.journalPage(10)).map(({ id }) => id)).toEqual([two!.id, three!.id])
    await side.store.deleteJournal([one!.id, two!.id, three!.id, '999'])
    expect(await side.store.journalState()).toMatchObject({ entries: 0, blocked: 0, oldestMs: null })
  })

  it('tells the age of the oldest entry by the clock of the database', async () => {
    const side = await installed(engine)
    await side.store.addJournal(changes.slice(0, 1), 1)
    await new Promise((resolve) => setTimeout(resolve, 120))
    const { oldestMs } = await side.store.journalState()
    expect(oldestMs).toBeGreaterThanOrEqual(100)
    expect(oldestMs).toBeLessThan(20_000)
  })
})

describe.each(rowLocking)('the fence on %s', (engine) => {
  it.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])(
    'is held by a %s write transaction until its end, and a change of it waits (W8)',
    async (isolation) => {
      const side = await installed(engine)
      const stale = isolation !== 'READ COMMITTED'
      const app = await start(side, isolation)
      expect((await app.own(side.dialect.journal(changes, 1, stale))).affected).toBe(3)
      const change = side.store.changeFence(guard, frozen, 5000)
      expect(await settles(change)).toBe(false)
      await app.run('COMMIT')
      expect(await change).toBe(true)
      expect(await entries(side)).toHaveLength(3)
    },
  )

  it.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])(
    'refuses a %s transaction whose snapshot is older than the freeze (C30)',
    async (isolation) => {
      const side = await installed(engine)
      const stale = isolation !== 'READ COMMITTED'
      for (const statement of [side.dialect.journal(changes, 1, stale), side.dialect.checkFence(1, stale)]) {
        const app = await start(side, isolation)
        await app.run('SELECT count(*) FROM t')
        await side.store.changeFence(guard, frozen, 1000)
        const outcome = await app.own(statement).then(
          ({ rows, affected }) => rows.length + affected,
          () => 0,
        )
        expect(outcome).toBe(0)
        await app.run('ROLLBACK')
        await side.store.changeFence({ role: 'frozen', epoch: 2 }, first, 1000)
      }
      expect(await entries(side)).toEqual([])
    },
  )

  it('sees the change it waited for, also in the first statement of the transaction (C30)', async () => {
    const side = await installed(engine)
    const holder = await start(side, 'READ COMMITTED')
    await holder.own(side.dialect.checkFence(1, false))
    const change = side.store.changeFence(guard, frozen, 5000)
    expect(await settles(change)).toBe(false)
    const late = await start(side, 'READ COMMITTED')
    const journal = late.own(side.dialect.journal(changes, 1, false))
    expect(await settles(journal)).toBe(false)
    await holder.run('COMMIT')
    expect(await change).toBe(true)
    expect((await journal).affected).toBe(0)
  })
})

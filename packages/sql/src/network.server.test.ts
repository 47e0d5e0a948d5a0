// What a store makes of a network that fails: an answer that never comes is `lost` within a bound, and the lock of a session
// that nobody hears of any more is given back by the server.

import { faultProxy, type FaultProxy } from '@twinwrite/testkit'
import { describe, expect, it } from 'vitest'
import { openStore } from './engines.ts'
import { upsertsOf } from './testing/apply.ts'
import { cleanUp, first, rowLocking, type TestSide, testSide } from './testing/test-side.ts'

const secondary = { ...first, role: 'secondary' } as const

async function behindProxy(
  engine: (typeof rowLocking)[number],
): Promise<[TestSide, TestSide['store'], FaultProxy]> {
  const side = await testSide(engine)
  await side.app.run('CREATE TABLE t (id int PRIMARY KEY, v int)')
  await side.store.install(secondary)
  const tables = await side.use('t')
  const { host, port } = side.connection as { host: string; port: number }
  const proxy = await faultProxy({ host, port })
  cleanUp(() => proxy.close())
  const connection = { ...(side.connection as object), host: proxy.host, port: proxy.port }
  const store = openStore({ engine, connection, side: 'target', naming: side.naming })
  cleanUp(() => store.close())
  store.use(new Map(tables.map((table) => [table.mapping, table])))
  return [side, store, proxy]
}

describe.each(['postgres', 'mysql'] as const)('behind a silent network, %s', (engine) => {
  it('that says nothing any more is lost within the bound, and its locks are free again (W7)', async () => {
    const [side, store, proxy] = await behindProxy(engine)
    const [table] = await side.use('t')
    const session = await store.beginApply()
    await session.lock([1, 2], 'wait')
    proxy.blackHole()
    const started = performance.now()
    await expect(session.write([upsertsOf(table!, [['1', '1']])], { displace: false })).rejects.toMatchObject(
      {
        reason: 'lost',
      },
    )
    await session.rollback()
    expect(performance.now() - started).toBeLessThan(12_000)
    await expect(store.beginApply()).rejects.toMatchObject({ reason: 'lost' })
    await proxy.heal()
    await expect
      .poll(
        async () => {
          const other = await side.store.beginApply()
          const { size } = await other.lock([1, 2], 'skip')
          await other.rollback()
          return size
        },
        { timeout: 12_000 },
      )
      .toBe(2)
    const again = await store.beginApply()
    await again.write([upsertsOf(table!, [['1', '2']])], { displace: false })
    await again.commit()
    expect((await side.app.run('SELECT v FROM t')).rows).toEqual([{ v: 2 }])
  })
})

describe.each(rowLocking)('behind a failing network, %s', (engine) => {
  it('that breaks after the commit was sent leaves the outcome open, as lost', async () => {
    const [side, store, proxy] = await behindProxy(engine)
    const [table] = await side.use('t')
    const session = await store.beginApply()
    await session.write([upsertsOf(table!, [['1', '1']])], { displace: false })
    const cut = proxy.cutAfter((bytes, direction) => direction === 'to-server' && bytes.includes('COMMIT'))
    await expect(session.commit()).rejects.toMatchObject({ reason: 'lost' })
    await cut
    await session.rollback()
    await expect.poll(async () => (await side.app.run('SELECT v FROM t')).rows).toEqual([{ v: 1 }])
    expect(await store.readFence()).toEqual(secondary)
  })

  it('that breaks in the middle of a statement is lost, and nothing of it remains', async () => {
    const [side, store, proxy] = await behindProxy(engine)
    const [table] = await side.use('t')
    const session = await store.beginApply()
    await session.write([upsertsOf(table!, [['1', '1']])], { displace: false })
    const cut = proxy.cutMidPacket('to-server')
    await expect(session.write([upsertsOf(table!, [['2', '2']])], { displace: false })).rejects.toMatchObject(
      { reason: 'lost' },
    )
    await cut
    await session.rollback()
    expect((await side.app.run('SELECT v FROM t')).rows).toEqual([])
  })
})

// Writing applied rows on real servers: what is written is exactly what was given, and never another row.

import { describe, expect, it } from 'vitest'
import { stripeCount } from '@twinwrite/core'
import { cleanUp, engines, first, rowLocking, testSide, type TestSide } from './testing/test-side.ts'

const secondary = { ...first, role: 'secondary' } as const

describe.each(engines)('apply on %s', (engine) => {
  async function prepared(): Promise<TestSide> {
    const side = await testSide(engine)
    await side.app.run(
      'CREATE TABLE items (id int PRIMARY KEY, code varchar(40) UNIQUE, name varchar(60) NOT NULL)',
    )
    await side.store.install(secondary)
    await side.use('items')
    return side
  }

  async function write(
    side: TestSide,
    upserts: (string | null)[][],
    deletes: string[] = [],
    displace = false,
  ): Promise<void> {
    const session = await side.store.beginApply()
    try {
      await session.write(
        [{ table: 'items', upserts: upserts.map((row) => ({ key: row[0]!, row })), deletes }],
        { displace },
      )
      await session.commit()
    } finally {
      await session.rollback()
    }
  }

  const rows = async (side: TestSide): Promise<unknown[][]> =>
    (await side.app.run('SELECT id, code, name FROM items ORDER BY id')).rows.map((row) => Object.values(row))

  it('inserts, updates and deletes by key, and doing it again changes nothing (W6)', async () => {
    const side = await prepared()
    await write(side, [
      ['1', 'a', 'one'],
      ['2', null, 'two'],
    ])
    for (let round = 0; round < 2; round++) {
      await write(
        side,
        [
          ['2', 'b', 'zwei'],
          ['3', 'c', 'three'],
        ],
        ['1', '9'],
      )
      expect(await rows(side)).toEqual([
        [2, 'b', 'zwei'],
        [3, 'c', 'three'],
      ])
    }
  })

  it('refuses a unique value that another row holds, and leaves that row alone (C16, C17)', async () => {
    const side = await prepared()
    await write(side, [
      ['1', 'a', 'one'],
      ['2', 'b', 'two'],
    ])
    await expect(write(side, [['3', 'b', 'three']])).rejects.toMatchObject({ reason: 'unique' })
    expect(await rows(side)).toEqual([
      [1, 'a', 'one'],
      [2, 'b', 'two'],
    ])
    const writes = [{ table: 'items', upserts: [{ key: '3', row: ['3', 'b', 'three'] }], deletes: [] }]
    expect(await side.store.inTheWay(writes, 'unique')).toEqual([{ table: 'items', key: '2' }])
  })

  it('swaps unique values between rows of one batch (C15)', async () => {
    const side = await prepared()
    await write(side, [
      ['1', 'a', 'one'],
      ['2', 'b', 'two'],
      ['3', 'c', 'three'],
    ])
    const rotated = [
      ['1', 'b', 'one'],
      ['2', 'c', 'two'],
      ['3', 'a', 'three'],
    ]
    await expect(write(side, rotated)).rejects.toMatchObject({ reason: 'unique' })
    await write(side, rotated, [], true)
    expect(await rows(side)).toEqual([
      [1, 'b', 'one'],
      [2, 'c', 'two'],
      [3, 'a', 'three'],
    ])
  })

  it('holds the fence until the end of its transaction (W8)', async () => {
    const side = await prepared()
    const session = await side.store.beginApply()
    expect(session.fence).toEqual(secondary)
    const guard = { role: 'secondary', epoch: 1 } as const
    const next = { role: 'primary', epoch: 2, stage: 'target-first' } as const
    await expect(side.store.changeFence(guard, next, 300)).rejects.toMatchObject({ reason: 'transient' })
    await session.rollback()
    expect(await side.store.changeFence(guard, next, 300)).toBe(true)
    expect(await side.store.changeFence(guard, next, 300)).toBe(false)
    expect(await side.store.readFence()).toEqual(next)
  })

  it('refuses everything but rollback after an error (C31)', async () => {
    const side = await prepared()
    const session = await side.store.beginApply()
    cleanUp(() => session.rollback())
    const bad = [{ table: 'items', upserts: [{ key: '1', row: ['1', 'a', null] }], deletes: [] }]
    await expect(session.write(bad, { displace: false })).rejects.toMatchObject({ reason: 'rejected' })
    await expect(session.write([], { displace: false })).rejects.toMatchObject({ name: 'StoreError' })
    await expect(session.commit()).rejects.toMatchObject({ name: 'StoreError' })
    await session.rollback()
    expect(await rows(side)).toEqual([])
  })
})

describe.each(rowLocking)('stripes on %s', (engine) => {
  it('gives each stripe to one session, waiting or skipping as asked (I2)', async () => {
    const side = await testSide(engine)
    await side.store.install(secondary)
    const one = await side.store.beginApply()
    const two = await side.store.beginApply()
    expect([...(await one.lock([3, 5, stripeCount - 1], 'wait'))]).toEqual([3, 5, stripeCount - 1])
    expect([...(await two.lock([4, 5, 6], 'skip'))]).toEqual([4, 6])
    await expect(two.lock([3], 'wait')).rejects.toMatchObject({ reason: 'transient' })
    await two.rollback()
    await one.commit()
    const three = await side.store.beginApply()
    expect((await three.lock([3, 5], 'wait')).size).toBe(2)
    await three.rollback()
  })
})

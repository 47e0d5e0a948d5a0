import type { StoreError } from '@twinwrite/core'
import { describe, expect, test } from 'vitest'
import { put, send, SmallWorld } from '../testing/small-world.ts'

const upsert = (
  key: string,
  label: string,
): { table: string; upserts: { key: string; row: string[] }[]; deletes: string[] } => ({
  table: 'item',
  upserts: [{ key, row: [key, label, `note ${label}`] }],
  deletes: [],
})

describe('the store over a simulated server', () => {
  test('writes nothing that its session does not commit', async () => {
    const world = new SmallWorld()
    await world.run(async () => {
      const session = await world.store(world.target).beginApply()
      await session.write([upsert('1', 'a')], { displace: false })
      await session.rollback()
    })
    expect(world.target.committedRow('item', '1')).toBeNull()
  })

  test('loses the transaction with the session', async () => {
    const world = new SmallWorld()
    await world.run(async () => {
      const session = await world.store(world.target).beginApply()
      await session.write([upsert('1', 'a')], { displace: false })
      session.link.session.close('test')
      await expect(session.commit()).rejects.toMatchObject({ reason: 'lost' } satisfies Partial<StoreError>)
    })
    expect(world.target.committedRow('item', '1')).toBeNull()
  })

  test('refuses a unique value that another row holds, says which, and can move values within a batch', async () => {
    const world = new SmallWorld()
    const store = world.store(world.source)
    await world.run(async () => {
      const connection = world.connection(world.source)
      await send(connection, put('1', 'one', 'a'))
      await send(connection, put('2', 'two', 'b'))
      const swapped = [upsert('1', 'b'), upsert('2', 'a')]
      const alone = await store.beginApply()
      await expect(alone.write([upsert('1', 'b')], { displace: true })).rejects.toMatchObject({
        reason: 'unique',
      })
      await alone.rollback()
      expect(await store.inTheWay([upsert('1', 'b')], 'unique')).toEqual([{ table: 'item', key: '2' }])
      const plain = await store.beginApply()
      await expect(plain.write(swapped, { displace: false })).rejects.toMatchObject({ reason: 'unique' })
      await plain.rollback()
      const both = await store.beginApply()
      await both.write(swapped, { displace: true })
      await both.rollback()
    })
    expect(world.scheduler.failure).toBeNull()
  })

  test('gives locked stripes to one session only: others wait, or get what is free', async () => {
    const world = new SmallWorld()
    const store = world.store(world.target)
    await world.run(async () => {
      const first = await store.beginApply()
      expect(await first.lock([1, 2], 'wait')).toEqual(new Set([1, 2]))
      const second = await store.beginApply()
      expect(await second.lock([2, 3], 'skip')).toEqual(new Set([3]))
      await expect(second.lock([1], 'wait')).rejects.toMatchObject({ reason: 'transient' })
      await first.commit()
      const third = await store.beginApply()
      expect(await third.lock([1, 2], 'wait')).toEqual(new Set([1, 2]))
    })
  })

  test('changes the fence only when the guard holds', async () => {
    const world = new SmallWorld()
    const store = world.store(world.source)
    const frozen = { role: 'frozen', epoch: 2, stage: 'source-first' } as const
    const changes = await world.run(async () => [
      await store.changeFence({ role: 'frozen', epoch: 1 }, frozen, 100),
      await store.changeFence({ role: 'primary', epoch: 1 }, frozen, 100),
      await store.changeFence({ epochBelow: 2 }, { ...frozen, epoch: 9 }, 100),
    ])
    expect(changes).toEqual([false, true, false])
    expect(await world.run(() => store.readFence())).toEqual(frozen)
  })

  test('keeps failed entries back until their time, and blocked ones until they are asked for', async () => {
    const world = new SmallWorld()
    const store = world.store(world.source)
    await world.run(async () => {
      const change = { table: 'item', key: '1', op: 'insert' } as const
      expect(await store.addJournal([change], 1)).toBe(true)
      expect(await store.addJournal([change], 2)).toBe(false)
      const [entry] = await store.journalPage(10)
      await store.failJournal([entry?.id ?? ''], 'no', { retryMs: 500 })
      expect(await store.journalPage(10)).toEqual([])
      await world.process().clock.sleep(500)
      expect(await store.journalPage(10)).toMatchObject([{ key: '1', attempts: 1 }])
      await store.failJournal([entry?.id ?? ''], 'never', 'blocked')
      expect(await store.journalState()).toMatchObject({ entries: 0, blocked: 1 })
      expect(await store.blocked(10)).toMatchObject([{ key: '1', reason: 'never' }])
      await store.unblock([entry?.id ?? ''])
      expect(await store.journalState()).toMatchObject({ entries: 1, blocked: 0 })
    })
  })
})

// Verification beside live traffic: no false alarm, and equality at the end (W11, failure cases d, f, g).

import { repair, verify } from '@twinwrite/verify'
import type { Engine } from '@twinwrite/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { firstOf } from '../long.ts'
import { openShop, type Shop } from './shop.ts'
import { startTraffic } from './traffic.ts'

let shop: Shop

afterEach(() => shop.close())

const pairs: readonly (readonly [Engine, Engine])[] = [
  ['mysql', 'postgres'],
  ['postgres', 'mysql'],
  ['postgres', 'postgres'],
  ['mysql', 'mysql'],
]

const passes = 14

describe.each(firstOf(pairs, 1))('%s to %s, under traffic', { timeout: 180_000 }, (source, target) => {
  test(`${passes} passes raise no false alarm, repair does no harm, and both sides are equal at the end (W11, W12)`, async () => {
    shop = await openShop(source, target, { orders: 300 })
    const operator = shop.operator()
    const traffic = startTraffic(shop, 4)
    try {
      for (let pass = 0; pass < passes; pass++) {
        const report = await verify(operator, { chunkMs: 20, repair: pass % 2 === 1 }).done
        expect(report.shown).toEqual([])
        expect(report.rows).toBeGreaterThan(300)
      }
      const keys = Array.from({ length: 60 }, (_, index) => ({ table: 'orders', key: String(index + 1) }))
      const repaired = await repair(operator, keys)
      expect(repaired.left.filter(({ reason }) => reason !== 'it is in flight')).toEqual([])
    } finally {
      await traffic.stop()
    }
    expect(traffic.writes()).toBeGreaterThan(100)
    expect(await shop.migration.drain()).toBe(true)
    expect(await verify(operator).done).toMatchObject({ clean: true, mismatches: 0, inFlight: [] })
  })
})

test('losses that were accepted are no mismatches, before a switch, after it, and after the way back (W11)', async () => {
  shop = await openShop('mysql', 'postgres', { targetScale: 2 })
  const operator = shop.operator()
  const looks = async (): Promise<unknown> => {
    expect(await shop.migration.drain()).toBe(true)
    const { clean, primary, shown } = await verify(operator).done
    return { clean, primary, shown }
  }
  expect(await looks()).toEqual({ clean: true, primary: 'source', shown: [] })
  await shop.migration.switchStage('target-first')
  await shop.db('orders').where({ id: 1 }).update({ total: '7.77' })
  await shop.db('orders').where({ id: 2 }).delete()
  expect(await looks()).toEqual({ clean: true, primary: 'target', shown: [] })

  await shop.plain.source('orders').where({ id: 3 }).update({ total: '99.125' })
  const { shown } = await verify(operator, { repair: true }).done
  expect(shown.map(({ key, differences }) => [key, differences[0]!.column])).toEqual([['3', 'total']])
  expect(await looks()).toEqual({ clean: true, primary: 'target', shown: [] })

  await shop.migration.switchStage('source-first')
  await shop.db('orders').where({ id: 4 }).update({ total: '1.235' })
  expect(await looks()).toEqual({ clean: true, primary: 'source', shown: [] })
})

// A backfill beside the app's writes through Knex, and an exact comparison of both sides afterwards (W12, failure cases d, f, g).

import { backfill } from '@twinwrite/backfill'
import { afterEach, describe, expect, test } from 'vitest'
import { firstOf } from '../long.ts'
import { openPlace, type Pair, type Place } from './place.ts'
import { traffic } from './traffic.ts'

const pairs: readonly Pair[] = [
  { source: 'mysql', target: 'postgres' },
  { source: 'postgres', target: 'mysql' },
  { source: 'postgres', target: 'postgres' },
  { source: 'mysql', target: 'mysql' },
]
const rows = 3000

let place: Place
afterEach(() => place.close())

async function expectEqual(): Promise<void> {
  await place.settled()
  const source = await place.contents('source')
  expect(await place.contents('target')).toEqual(source)
}

describe.each(firstOf(pairs, 2))('$source to $target', (pair) => {
  test.each(['live', 'auto'] as const)(
    'd, f: a %s load beside writes overwrites nothing newer, brings no deleted row back, and loads rows whole that are updated before their turn (W12)',
    async (way) => {
      place = await openPlace(pair, rows)
      await place.migration.setStage('source-first')
      const app = traffic(place.db, rows)
      const report = await backfill(place.operate(), {
        way,
        rowsPerSecond: 2500,
        chunkRows: { first: 50, max: 200 },
      }).done
      await app.end()
      expect(report.outcome).toBe('finished')
      expect(Math.min(...Object.values(app.written))).toBeGreaterThan(0)
      await expectEqual()
    },
  )

  test('g: a load over rows that are there, wrong or too many, beside writes ends with both sides equal (W12)', async () => {
    place = await openPlace(pair, 1000)
    await place.migration.setStage('source-first')
    await backfill(place.operate()).done
    await place.settled()
    await place.plain('target', `UPDATE orders SET note = 'damaged' WHERE id % 5 = 0`)
    await place.plain('target', `DELETE FROM positions WHERE order_id % 7 = 0`)
    await place.plain(
      'target',
      `INSERT INTO orders (id, customer, paid) VALUES (900001, 1, true), (900002, 1, false)`,
    )
    const app = traffic(place.db, 1000, { writers: 1 })
    const report = await backfill(place.operate(), { way: 'live', rowsPerSecond: 2500 }).done
    await app.end()
    expect(report.tables.every(({ way }) => way === 'live')).toBe(true)
    await expectEqual()
  })
})

// Both ways of a backfill without traffic: every value arrives exactly, on every pair of engines.

import { abandonFastLoad, backfill } from '@twinwrite/backfill'
import { openSession } from '@twinwrite/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { openPlace, type Pair, type Place } from './place.ts'

const pairs: readonly Pair[] = [
  { source: 'postgres', target: 'postgres' },
  { source: 'mysql', target: 'mysql' },
  { source: 'mysql', target: 'postgres' },
  { source: 'postgres', target: 'mysql' },
  { source: 'mysql', target: 'mariadb' },
  { source: 'mariadb', target: 'mysql' },
  { source: 'postgres', target: 'mariadb' },
]

let place: Place
afterEach(() => place.close())

describe.each(pairs)('$source to $target', (pair) => {
  test.each(['live', 'fast'] as const)(
    'a %s load brings every row as it is, and the counters',
    async (way) => {
      place = await openPlace(pair, 2000)
      await place.migration.setStage('source-first')
      const run = backfill(place.operate(), { way, chunkRows: { first: 150 } })
      const report = await run.done
      expect(report).toMatchObject({ outcome: 'finished', fellBack: null })
      expect(report.tables).toEqual([
        { table: 'orders', way, rows: 2000 },
        { table: 'positions', way, rows: 3000 },
      ])
      const source = await place.contents('source')
      expect(source).toHaveLength(5000)
      expect(await place.contents('target')).toEqual(source)
      expect(run.progress().tables.every(({ done }) => done)).toBe(true)
      const [next] = (await place.migration.stores.target.counters()).map((counter) => counter.next)
      expect(next).toBeGreaterThan(2000n)
      expect((await place.migration.stores.target.readFence())?.role).toBe('secondary')
      await abandonFastLoad(place.migration)
    },
  )
})

test.each(['mysql', 'mariadb'] as const)(
  'a reader whose transaction stays open on %s holds a backfill up, and does not end it',
  async (target) => {
    place = await openPlace({ source: 'mysql', target }, 300)
    await place.migration.setStage('source-first')
    const reader = await openSession(target, place.url.target)
    await reader.query('BEGIN')
    await reader.query('SELECT count(*) FROM orders')
    const run = backfill(place.operate(), { way: 'live' })
    const first = await Promise.race([run.done, sleep(4000)])
    await reader.query('COMMIT')
    reader.close()
    expect(first).toBeUndefined()
    expect(await run.done).toMatchObject({ outcome: 'finished' })
  },
)

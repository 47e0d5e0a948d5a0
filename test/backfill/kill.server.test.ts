// kill -9 of a loader at random moments: the next one goes on by itself (W13).

import { backfill } from '@twinwrite/backfill'
import { spawnWorker } from '@twinwrite/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { openPlace, type Pair, type Place } from './place.ts'

const cases: readonly (readonly [Pair, 'live' | 'auto'])[] = [
  [{ source: 'postgres', target: 'postgres' }, 'live'],
  [{ source: 'postgres', target: 'postgres' }, 'auto'],
  [{ source: 'mysql', target: 'mysql' }, 'auto'],
  [{ source: 'mysql', target: 'postgres' }, 'live'],
]
const [rows, all] = [24_000, 60_000]
const kills = 5

let place: Place
afterEach(() => place.close())

type Message = { readonly begun?: true; readonly rows?: number; readonly failed?: string }

/** Starts a loader and kills it. @returns rows that it went on from, and rows that it had noted at last */
async function killed(options: object): Promise<{ first: number; last: number }> {
  const worker = spawnWorker<Message>(new URL('loader.worker.ts', import.meta.url))
  const { pair, connection } = place
  const side = (name: 'source' | 'target') => ({ engine: pair[name], connection: connection[name] })
  worker.send({ pair, options, sides: { source: side('source'), target: side('target') } })
  await worker.receive(({ begun, failed }) => begun === true || failed !== undefined, 60_000)
  // Sometimes before its first row, mostly in the middle of its work.
  if (Math.random() > 0.2)
    await worker.receive(({ rows = 0, failed }) => rows > 0 || failed !== undefined, 60_000)
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 600))
  await worker.kill9()
  const seen = worker.received()
  expect(seen.filter(({ failed }) => failed !== undefined)).toEqual([])
  const noted = seen.flatMap((message) =>
    message.rows === undefined || message.rows === 0 ? [] : [message.rows],
  )
  return { first: noted[0] ?? 0, last: noted.at(-1) ?? 0 }
}

const indexes: Record<'postgres' | 'mysql', string> = {
  postgres: `SELECT indexdef AS text FROM pg_indexes WHERE tablename IN ('orders', 'positions') ORDER BY 1`,
  mysql: `SELECT CONCAT_WS(' ', TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE) AS text FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('orders', 'positions') ORDER BY 1`,
}

describe.each(cases)('%j', (pair, way) => {
  test(`a ${way} load that is killed ${kills} times goes on where it was, loses no chunk, and puts role and indexes back (W13)`, async () => {
    place = await openPlace(pair, rows)
    const indexesOf = (): Promise<unknown> =>
      place.plain('target', indexes[pair.target as 'postgres' | 'mysql'])
    const before = await indexesOf()
    await place.migration.setStage('source-first')
    const options = { way, rowsPerSecond: 12_000, chunkRows: { first: 300, max: 600 } }
    let noted = 0
    for (let kill = 0; kill < kills; kill++) {
      const { first, last } = await killed(options)
      if (last === 0) continue
      // Nothing that was noted is done again.
      expect(first).toBeGreaterThanOrEqual(noted)
      noted = last
    }
    if (way === 'auto') expect((await place.migration.stores.target.readFence())?.role).toBe('loading')
    const report = await backfill(place.operate(), { way }).done
    expect(report).toMatchObject({ outcome: 'finished', fellBack: null })
    // Every chunk is noted once: what is noted adds up to the rows that are there.
    expect(report.tables.reduce((sum, table) => sum + table.rows, 0)).toBe(all)
    expect((await place.migration.stores.target.readFence())?.role).toBe('secondary')
    expect(await indexesOf()).toEqual(before)
    await place.settled()
    const source = await place.contents('source')
    expect(source).toHaveLength(all)
    expect(await place.contents('target')).toEqual(source)
  }, 240_000)
})

import type { Bulk, KeyRange } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { openBulk } from './engines.ts'
import { cleanUp, engines, first, testSide, type TestSide } from './testing/test-side.ts'

const all: KeyRange = { after: null, upTo: null }

async function bulkOf(side: TestSide, ...names: readonly string[]): Promise<Bulk> {
  const { engine, connection, naming } = side
  const bulk = openBulk({ engine, connection, naming, side: 'target', sessions: 2 })
  cleanUp(() => bulk.close())
  const tables = await side.use(...names)
  bulk.use(new Map(tables.map((table) => [table.mapping, table])))
  return bulk
}

describe.each(engines)('whole tables on %s', (engine) => {
  it('gives rows of a range in the order of the key, without its beginning and with its end', async () => {
    const side = await testSide(engine)
    await side.app.run('CREATE TABLE item (id bigint NOT NULL PRIMARY KEY, label varchar(20))')
    await side.app.run(`INSERT INTO item VALUES (9, 'nine'), (10, NULL), (-1, 'minus'), (100, 'hundred')`)
    const bulk = await bulkOf(side, 'item')
    const keys = async (range: KeyRange): Promise<string[]> =>
      (await bulk.rows('item', range)).map(({ key }) => key)
    expect(await keys(all)).toEqual(['-1', '9', '10', '100'])
    expect(await keys({ after: '-1', upTo: '10' })).toEqual(['9', '10'])
    expect(await keys({ after: '100', upTo: null })).toEqual([])
    expect(await bulk.rows('item', { after: '9', upTo: '10' })).toEqual([{ key: '10', row: ['10', null] }])
    expect(await bulk.lastKey('item')).toBe('100')
    expect(await bulk.keyAt('item', { after: null, upTo: null }, 1)).toBe('-1')
    expect(await bulk.keyAt('item', { after: '-1', upTo: null }, 2)).toBe('10')
    expect(await bulk.keyAt('item', { after: '10', upTo: null }, 2)).toBeNull()
  })

  it('cuts a composite key where all of its columns say', async () => {
    const side = await testSide(engine)
    await side.app.run('CREATE TABLE line (a int NOT NULL, b varchar(10) NOT NULL, PRIMARY KEY (a, b))')
    await side.app.run(`INSERT INTO line VALUES (1, 'x'), (1, 'y|~'), (2, 'a'), (2, 'z'), (3, 'a')`)
    const bulk = await bulkOf(side, 'line')
    const keys = async (range: KeyRange): Promise<string[]> =>
      (await bulk.rows('line', range)).map(({ key }) => key)
    const every = await keys(all)
    expect(every).toEqual(['1|x', '1|y~p~~', '2|a', '2|z', '3|a'])
    expect(await keys({ after: '1|x', upTo: '2|a' })).toEqual(['1|y~p~~', '2|a'])
    expect(await keys({ after: '1|y~p~~', upTo: '2|z' })).toEqual(['2|a', '2|z'])
    expect(await bulk.keyAt('line', { after: '1|y~p~~', upTo: null }, 2)).toBe('2|z')
    expect(await bulk.lastKey('line')).toBe('3|a')
  })

  it('tells an empty table from one with rows', async () => {
    const side = await testSide(engine)
    await side.app.run('CREATE TABLE item (id int NOT NULL PRIMARY KEY)')
    const bulk = await bulkOf(side, 'item')
    expect(await bulk.lastKey('item')).toBeNull()
    expect(await bulk.rows('item', all)).toEqual([])
    expect(Number.isFinite(await bulk.estimate('item'))).toBe(true)
  })
})

describe.each(engines)('checkpoints on %s', (engine) => {
  const point = { run: 'backfill', table: 'item', part: 1, body: '{"a":"ä\\"\'\\\\"}' }

  it('are written over, compared and deleted by run', async () => {
    const { store } = await testSide(engine)
    expect(await store.checkpoints('backfill')).toEqual([])
    await store.install(first)
    expect(await store.saveCheckpoint(point)).toBe(true)
    expect(await store.saveCheckpoint(point)).toBe(true)
    expect(await store.saveCheckpoint({ ...point, run: 'verify' })).toBe(true)
    expect(await store.saveCheckpoint({ ...point, body: 'two' }, 'other')).toBe(false)
    expect(await store.saveCheckpoint({ ...point, body: 'two' }, null)).toBe(false)
    expect(await store.checkpoints('backfill')).toEqual([{ ...point, ageMs: expect.any(Number) }])
    expect(await store.saveCheckpoint({ ...point, body: 'two' }, point.body)).toBe(true)
    expect(await store.saveCheckpoint({ ...point, part: 0, body: 'first' }, null)).toBe(true)
    expect((await store.checkpoints('backfill')).map(({ body }) => body)).toEqual(['first', 'two'])
    await store.deleteCheckpoints('backfill')
    expect(await store.checkpoints('backfill')).toEqual([])
    expect(await store.checkpoints('verify')).toHaveLength(1)
  })
})

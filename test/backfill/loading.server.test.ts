// What may happen while a side is loading: other loaders, switches, other stages, tuning (W8, W12, W13).

import {
  abandonFastLoad,
  backfill,
  type BackfillRun,
  backfillSeen,
  pauseBackfill,
  previewBackfill,
  resumeBackfill,
  retuneBackfill,
} from '@twinwrite/backfill'
import { StoreError, TwinwriteError } from '@twinwrite/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { firstOf } from '../long.ts'
import { openPlace, type Pair, type Place } from './place.ts'
import { traffic } from './traffic.ts'

const pairs: readonly Pair[] = [
  { source: 'postgres', target: 'postgres' },
  { source: 'mysql', target: 'postgres' },
  { source: 'postgres', target: 'mysql' },
]
const rows = 4000

let place: Place
afterEach(() => place.close())

const roleOf = async (): Promise<string | undefined> =>
  (await place.migration.stores.target.readFence())?.role
const codeOf = (error: unknown): unknown => (error instanceof TwinwriteError ? error.code : error)

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`it did not come true: ${what.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const rowsOf = (run: BackfillRun): number => run.progress().tables.reduce((sum, table) => sum + table.rows, 0)

async function expectEqual(): Promise<void> {
  await place.settled()
  expect(await place.contents('target')).toEqual(await place.contents('source'))
}

describe.each(firstOf(pairs, 1))('$source to $target', (pair) => {
  beforeEach(async () => {
    place = await openPlace(pair, rows)
    await place.migration.setStage('source-first')
  })

  const slow = { rowsPerSecond: 2000, chunkRows: { first: 100, max: 200 } }

  test('while a side is loading nothing is applied to it, status says so, and a switch is refused (W8)', async () => {
    const run = backfill(place.operate(), slow)
    await until(() => rowsOf(run) > 300)
    expect(await roleOf()).toBe('loading')
    expect((await place.migration.status()).target.fence?.role).toBe('loading')
    await place.db('orders').where({ id: 1 }).update({ note: 'later' })
    expect(await place.migration.switchStage('target-first').then(() => 'done', codeOf)).toBe(
      'TW_SWITCH_REFUSED',
    )
    expect(await place.plain('target', `SELECT id FROM orders WHERE note = 'later'`)).toEqual([])
    const report = await run.done
    expect(report).toMatchObject({ outcome: 'finished', fellBack: null })
    expect(report.tables.every(({ way }) => way === 'fast')).toBe(true)
    await expectEqual()
    await place.migration.switchStage('target-first')
  })

  test('two loaders at once share the work, and every row is there once (W12)', async () => {
    const app = traffic(place.db, rows, { writers: 1 })
    const runs = [backfill(place.operate(), slow), backfill(place.operate(), slow)]
    const ended = await Promise.allSettled(runs.map((run) => run.done))
    // The one that comes late may find that the other has ended the load.
    for (const one of ended) {
      if (one.status === 'rejected') expect(codeOf(one.reason)).toBe('TW_BACKFILL_RACED')
    }
    expect(ended.some(({ status }) => status === 'fulfilled')).toBe(true)
    await backfill(place.operate()).done
    await app.end()
    expect(await roleOf()).toBe('secondary')
    await expectEqual()
  })

  test('source-only in between makes a run end, and the next one begin anew with what was written meanwhile (W12)', async () => {
    const run = backfill(place.operate(), slow)
    await until(() => rowsOf(run) > 500)
    await place.migration.setStage('source-only')
    await place.plain('source', `UPDATE orders SET note = 'unseen' WHERE id <= 50`)
    await place.plain('source', 'DELETE FROM positions WHERE order_id <= 60')
    await place.migration.setStage('source-first')
    expect(await run.done.then((report) => report.outcome, codeOf)).toBe('TW_BACKFILL_RACED')
    const report = await backfill(place.operate()).done
    expect(report.outcome).toBe('finished')
    expect(report.tables[0]!.rows).toBe(rows)
    expect(await roleOf()).toBe('secondary')
    await expectEqual()
  })

  test('a fast load that was stopped goes on where it was, or is given up and goes on live (W13)', async () => {
    for (const abandon of [false, true]) {
      const run = backfill(place.operate(), slow)
      const before = rowsOf(run)
      await until(() => rowsOf(run) > before + 500)
      run.stop()
      expect((await run.done).outcome).toBe('stopped')
      expect(await roleOf()).toBe('loading')
      if (abandon) await abandonFastLoad(place.migration)
    }
    expect(await roleOf()).toBe('secondary')
    const report = await backfill(place.operate()).done
    expect(report.outcome).toBe('finished')
    expect(report.tables.find(({ table }) => table === 'orders')!.rows).toBe(rows)
    await expectEqual()
  })

  test('rows that clash in the target make a fast load go on live, and a row that it never takes is blocked and seen (W12)', async () => {
    await place.plain('target', `ALTER TABLE orders ADD CONSTRAINT no_seven CHECK (code <> 'c7')`)
    const report = await backfill(place.operate()).done
    expect(report.fellBack).not.toBeNull()
    expect(report.outcome).toBe('finished')
    await until(async () => (await place.migration.status()).journal!.blocked > 0)
    expect((await place.migration.status()).blocked.map(({ table, key }) => `${table} ${key}`)).toContain(
      'orders 7',
    )
    const [source, target] = await Promise.all([place.contents('source'), place.contents('target')])
    const missing = source.filter((line) => !target.includes(line))
    expect(missing.every((line) => line.startsWith('7|'))).toBe(true)
    expect(missing.length).toBeGreaterThan(0)
  })
})

describe('postgres to postgres, steered', () => {
  beforeEach(async () => {
    place = await openPlace({ source: 'postgres', target: 'postgres' }, rows)
  })

  test('a backfill before every write is journaled is refused', async () => {
    expect(await backfill(place.operate()).done.then(() => 'done', codeOf)).toBe('TW_STAGE_STEP')
    await place.migration.setStage('source-first')
    await place.migration.stores.source.deleteCheckpoints('followed')
    expect(await backfill(place.operate()).done.then(() => 'done', codeOf)).toBe('TW_BACKFILL_EARLY')
  })

  test('a fast load of a table that holds rows is refused where it was asked for', async () => {
    await place.migration.setStage('source-first')
    await place.plain(
      'target',
      `INSERT INTO orders (id, customer, paid) SELECT n, 1, true FROM generate_series(1, 6000) AS n`,
    )
    const refused = await backfill(place.operate(), { way: 'fast' }).done.then(() => 'done', codeOf)
    expect(refused).toBe('TW_FAST_LOAD_UNFIT')
    expect(await place.plain('target', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 6000 }])
    const report = await backfill(place.operate()).done
    expect(report.tables.map(({ way }) => way)).toEqual(['live', 'fast'])
    await expectEqual()
  })

  test('a load may be done table by table, each fast; it is finished when all are, and stays so when one is loaded again', async () => {
    await place.plain('source', 'DELETE FROM positions WHERE order_id > 300')
    await place.plain('source', 'DELETE FROM orders WHERE id > 300')
    await place.migration.setStage('source-first')
    const operator = place.operate()
    const seen = async () => {
      const { state, left } = (await backfillSeen(operator, 'target'))!
      return [state, left]
    }
    const ways = (tables: readonly { table: string; way: string }[]): string[] =>
      tables.map(({ table, way }) => `${table} ${way}`)
    const orders = await backfill(operator, { tables: ['orders'] }).done
    expect(orders).toMatchObject({ outcome: 'finished', left: ['positions'] })
    expect(await seen()).toEqual(['interrupted', ['positions']])
    expect((await previewBackfill(operator)).tables).toMatchObject([
      { done: true },
      { way: 'fast', done: false },
    ])
    const positions = await backfill(operator, { tables: ['positions'], way: 'fast' }).done
    expect(ways([...orders.tables, ...positions.tables])).toEqual(['orders fast', 'positions fast'])
    expect(positions).toMatchObject({ outcome: 'finished', left: [] })
    expect(await seen()).toEqual(['finished', []])

    expect(ways((await previewBackfill(operator)).tables)).toEqual(['orders live', 'positions live'])
    const unfit = previewBackfill(operator, { way: 'fast' }).then(() => 'done', codeOf)
    expect(await unfit).toBe('TW_FAST_LOAD_UNFIT')
    const again = backfill(operator, { tables: ['positions'], rowsPerSecond: 300, chunkRows: { max: 50 } })
    await until(() => rowsOf(again) > 0)
    again.stop()
    expect(await again.done).toMatchObject({ outcome: 'stopped', left: ['positions'] })
    expect((await seen())[1]).toEqual(['positions'])
    expect(ways((await backfill(operator, { tables: ['positions'] }).done).tables)).toEqual([
      'positions live',
    ])
    expect(await seen()).toEqual(['finished', []])
    await expectEqual()
  })

  test('a load of one table ends with the whole load that was interrupted still to be finished (W13)', async () => {
    await place.migration.setStage('source-first')
    const operator = place.operate()
    const whole = backfill(operator, { rowsPerSecond: 8000, chunkRows: { first: 200, max: 500 } })
    await until(() => whole.progress().tables.some(({ table, rows }) => table === 'positions' && rows > 500))
    whole.stop()
    expect(await whole.done).toMatchObject({ outcome: 'stopped', left: ['positions'] })
    expect(await backfill(operator, { tables: ['orders'] }).done).toMatchObject({ left: ['positions'] })
    expect(await backfillSeen(operator, 'target')).toMatchObject({
      state: 'interrupted',
      left: ['positions'],
    })
    expect(await previewBackfill(operator)).toMatchObject({ resumes: true, tables: [{ done: true }, {}] })
    expect(await backfill(operator).done).toMatchObject({ outcome: 'finished', left: [] })
    await expectEqual()
  })

  test('anybody may pause, resume and retune a run; it says why it waits and when it will end', async () => {
    await place.migration.setStage('source-first')
    let busy: string | null = null
    const run = backfill(place.operate(), {
      way: 'live',
      rowsPerSecond: 500,
      chunkRows: { first: 50, max: 100 },
      throttle: { commitMs: 60_000, brakes: [{ look: () => Promise.resolve(busy) }] },
    })
    await until(() => rowsOf(run) > 100)
    await until(() => run.progress().throttled === 'limit of 500 rows/s')
    await until(() => (run.progress().etaMs ?? 0) > 1000)
    await pauseBackfill(place.migration)
    await until(() => run.progress().paused)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const stood = rowsOf(run)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(rowsOf(run)).toBe(stood)
    await resumeBackfill(place.migration)
    await until(() => rowsOf(run) > stood)
    busy = 'office hours'
    await until(() => run.progress().throttled === 'office hours')
    busy = null
    await retuneBackfill(place.migration, { rowsPerSecond: null, parallel: 4, chunkMs: 100 })
    expect((await run.done).outcome).toBe('finished')
    expect(run.progress()).toMatchObject({ throttled: null })
    await expectEqual()
  })

  test('only rows that the filter takes are loaded; others follow when they change', async () => {
    await place.migration.setStage('source-first')
    const where = { orders: 'id % 10 = 0', positions: 'order_id % 10 = 0' }
    const report = await backfill(place.operate(), { where }).done
    expect(report.tables.map((table) => table.rows)).toEqual([400, 400])
    expect(await place.plain('target', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 400 }])
    await place.db('orders').where({ id: 11 }).update({ note: 'now' })
    await place.settled()
    expect(await place.plain('target', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 401 }])
  })

  test('a run ends where the table ended when it began, whatever is added meanwhile', async () => {
    await place.migration.setStage('source-first')
    const run = backfill(place.operate(), { way: 'live', rowsPerSecond: 4000 })
    await until(() => rowsOf(run) > 0)
    for (let turn = 0; turn < 50; turn++)
      await place.db('orders').insert({ customer: 2, paid: true, code: `late${turn}` })
    const report = await run.done
    expect(report.tables.find(({ table }) => table === 'orders')!.rows).toBe(rows)
    await expectEqual()
  })

  test('a side that does not answer for a while is waited for', async () => {
    await place.migration.setStage('source-first')
    const { target } = place.migration.stores
    const run = backfill(place.operate(), { way: 'live', rowsPerSecond: 3000 })
    await until(() => rowsOf(run) > 200)
    await place
      .plain(
        'target',
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
      .catch((error: unknown) => {
        if (!(error instanceof StoreError)) throw error
      })
    expect((await run.done).outcome).toBe('finished')
    expect(await target.readFence()).not.toBeNull()
    await expectEqual()
  })
})

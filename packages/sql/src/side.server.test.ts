// Processes, counters and old transactions of a side, on real servers.

import type { ProcessBeat } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { applyWrites, upsertsOf } from './testing/apply.ts'
import { engines, first, rowLocking, type TestSide, testSide } from './testing/test-side.ts'

const secondary = { ...first, role: 'secondary' } as const

const process: ProcessBeat = {
  id: 'a',
  host: `web'1`,
  pid: 12,
  version: '1.0.0',
  orm: 'knex',
  stage: 'source-only',
  epoch: 1,
}

describe.each(engines)('processes on %s', (engine) => {
  it('are seen with their last beat until they are forgotten', async () => {
    const side = await testSide(engine)
    await side.store.install(first)
    await side.store.beat(process)
    await side.store.beat({ ...process, id: 'b', pid: 13 })
    await side.store.beat({ ...process, stage: 'source-first', epoch: 2 })
    const seen = await side.store.processes()
    expect(seen.map((one) => ({ ...one, ageMs: undefined }))).toEqual([
      { ...process, stage: 'source-first', epoch: 2 },
      { ...process, id: 'b', pid: 13 },
    ])
    for (const { ageMs } of seen) expect(ageMs).toBeLessThan(10_000)
    await new Promise((resolve) => setTimeout(resolve, 60))
    await side.store.beat({ ...process, id: 'b', pid: 13 })
    const [a, b] = await side.store.processes()
    expect(a!.ageMs - b!.ageMs).toBeGreaterThanOrEqual(40)
    await side.store.forget('a')
    expect((await side.store.processes()).map(({ id }) => id)).toEqual(['b'])
  })
})

const counted: Record<TestSide['engine'], string[]> = {
  postgres: ['id bigserial PRIMARY KEY', 'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY'],
  mysql: ['id bigint AUTO_INCREMENT PRIMARY KEY'],
  mariadb: ['id bigint AUTO_INCREMENT PRIMARY KEY'],
  sqlite: ['id INTEGER PRIMARY KEY AUTOINCREMENT'],
}

describe.each(engines.flatMap((engine) => counted[engine].map((column) => [engine, column] as const)))(
  'the counter of %s, %s',
  (engine, column) => {
    async function made(): Promise<TestSide> {
      const side = await testSide(engine)
      await side.app.run(`CREATE TABLE t (${column}, v int)`)
      await side.app.run('CREATE TABLE plain (id int PRIMARY KEY, v int)')
      await side.store.install(secondary)
      await side.use('t', 'plain')
      return side
    }

    const nextId = async (side: TestSide): Promise<number> => {
      await side.app.run('INSERT INTO t (v) VALUES (0)')
      return Number(Object.values((await side.app.run('SELECT max(id) FROM t')).rows[0]!)[0])
    }

    it('is told with the largest id, whatever was written with explicit ids (failure case e)', async () => {
      const side = await made()
      expect(await side.store.counters()).toEqual([{ table: 't', next: 1n, max: null }])
      await nextId(side)
      await nextId(side)
      expect(await side.store.counters()).toEqual([{ table: 't', next: 3n, max: 2n }])
      const [table] = await side.use('t', 'plain')
      await applyWrites(side.store, [upsertsOf(table!, [['50', '1']])])
      const [counter] = await side.store.counters()
      expect(counter!.max).toBe(50n)
      expect(counter!.next).toBe(engine === 'postgres' ? 3n : 51n)
    })

    it('is raised, and never moved back (W8)', async () => {
      const side = await made()
      await nextId(side)
      await side.store.raiseCounters([{ table: 't', next: 1000n }])
      await side.store.raiseCounters([
        { table: 't', next: 500n },
        { table: 'plain', next: 7n },
      ])
      expect(await side.store.counters()).toEqual([{ table: 't', next: 1000n, max: 1n }])
      expect(await nextId(side)).toBe(1000)
      await side.store.raiseCounters([{ table: 't', next: 1001n }])
      expect(await nextId(side)).toBe(1001)
      await side.app.run('DELETE FROM t')
      await side.store.raiseCounters([{ table: 't', next: 1002n }])
      expect(await nextId(side)).toBe(1002)
    })

    it('ends at the highest of what two raise at once (W8)', async () => {
      const side = await made()
      const wanted = [2000n, 3000n, 2500n]
      const raised = await Promise.allSettled(
        wanted.map((next) => side.store.raiseCounters([{ table: 't', next }])),
      )
      expect(raised.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
      expect(await nextId(side)).toBe(3000)
    })
  },
)

describe.each(rowLocking)('old transactions on %s', (engine) => {
  it('are those that were open at the mark, until they end (C27)', async () => {
    const side = await testSide(engine)
    await side.app.run('CREATE TABLE t (id int PRIMARY KEY, v int)')
    await side.app.run('INSERT INTO t VALUES (1, 0)')
    await side.store.install(first)
    const old = await side.connect()
    await old.run('BEGIN')
    await old.run('SELECT * FROM t')
    const mark = await side.store.transactionMark()
    const young = await side.connect()
    await young.run('BEGIN')
    await young.run('UPDATE t SET v = 1 WHERE id = 1')
    expect(await side.store.olderTransactions(mark)).toHaveLength(1)
    await old.run('UPDATE t SET v = 2 WHERE id = 2')
    expect(await side.store.olderTransactions(mark)).toHaveLength(1)
    await old.run('COMMIT')
    await expect.poll(() => side.store.olderTransactions(mark), { interval: 150, timeout: 5_000 }).toEqual([])
    await young.run('ROLLBACK')
  })

  it('are told while one of them runs a text that the server cannot show', async () => {
    const side = await testSide(engine)
    await side.app.run('CREATE TABLE t (id int PRIMARY KEY, label varchar(20))')
    await side.app.run(`INSERT INTO t VALUES (1, '')`)
    await side.store.install(first)
    const busy = await side.connect()
    await busy.run('BEGIN')
    await busy.run(`UPDATE t SET label = 'old' WHERE id = 1`)
    const rest = engine === 'postgres' ? `pg_sleep(1) IS NOT NULL` : 'SLEEP(1) = 0'
    const unshown = busy.run(`UPDATE t SET label = '🙂' WHERE id = 1 AND ${rest}`)
    const mark = await side.store.transactionMark()
    await unshown
    expect(await side.store.olderTransactions(mark)).toHaveLength(1)
    await busy.run('ROLLBACK')
  })
})

describe.each(engines)('audits on %s', (engine) => {
  it('are kept newest first with the time of the database', async () => {
    const side = await testSide(engine)
    expect(await side.store.audits(10)).toEqual([])
    await side.store.install(first)
    for (const body of ['{"to":"source-first"}', `{"reason":"it's é"}`, '{"n":3}'])
      await side.store.addAudit(body)
    const kept = await side.store.audits(2)
    expect(kept.map(({ body }) => body)).toEqual(['{"n":3}', `{"reason":"it's é"}`])
    for (const { writtenAt } of kept)
      expect(Math.abs(Date.parse(writtenAt) - Date.now())).toBeLessThan(60_000)
    await side.store.uninstall()
    expect(await side.store.audits(10)).toEqual([])
  })
})

// SQLite: one writer at a time. Nothing waits inside of SQLite, and a snapshot older than a change of the fence cannot write.

import type { Change, Fence } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { cleanUp, first, type TestSide, testSide } from '../testing/test-side.ts'

const frozen: Fence = { role: 'frozen', epoch: 2, stage: 'source-first' }
const secondary: Fence = { ...first, role: 'secondary' }
const guard = { role: 'primary', epoch: 1 } as const
const changes: Change[] = [{ table: 't', key: '1', op: 'insert' }]

async function installed(mode: 'wal' | 'delete', fence = first): Promise<TestSide> {
  const side = await testSide('sqlite')
  await side.app.run(`PRAGMA journal_mode = ${mode}`)
  await side.app.run('CREATE TABLE t (id INTEGER PRIMARY KEY, v)')
  await side.store.install(fence)
  return side
}

describe.each(['wal', 'delete'] as const)('SQLite with journal mode %s', (mode) => {
  it('lets a change of the fence wait for the transaction that writes (W8)', async () => {
    const side = await installed(mode)
    await side.app.run('BEGIN')
    await side.app.own(side.dialect.journal(changes, 1, false))
    const change = side.store.changeFence(guard, frozen, 3000)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await side.app.run('COMMIT')
    expect(await change).toBe(true)
    expect(await side.store.journalPage(10)).toHaveLength(1)
  })

  it('never lets a transaction that read before the freeze write after it (W8)', async () => {
    const side = await installed(mode)
    await side.app.run('BEGIN')
    await side.app.run('SELECT count(*) FROM t')
    const changed = await side.store
      .changeFence(guard, frozen, 200)
      .catch((error: { reason: string }) => error.reason)
    const outcome = await side.app.own(side.dialect.journal(changes, 1, false)).then(
      ({ affected }) => affected,
      (error: { code: string }) => error.code,
    )
    // Without a write-ahead log the freeze can't get past the reader; with one the reader can't get past the freeze.
    expect([changed, outcome]).toEqual(mode === 'wal' ? [true, 'SQLITE_BUSY_SNAPSHOT'] : ['transient', 1])
    await side.app.run('ROLLBACK')
  })

  it('leaves the last generated id as the app made it (W1)', async () => {
    const side = await installed(mode)
    await side.app.run('INSERT INTO t (id) VALUES (4711)')
    expect(await side.app.own(side.dialect.journal([...changes, ...changes], 1, false))).toMatchObject({
      affected: 2,
    })
    for (let twice = 0; twice < 2; twice++)
      expect((await side.app.own(side.dialect.mark('t', 'why', 1, false))).affected).toBe(1)
    expect((await side.app.run('SELECT last_insert_rowid() AS id')).rows).toEqual([{ id: 4711 }])
    expect(await side.store.journalState()).toMatchObject({ entries: 2, marks: ['t'] })
  })

  it('lets a second applier wait without standing in the way of the first in the same process', async () => {
    const side = await installed(mode, secondary)
    await side.use('t')
    const one = await side.store.beginApply()
    cleanUp(() => one.rollback())
    const two = side.store.beginApply()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await one.write([{ table: 't', upserts: [{ key: '1', row: ['1', 'text x'] }], deletes: [] }], {
      displace: false,
    })
    await one.commit()
    const session = await two
    expect([...(await session.lock([1, 2, 3], 'skip'))]).toEqual([1, 2, 3])
    await session.rollback()
    expect((await side.app.run('SELECT * FROM t')).rows).toEqual([{ id: 1, v: 'x' }])
  })

  it('gives up waiting for a lock after a second, as something that passes (W7)', async () => {
    const side = await installed(mode, secondary)
    await side.app.run('BEGIN IMMEDIATE')
    await expect(side.store.beginApply()).rejects.toMatchObject({ reason: 'transient' })
    await side.app.run('ROLLBACK')
  })

  it('knows of a transaction that still writes', async () => {
    const side = await installed(mode)
    const mark = await side.store.transactionMark()
    await side.app.run('BEGIN IMMEDIATE')
    expect(await side.store.olderTransactions(mark)).toHaveLength(1)
    await side.app.run('ROLLBACK')
    expect(await side.store.olderTransactions(mark)).toEqual([])
  })
})

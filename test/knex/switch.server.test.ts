// A switch there and back while the app works: single statements never fail and never notice, transactions fail only as
// a whole and retryably, and nothing is lost or done twice.

import { TwinwriteError } from '@twinwrite/core'
import { afterEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from './fixture.ts'

/** SQLite answers without the event loop, which a busy worker would hold for ever. */
const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let world: World
afterEach(() => world.close())

const pairs = [
  ['postgres', 'postgres'],
  ['mysql', 'postgres'],
  ['mariadb', 'mariadb'],
  ['sqlite', 'sqlite'],
] as const

describe.each(pairs)('from %s to %s under load', (source, target) => {
  it('single statements go on without an error, transactions fail only retryably (W1, W8)', async () => {
    world = await openWorld(source, target)
    const { db, migration } = world
    await world.toStage('source-first')
    let working = true
    const done = { singles: 0, transactions: 0 }
    const errors: unknown[] = []

    const singles = async (worker: number): Promise<void> => {
      for (let n = 0; working; n++) {
        const key = { order_id: 1000 + worker, line: n }
        await db('items').insert({ ...key, sku: 'w', qty: 1 })
        await db('items').where(key).update({ qty: 2 })
        expect(await db('items').where(key).first('qty')).toEqual({ qty: 2 })
        done.singles++
        await breath()
      }
    }
    const transactions = async (worker: number): Promise<void> => {
      for (let n = 0; working;) {
        try {
          await db.transaction(async (trx) => {
            await trx('items').insert({ order_id: 2000 + worker, line: n, sku: 't', qty: 1 })
            await trx('orders').where('id', 1).increment('total', 1)
          })
          n++
          done.transactions++
        } catch (error) {
          errors.push(error)
        }
        await breath()
      }
    }
    const before = await db('orders').where('id', 1).first<{ total: number }>('total')
    const workers = Promise.all([singles(1), singles(2), transactions(1), transactions(2)])
    for (const stage of ['target-first', 'source-first', 'target-first'] as const) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      await migration.switchStage(stage)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
    working = false
    await workers

    const unexpected = errors.filter(
      (error) => !(error instanceof TwinwriteError) || error.code !== 'TW_STAGE_MOVED' || !error.retryable,
    )
    expect(unexpected).toEqual([])
    await world.settled()
    const items = await world.rows('target', 'items')
    expect(await world.rows('source', 'items')).toEqual(items)
    expect(items.filter((row) => (row as { sku: string }).sku === 'w')).toHaveLength(done.singles)
    expect(items.filter((row) => (row as { sku: string }).sku === 't')).toHaveLength(done.transactions)
    const after = await db('orders').where('id', 1).first<{ total: number }>('total')
    expect(after.total - before.total).toBe(done.transactions)
    expect(done.transactions).toBeGreaterThan(0)
  })
})

describe('a switch that this process has not noticed', () => {
  it('moves a single write and a BEGIN to the new primary without a trace for the app (W1, W8)', async () => {
    world = await openWorld('postgres', 'postgres')
    const { migration } = world
    await world.toStage('source-first')
    // Looks at the stage so rarely that the refusals of the fence are what it learns from.
    const db = world.open({ beatMs: 60_000, leaseMs: 600_000 })
    expect(await db('orders').where('id', 1).update({ total: 499 })).toBe(1)
    const errors: unknown[] = []
    db.on('query-error', (error: unknown) => errors.push(error))

    await migration.switchStage('target-first')
    expect(await db('orders').where('id', 1).update({ total: 500 })).toBe(1)
    expect(await world.target('purchases').where('id', 1).first('amount')).toEqual({ amount: 500 })

    await migration.switchStage('source-first')
    // The view of this process is behind: a BEGIN is not checked by a fence, the commit is.
    const change = (): Promise<number> =>
      db.transaction((trx) => trx('orders').where('id', 1).update({ total: 501 }))
    await expect(change()).rejects.toMatchObject({ code: 'TW_STAGE_MOVED', retryable: true })
    expect(await change()).toBe(1)
    expect(await world.source('orders').where('id', 1).first('total')).toEqual({ total: 501 })
    expect(errors.filter((error) => (error as { code?: unknown }).code !== 'TW_STAGE_MOVED')).toEqual([])
  })

  it('fails a transaction at its commit, and leaves no open transaction in the pool (W8)', async () => {
    world = await openWorld('postgres', 'postgres', { config: { pool: { min: 1, max: 1 } } })
    const { db, migration } = world
    await world.toStage('source-first')
    const trx = await db.transaction()
    await trx('customers').select('id')
    await migration.switchStage('target-first')
    await trx('orders').where('id', 1).update({ total: 600 })
    await expect(trx.commit().then(() => trx.executionPromise)).rejects.toMatchObject({
      code: 'TW_STAGE_MOVED',
      retryable: true,
    })
    await migration.switchStage('source-first')
    const { rows } = await db.raw(
      'select pg_current_xact_id_if_assigned() is null as idle, now() = statement_timestamp() as alone',
    )
    expect(rows).toEqual([{ idle: true, alone: true }])
    expect(await db('orders').where('id', 1).first('total')).toEqual({ total: 10 })
  })
})

// A statement that took effect and whose keys were not found must not commit. A savepoint that was set before it takes it back.

import { afterEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from './fixture.ts'

let world: World
afterEach(() => world.close())

/** MySQL and MariaDB store the largest id that the column holds. */
const cut = `INSERT IGNORE INTO items (order_id, line, sku, qty) VALUES (99999999999, 1, 'cut', 1)`
const refused = { code: 'TW_CAPTURE_REFUSED' }
const dead = { code: 'TW_TRANSACTION_DEAD', primary: 'rolled-back' }

describe.each(['mysql', 'mariadb'] as const)('a write whose keys are not found, on %s', (engine) => {
  const row = { sku: 's', qty: 1 }

  it('is taken back by a savepoint, and the transaction goes on (W2, W10)', async () => {
    world = await openWorld(engine, engine, { empty: true })
    const { db } = world
    await world.toStage('source-first')
    await db.transaction(async (trx) => {
      await trx('items').insert({ order_id: 1, line: 1, ...row })
      await expect(trx.transaction((inner) => inner.raw(cut))).rejects.toMatchObject(refused)
      await trx('items').insert({ order_id: 1, line: 2, ...row })
    })
    await world.settled()
    const rows = await world.rows('source', 'items')
    expect(rows).toEqual([
      { order_id: 1, line: 1, ...row },
      { order_id: 1, line: 2, ...row },
    ])
    expect(await world.rows('target', 'items')).toEqual(rows)
  })

  it('ends the transaction without one; a commit rolls it back and gives the connection free (W10)', async () => {
    const pool = { min: 1, max: 1 }
    world = await openWorld(engine, engine, { empty: true, config: { pool } })
    const { db } = world
    await world.toStage('source-first')
    const swallowed = db.transaction(async (trx) => {
      await expect(trx.raw(cut)).rejects.toMatchObject(refused)
      await expect(trx('items').insert({ order_id: 1, line: 2, ...row })).rejects.toMatchObject(dead)
    })
    await expect(swallowed).rejects.toMatchObject(dead)
    await db('items').insert({ order_id: 1, line: 3, ...row })
    await world.settled()
    const rows = await world.rows('source', 'items')
    expect(rows).toEqual([{ order_id: 1, line: 3, ...row }])
    expect(await world.rows('target', 'items')).toEqual(rows)
  })

  it('so does a deadlock that the app swallows (W8)', async () => {
    const pool = { min: 2, max: 2 }
    world = await openWorld(engine, engine, { empty: true, config: { pool } })
    const { db } = world
    await world.toStage('source-first')
    await db('items').insert([
      { order_id: 1, line: 1, ...row },
      { order_id: 1, line: 2, ...row },
    ])
    const meeting = new Barrier(2)
    const cross = (first: number, second: number): Promise<unknown> =>
      db.transaction(async (trx) => {
        await trx('items').where({ order_id: 1, line: first }).update({ qty: 5 })
        await meeting.reached()
        await trx('items')
          .where({ order_id: 1, line: second })
          .update({ qty: 6 })
          .catch(() => undefined)
      })
    const done = await Promise.allSettled([cross(1, 2), cross(2, 1)])
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(done.find((one) => one.status === 'rejected')?.reason).toMatchObject(dead)
    await Promise.all([1, 2].map((line) => db('items').where({ order_id: 1, line }).update({ qty: 7 })))
    await world.settled()
    expect(await world.rows('target', 'items')).toEqual(await world.rows('source', 'items'))
  })
})

/** Lets nobody go on before all have come. */
class Barrier {
  #missing: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#missing = count
  }

  reached(): Promise<void> {
    if (--this.#missing === 0) for (const go of this.#waiting) go()
    return this.#missing === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve))
  }
}

// Transactions that begin while the target is primary: the first statement decides where.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, type World } from './fixture.ts'

describe.each([
  ['postgres', 'postgres'],
  ['mysql', 'postgres'],
  ['sqlite', 'sqlite'],
] as const)('in target-first, from %s to %s', (source, target) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(source, target)
    await world.toStage('target-first')
  })
  afterAll(() => world.close())

  it('a transaction over mapped tables runs on the target', async () => {
    await world.db.transaction((trx) => trx('orders').where('id', 1).update({ note: 'target' }))
    expect(await world.target('purchases').where('id', 1).first('note')).toEqual({ note: 'target' })
  })

  it('a transaction over other tables runs on the source, with its rollbacks and savepoints', async () => {
    const { db } = world
    const texts = (): Promise<string[]> => world.source('audit').orderBy('id').pluck('text')
    await db.transaction(async (trx) => {
      await trx('audit').insert({ text: 'kept' })
      await trx
        .transaction(async (inner) => {
          await inner('audit').insert({ text: 'undone' })
          throw new Error('inner')
        })
        .catch(() => undefined)
    })
    await db
      .transaction(async (trx) => {
        await trx('audit').insert({ text: 'rolled back' })
        throw new Error('outer')
      })
      .catch(() => undefined)
    expect(await texts()).toEqual(['kept'])
  })

  it('savepoints before the first statement are kept in order', async () => {
    await world.db.transaction(async (trx) => {
      await trx
        .transaction(async (inner) => {
          await inner('orders').where('id', 2).update({ note: 'undone' })
          throw new Error('inner')
        })
        .catch(() => undefined)
      await trx('orders').where('id', 2).update({ total: 21 })
    })
    expect(await world.db('orders').where('id', 2).first('note', 'total')).toEqual({ note: null, total: 21 })
  })

  it('refuses to mix tables of both sides, naming the one that is in the way', async () => {
    const { db } = world
    await expect(
      db.transaction(async (trx) => {
        await trx('orders').where('id', 1).update({ note: 'x' })
        await trx('audit').insert({ text: 'x' })
      }),
    ).rejects.toMatchObject({ code: 'TW_DIALECT_CROSSED', table: 'audit' })
    await expect(
      db.transaction(async (trx) => {
        await trx('audit').insert({ text: 'x' })
        await trx('orders').where('id', 1).update({ note: 'x' })
      }),
    ).rejects.toMatchObject({ code: 'TW_DIALECT_CROSSED', table: 'orders' })
    await expect(db('orders').join('audit', 'audit.id', 'orders.id')).rejects.toMatchObject({
      code: 'TW_DIALECT_CROSSED',
      table: 'audit',
    })
    expect(await world.source('audit').where('text', 'x')).toEqual([])
  })

  it('an empty transaction sends nothing and ends well', async () => {
    const trx = await world.db.transaction()
    await trx.commit()
    expect(trx.isCompleted()).toBe(true)
    await expect(trx('orders').select('id')).rejects.toThrow('Transaction query already complete')
  })

  it('concurrent first statements agree on one side', async () => {
    const { db } = world
    await db.transaction((trx) =>
      Promise.all([1, 2, 3].map((id) => trx('orders').where({ id }).increment('total', 1))),
    )
    await world.settled()
    expect(await world.rows('source', 'orders')).toEqual(await world.rows('target', 'orders'))
  })

  it("returns its connection to the target's pool", async () => {
    const { db } = world
    for (let n = 0; n < 20; n++)
      await db.transaction((trx) => trx('orders').where('id', 1).increment('total', 1))
    for (let n = 0; n < 20; n++) {
      await db
        .transaction(async (trx) => {
          await trx('orders').where('id', 1).increment('total', 1)
          throw new Error('no')
        })
        .catch(() => undefined)
    }
    expect(await db('orders').where('id', 1).first('id')).toEqual({ id: 1 })
  })
})

describe('an app of MySQL that swallows an error, after the switch to PostgreSQL', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld('mysql', 'postgres')
    await world.toStage('target-first')
  })
  afterAll(() => world.close())

  it('learns at the commit that PostgreSQL rolled back (failure case n)', async () => {
    const lost = world.db.transaction(async (trx) => {
      await trx('orders').where('id', 1).update({ note: 'lost' })
      await trx('customers')
        .insert({ email: 'a@x' })
        .catch(() => undefined)
    })
    await expect(lost).rejects.toMatchObject({ code: 'TW_TRANSACTION_DEAD', primary: 'rolled-back' })
  })
})

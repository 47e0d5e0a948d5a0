// Level strict: the secondary's rows are written before the commit, from the rows as the open transaction sees them.

import type { Engine } from '@twinwrite/testkit'
import type { Knex } from 'knex'
import { afterEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from './fixture.ts'

let world: World
afterEach(() => world.close())

describe.each<[Engine, Engine]>([
  ['postgres', 'postgres'],
  ['mysql', 'postgres'],
  ['mariadb', 'mariadb'],
  ['sqlite', 'sqlite'],
])('level strict, from %s to %s', (source, target) => {
  /** The tables once more, with another order of columns on the target and a column that only one side has. */
  async function open(): Promise<{ rows: (db: Knex) => Promise<unknown[]> }> {
    world = await openWorld(source, target, {
      empty: true,
      migration: { level: 'strict' },
      tables: { parts: { ignore: { source: ['old'] }, accept: ['id', 'name', 'n'] } },
    })
    await world.source.schema.createTable('parts', (table) => {
      table.string('old', 20)
      table.integer('id').primary()
      table.string('name', 20)
      table.integer('n')
    })
    await world.target.schema.createTable('parts', (table) => {
      table.integer('n')
      table.string('name', 20)
      table.integer('id').primary()
    })
    return { rows: (db) => db('parts').select('id', 'name', 'n').orderBy('id') }
  }

  it.each(['source-first', 'target-first'] as const)(
    'each value comes to its own column, whatever the order in the tables, in %s (W4)',
    async (stage) => {
      const { rows } = await open()
      await world.toStage(stage)
      await world.db('parts').insert([
        { id: 1, name: '10', n: 100 },
        { id: 2, name: '20', n: 200 },
      ])
      await world.db.transaction(async (trx) => {
        await trx('parts').where('id', 1).update({ n: 101 })
        await trx('parts').where('id', 2).delete()
      })
      const expected = [{ id: 1, name: '10', n: 101 }]
      expect(await rows(world.source)).toEqual(expected)
      expect(await rows(world.target)).toEqual(expected)
    },
  )

  it('takes more rows in one transaction than the engines take in one condition (W7)', async () => {
    world = await openWorld(source, target, { migration: { level: 'strict' } })
    await world.toStage('source-first')
    const { db } = world
    const items = Array.from({ length: 1500 }, (_, line) => ({ order_id: 77, line, sku: 's', qty: 1 }))
    await db.transaction((trx) => trx.batchInsert('items', items, 500))
    expect(await world.target('lines').where('order_id', 77)).toHaveLength(items.length)
  })

  it('takes unique values that change places in one transaction (W7)', async () => {
    world = await openWorld(source, target, { migration: { level: 'strict' } })
    await world.toStage('source-first')
    await world.db.transaction(async (trx) => {
      const rename = (id: number, email: string): Promise<number> =>
        trx('customers').where({ id }).update({ email })
      await rename(1, 'between@x')
      await rename(2, 'a@x')
      await rename(1, 'b@x')
    })
    const emails = await world.target('customers').orderBy('id').pluck<string[]>('email')
    expect(emails).toEqual(['b@x', 'a@x', 'c@x'])
  })

  it('says before the commit what the target rejects (W2)', async () => {
    world = await openWorld(source, target, { migration: { level: 'strict' } })
    await world.toStage('source-first')
    await world.target('customers').insert({ id: 99, email: 'taken@x', vip: false })
    const rejected = { code: 'TW_SECONDARY_REJECTED', table: 'customers', primary: 'rolled-back' }
    await expect(world.db('customers').insert({ email: 'taken@x', vip: false })).rejects.toMatchObject(
      rejected,
    )
    expect(await world.source('customers').where({ email: 'taken@x' })).toEqual([])
    expect(await world.target('customers').where({ email: 'taken@x' })).toHaveLength(1)
  })
})

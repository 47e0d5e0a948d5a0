// One process, two migrations out of one database, at different stages: each moves by itself, tables of one migration share
// transactions, and a write that would cross from one into the other is refused before anything is written.

import { doubleWrite, twinwrite } from '@twinwrite/knex'
import { defineMigration } from '@twinwrite/sql'
import { freshDatabase } from '@twinwrite/testkit'
import knex, { type Knex } from 'knex'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { plainKnex } from '../knex/fixture.ts'

const ends: (() => Promise<unknown>)[] = []
let plain: Knex
let sales: Knex
let stock: Knex
let moved: { sales: Knex; stock: Knex }

function wrapped(name: string, tables: Record<string, true>, source: object, target: object): Knex {
  const migration = defineMigration({ name, tables, beatMs: 100, leaseMs: 300, pollMs: { min: 5, max: 50 } })
  const client = doubleWrite('pg', { migration, target: { client: 'pg', connection: target } })
  const db = knex({ client, connection: source })
  ends.push(() => db.destroy())
  return db
}

beforeAll(async () => {
  const [source, first, second] = await Promise.all([1, 2, 3].map(() => freshDatabase('postgres'))).then(
    (all) => all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]],
  )
  const [from, one, two] = [source, first, second].map((database) => plainKnex(database)) as [
    Knex,
    Knex,
    Knex,
  ]
  plain = from
  moved = { sales: one, stock: two }
  for (const db of [from, one, two]) {
    await db.raw('CREATE TABLE orders (id int PRIMARY KEY, total int)')
    await db.raw('CREATE TABLE lines (order_id int PRIMARY KEY, qty int)')
    await db.raw('CREATE TABLE stock (id int PRIMARY KEY, n int)')
    ends.push(() => db.destroy())
  }
  for (const database of [source, first, second]) ends.push(() => database.drop())
  sales = wrapped('sales', { orders: true, lines: true }, source.connection, first.connection)
  stock = wrapped('stock', { stock: true }, source.connection, second.connection)
  for (const db of [sales, stock]) {
    await twinwrite(db).install()
    await twinwrite(db).setStage('source-first')
  }
}, 60_000)

afterAll(async () => {
  for (const end of ends) await end()
})

const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'written',
    (error: unknown) => (error as { code?: string }).code,
  )

it('moves each by itself, with transactions over the tables of one', async () => {
  await twinwrite(sales).switchStage('target-first')
  await sales.transaction(async (trx) => {
    await trx('orders').insert({ id: 1, total: 10 })
    await trx('lines').insert({ order_id: 1, qty: 2 })
  })
  await stock('stock').insert({ id: 1, n: 5 })
  await Promise.all([twinwrite(sales).drain(), twinwrite(stock).drain()])
  expect([await plain('orders'), await plain('lines'), await plain('stock')]).toEqual([
    [{ id: 1, total: 10 }],
    [{ order_id: 1, qty: 2 }],
    [{ id: 1, n: 5 }],
  ])
  expect(await moved.sales('lines')).toEqual([{ order_id: 1, qty: 2 }])
  expect(await moved.stock('stock')).toEqual([{ id: 1, n: 5 }])
  expect(await twinwrite(stock).look()).toMatchObject({ stage: 'source-first' })
})

it('refuses a transaction that touches both before its write, whatever their stages (W8)', async () => {
  const crossing = stock.transaction(async (trx) => {
    await trx('stock').update({ n: 6 })
    await trx('orders').insert({ id: 2, total: 20 })
  })
  const error: unknown = await crossing.catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'TW_OTHER_MIGRATION', primary: 'untouched' })
  expect((error as Error).message).toContain(
    '"orders" belongs to the migration "sales", whose primary is the target',
  )
  expect(await plain('stock')).toEqual([{ id: 1, n: 5 }])
  expect(await code(stock('orders').where({ id: 1 }).delete())).toBe('TW_OTHER_MIGRATION')
  expect(await code(stock.raw('update orders set total = 0'))).toBe('TW_OTHER_MIGRATION')
  expect(await code(stock.raw('truncate lines'))).toBe('TW_OTHER_MIGRATION')
  await twinwrite(stock).setStage('source-only')
  expect(await code(stock('orders').where({ id: 1 }).delete())).toBe('TW_OTHER_MIGRATION')
  expect(await stock('orders').select()).toHaveLength(1)
  expect(await plain('orders')).toHaveLength(1)
})

it('lets writes pass that another migration does not follow yet, or no more', async () => {
  expect(await code(stock('stock').insert({ id: 2, n: 1 }))).toBe('written')
  await twinwrite(sales).switchStage('source-first')
  await twinwrite(sales).setStage('source-only')
  expect(await code(stock('orders').insert({ id: 3, total: 1 }))).toBe('written')
})

// The shop of the Knex tests: three tables that move, under other names in the target, and one that stays.

import type { MigrationConfig } from '@twinwrite/core'
import type { Knex } from 'knex'

interface ShopNames {
  readonly orders: string
  readonly items: string
  readonly customerId: string
  readonly total: string
  readonly quantity: string
}

const sourceNames: ShopNames = {
  orders: 'orders',
  items: 'items',
  customerId: 'customer_id',
  total: 'total',
  quantity: 'qty',
}

const targetNames: ShopNames = {
  orders: 'purchases',
  items: 'lines',
  customerId: 'buyer',
  total: 'amount',
  quantity: 'quantity',
}

/** Columns whose types differ between engines in what they could hold; the tests hold to what both can. */
const accepted = {
  customers: ['id', 'email', 'name', 'vip'],
  orders: ['id', 'customer_id', 'total', 'note', 'rate'],
  items: ['order_id', 'line', 'sku', 'qty'],
}

/**
 * `customers` keeps its names; `orders` becomes `purchases`, `items` becomes `lines`, each with renamed columns.
 * @param acceptLosses between two engines
 */
export function shopTables(acceptLosses: boolean): MigrationConfig['tables'] {
  const accept = (table: keyof typeof accepted) => (acceptLosses ? { accept: accepted[table] } : {})
  return {
    customers: accept('customers'),
    orders: { target: 'purchases', columns: { customer_id: 'buyer', total: 'amount' }, ...accept('orders') },
    items: { target: 'lines', columns: { qty: 'quantity' }, ...accept('items') },
  }
}

async function createTables(db: Knex, names: ShopNames): Promise<void> {
  await db.schema.createTable('customers', (table) => {
    table.increments('id')
    table.string('email', 80).notNullable().unique()
    table.string('name', 80)
    table.boolean('vip').notNullable().defaultTo(false)
  })
  await db.schema.createTable(names.orders, (table) => {
    table.increments('id')
    table.integer(names.customerId)
    table.integer(names.total).notNullable().defaultTo(0)
    table.string('note', 80)
    table.decimal('rate', 10, 2)
  })
  // In the target the columns stand in another order.
  await db.schema.createTable(names.items, (table) => {
    if (names === targetNames) table.string('sku', 40)
    table.integer('order_id').notNullable()
    table.integer('line').notNullable()
    if (names === sourceNames) table.string('sku', 40)
    table.integer(names.quantity).notNullable()
    table.primary(['order_id', 'line'])
  })
}

export async function createSource(db: Knex): Promise<void> {
  await createTables(db, sourceNames)
  await db.schema.createTable('audit', (table) => {
    table.increments('id')
    table.string('text', 80)
  })
}

export async function createTarget(db: Knex): Promise<void> {
  await createTables(db, targetNames)
}

/** A few rows, the same wherever they are inserted. */
export async function seedRows(db: Knex): Promise<void> {
  await db('customers').insert([
    { email: 'a@x', name: 'Ada', vip: true },
    { email: 'b@x', name: 'Bob', vip: false },
    { email: 'c@x', name: null, vip: false },
  ])
  await db('orders').insert([
    { customer_id: 1, total: 10, note: 'first', rate: 1.5 },
    { customer_id: 1, total: 20, note: null, rate: 2.25 },
    { customer_id: 2, total: 30, note: 'third', rate: null },
  ])
  await db('items').insert([
    { order_id: 1, line: 1, sku: 'pen', qty: 1 },
    { order_id: 1, line: 2, sku: 'ink', qty: 2 },
    { order_id: 2, line: 1, sku: 'pen', qty: 3 },
  ])
}

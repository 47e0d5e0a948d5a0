// The shop's tables as they have always been, in SQLite.

import type { Knex } from 'knex'

export async function createSourceSchema(db: Knex): Promise<void> {
  await db.schema.createTable('customers', (table) => {
    table.increments('id')
    table.text('name').notNullable()
    table.text('email').notNullable().unique()
    table.bigInteger('since').notNullable()
  })
  await db.schema.createTable('products', (table) => {
    table.increments('id')
    table.text('name').notNullable()
    table.integer('price_cents').notNullable()
  })
  await db.schema.createTable('stock', (table) => {
    table.integer('product_id').primary().references('products.id')
    table.integer('on_hand').notNullable()
  })
  await db.schema.createTable('orders', (table) => {
    table.increments('id')
    table.integer('customer_id').notNullable().references('customers.id')
    table.text('status').notNullable()
    table.integer('total_cents').notNullable()
    table.bigInteger('placed_at').notNullable().index()
    table.bigInteger('paid_at')
  })
  await db.schema.createTable('order_items', (table) => {
    table.integer('order_id').notNullable().references('orders.id').onDelete('CASCADE')
    table.integer('product_id').notNullable().references('products.id')
    table.integer('quantity').notNullable()
    table.integer('price_cents').notNullable()
    table.primary(['order_id', 'product_id'])
  })
}

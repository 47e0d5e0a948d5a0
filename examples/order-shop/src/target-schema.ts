// The tables that the shop moves to: other names, wider numbers. Knex writes them for PostgreSQL, or for SQLite where
// no PostgreSQL can run.

import type { Knex } from 'knex'

export async function createTargetSchema(db: Knex): Promise<void> {
  await db.schema.createTable('clients', (table) => {
    table.bigIncrements('id')
    table.text('full_name').notNullable()
    table.text('mail').notNullable().unique()
    table.bigInteger('since').notNullable()
  })
  await db.schema.createTable('articles', (table) => {
    table.bigIncrements('id')
    table.text('title').notNullable()
    table.bigInteger('price').notNullable()
  })
  await db.schema.createTable('shelf', (table) => {
    table.bigInteger('article_id').primary().references('articles.id')
    table.bigInteger('pieces').notNullable()
  })
  await db.schema.createTable('purchases', (table) => {
    table.bigIncrements('id')
    table.bigInteger('client_id').notNullable().references('clients.id')
    table.text('state').notNullable()
    table.bigInteger('amount').notNullable()
    table.bigInteger('ordered_at').notNullable().index()
    table.bigInteger('paid_at')
  })
  await db.schema.createTable('purchase_lines', (table) => {
    table.bigInteger('purchase_id').notNullable().references('purchases.id').onDelete('CASCADE')
    table.bigInteger('article_id').notNullable().references('articles.id')
    table.bigInteger('pieces').notNullable()
    table.bigInteger('unit_price').notNullable()
    table.primary(['purchase_id', 'article_id'])
  })
}

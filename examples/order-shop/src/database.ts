// Where the shop makes its Knex instance: the only place that the migration touches.

import { doubleWrite } from '@twinwrite/knex'
import { defineMigration } from '@twinwrite/sql'
import knex, { type Knex } from 'knex'
import type { SecondDatabase } from './second-database.ts'

const shop = defineMigration({
  name: 'shop',
  tables: {
    customers: { target: 'clients', columns: { name: 'full_name', email: 'mail' } },
    products: { target: 'articles', columns: { name: 'title', price_cents: 'price' } },
    stock: { target: 'shelf', columns: { product_id: 'article_id', on_hand: 'pieces' } },
    orders: {
      target: 'purchases',
      columns: { customer_id: 'client_id', status: 'state', total_cents: 'amount', placed_at: 'ordered_at' },
    },
    order_items: {
      target: 'purchase_lines',
      columns: {
        order_id: 'purchase_id',
        product_id: 'article_id',
        quantity: 'pieces',
        price_cents: 'unit_price',
      },
    },
  },
})

/** Was `knex({ client: 'better-sqlite3', connection: { filename } })` before the migration. */
export function openShop(filename: string, second: SecondDatabase): Knex {
  return knex({
    client: doubleWrite('better-sqlite3', { migration: shop, target: second.knexConfig }),
    connection: { filename },
    useNullAsDefault: true,
  })
}

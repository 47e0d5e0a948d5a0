// The day before: customers, products and closed orders that were there long before anybody thought of moving. They
// reach the second database by the backfill.

import type { Knex } from 'knex'
import type { Ledger } from './ledger.ts'
import type { WantedItem } from './shop.ts'

const day = 24 * 60 * 60 * 1000

export const productCount = 60
export const customerCount = 200

/** @returns when the first order was placed; the others followed second by second */
export async function fillShop(db: Knex, orderCount: number, ledger: Ledger): Promise<number> {
  const first = Date.now() - 300 * day
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
  const customers = numbers(customerCount).map((id) => ({
    id,
    name: `Customer ${id}`,
    email: `customer-${id}@example.com`,
    since: first - id * day,
  }))
  const products = numbers(productCount).map((id) => ({
    id,
    name: `Product ${id}`,
    price_cents: priceOf(id),
  }))
  const stock = products.map(({ id }) => ({ product_id: id, on_hand: 100 }))
  const orders = numbers(orderCount).map((id) => ({
    id,
    customer_id: 1 + (id % customerCount),
    status: id % 7 === 0 ? 'cancelled' : 'paid',
    total_cents: basketOf(id).reduce((sum, item) => sum + item.quantity * priceOf(item.productId), 0),
    placed_at: first + id * 1000,
    paid_at: id % 7 === 0 ? null : first + id * 1000 + 500,
  }))
  const items = orders.flatMap(({ id }) =>
    basketOf(id).map(({ productId, quantity }) => ({
      order_id: id,
      product_id: productId,
      quantity,
      price_cents: priceOf(productId),
    })),
  )
  await db.batchInsert('customers', customers, 100)
  await db.batchInsert('products', products, 100)
  await db.batchInsert('stock', stock, 100)
  await db.batchInsert('orders', orders, 100)
  await db.batchInsert('order_items', items, 100)
  for (const { id, email } of customers) ledger.customer(id, email)
  for (const { id, price_cents } of products) ledger.product(id, price_cents)
  for (const { product_id, on_hand } of stock) ledger.stocked(product_id, on_hand)
  for (const { id, status, total_cents, placed_at } of orders) {
    const closed = status === 'paid' ? 'paid' : 'cancelled'
    ledger.placed({ id, status: closed, totalCents: total_cents }, basketOf(id), placed_at)
  }
  return first
}

function basketOf(order: number): WantedItem[] {
  return [
    { productId: 1 + (order % productCount), quantity: 2 },
    { productId: 1 + ((order + 1) % productCount), quantity: 1 },
  ]
}

function priceOf(productId: number): number {
  return 100 + 37 * productId
}

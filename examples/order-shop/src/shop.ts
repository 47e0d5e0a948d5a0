// The business code of an order shop: plain Knex. It knows nothing of a migration, of two databases or of stages, and
// it is not touched while the shop moves.

import type { Knex } from 'knex'

export interface WantedItem {
  readonly productId: number
  readonly quantity: number
}

export interface Order {
  readonly id: number
  readonly status: 'placed' | 'paid' | 'cancelled'
  readonly totalCents: number
}

/** The shop's own refusal: nothing was written. */
export class OutOfStock extends Error {
  override readonly name = 'OutOfStock'
}

export async function registerCustomer(db: Knex, name: string, email: string): Promise<number> {
  const [customer] = await db('customers').insert({ name, email, since: Date.now() }).returning('id')
  return customer.id
}

/** Order, items and stock in one transaction; all of it is rolled back when one product has run out. */
export async function placeOrder(
  db: Knex,
  customerId: number,
  wanted: readonly WantedItem[],
): Promise<Order> {
  return db.transaction(async (trx) => {
    const products = await trx('products')
      .select('id', 'price_cents')
      .whereIn(
        'id',
        wanted.map((item) => item.productId),
      )
    const prices = new Map<number, number>(products.map(({ id, price_cents }) => [id, price_cents]))
    const [{ id }] = await trx('orders')
      .insert({ customer_id: customerId, status: 'placed', total_cents: 0, placed_at: Date.now() })
      .returning('id')

    const items = []
    // In the order of the products, so that two orders never wait for each other's stock.
    for (const { productId, quantity } of wanted.toSorted((a, b) => a.productId - b.productId)) {
      const taken = await trx('stock')
        .where('product_id', productId)
        .where('on_hand', '>=', quantity)
        .decrement('on_hand', quantity)
      if (taken === 0) throw new OutOfStock(`product ${productId}`)
      const price_cents = prices.get(productId) ?? 0
      items.push({ order_id: id, product_id: productId, quantity, price_cents })
    }
    await trx('order_items').insert(items)

    const totalCents = items.reduce((sum, item) => sum + item.quantity * item.price_cents, 0)
    await trx('orders').where({ id }).update({ total_cents: totalCents })
    return { id, status: 'placed', totalCents }
  })
}

/** @returns whether the order was open */
export async function payOrder(db: Knex, id: number): Promise<boolean> {
  const paid = await db('orders')
    .where({ id, status: 'placed' })
    .update({ status: 'paid', paid_at: Date.now() })
  return paid === 1
}

/** Puts the items back on the shelf. @returns whether the order was open */
export async function cancelOrder(db: Knex, id: number): Promise<boolean> {
  return db.transaction(async (trx) => {
    const cancelled = await trx('orders').where({ id, status: 'placed' }).update({ status: 'cancelled' })
    if (cancelled === 0) return false
    const items = await trx('order_items').where({ order_id: id }).orderBy('product_id')
    for (const { product_id, quantity } of items) {
      await trx('stock').where({ product_id }).increment('on_hand', quantity)
    }
    return true
  })
}

/** Closed orders from before that time; their items go with them (ON DELETE CASCADE). @returns how many */
export async function deleteOldOrders(db: Knex, before: number): Promise<number> {
  return db('orders').whereIn('status', ['paid', 'cancelled']).where('placed_at', '<', before).delete()
}

/** Everything that costs less than `belowCents` gets dearer. @returns how many products */
export async function raisePrices(db: Knex, belowCents: number, byCents: number): Promise<number> {
  return db('products').where('price_cents', '<', belowCents).increment('price_cents', byCents)
}

export async function restock(db: Knex, productId: number, quantity: number): Promise<void> {
  await db('stock').where({ product_id: productId }).increment('on_hand', quantity)
}

export async function orderById(db: Knex, id: number): Promise<(Order & { items: number }) | undefined> {
  const order = await db('orders').where({ id }).first()
  if (order === undefined) return undefined
  const items = await db('order_items').where({ order_id: id })
  return { id: order.id, status: order.status, totalCents: order.total_cents, items: items.length }
}

/** The products that sell best, with names. */
export async function bestsellers(db: Knex, count: number): Promise<{ name: string; sold: number }[]> {
  const rows: Record<string, unknown>[] = await db('order_items')
    .join('products', 'products.id', 'order_items.product_id')
    .groupBy('products.id', 'products.name')
    .select('products.name')
    .sum({ sold: 'order_items.quantity' })
    .orderBy('sold', 'desc')
    .limit(count)
  return rows.map((row) => ({ name: String(row['name']), sold: Number(row['sold']) }))
}

// What the shop has told its callers. A database that does not hold exactly this has lost or invented something, even
// if both databases agree.

import type { Order, WantedItem } from './shop.ts'

type Row = Readonly<Record<string, string | null>>

interface KnownOrder {
  readonly status: Order['status']
  readonly totalCents: number
  readonly items: readonly WantedItem[]
  readonly placedAt: number
}

export class Ledger {
  readonly #customers = new Map<number, string>()
  readonly #prices = new Map<number, number>()
  readonly #stock = new Map<number, number>()
  readonly #orders = new Map<number, KnownOrder>()

  customer(id: number, email: string): void {
    if (this.#customers.has(id)) throw new Error(`customer ${id} was given twice`)
    this.#customers.set(id, email)
  }

  product(id: number, priceCents: number): void {
    this.#prices.set(id, priceCents)
  }

  pricesRaised(belowCents: number, byCents: number): void {
    for (const [id, price] of this.#prices) if (price < belowCents) this.#prices.set(id, price + byCents)
  }

  stocked(productId: number, quantity: number): void {
    this.#stock.set(productId, (this.#stock.get(productId) ?? 0) + quantity)
  }

  placed({ id, status, totalCents }: Order, items: readonly WantedItem[], placedAt: number): void {
    if (this.#orders.has(id)) throw new Error(`order ${id} was given twice`)
    this.#orders.set(id, { status, totalCents, items, placedAt })
  }

  became(id: number, status: Order['status']): void {
    const order = this.#orders.get(id)
    if (order !== undefined) this.#orders.set(id, { ...order, status })
  }

  deletedBefore(time: number): void {
    for (const [id, { placedAt }] of this.#orders) if (placedAt < time) this.#orders.delete(id)
  }

  /** What differs in one database; rows by the source's names of tables and columns. */
  differences(tables: Readonly<Record<string, readonly Row[]>>): string[] {
    const orders = [...this.#orders]
    const items = orders.flatMap(([id, order]) =>
      order.items.map(({ productId, quantity }): [string, unknown[]] => [`${id}, ${productId}`, [quantity]]),
    )
    const known: readonly [string, readonly string[], readonly string[], Iterable<[unknown, unknown[]]>][] = [
      ['customers', ['id'], ['email'], [...this.#customers].map(([id, email]) => [id, [email]])],
      ['products', ['id'], ['price_cents'], [...this.#prices].map(([id, price]) => [id, [price]])],
      ['stock', ['product_id'], ['on_hand'], [...this.#stock].map(([id, count]) => [id, [count]])],
      [
        'orders',
        ['id'],
        ['status', 'total_cents'],
        orders.map(([id, { status, totalCents }]) => [id, [status, totalCents]]),
      ],
      ['order_items', ['order_id', 'product_id'], ['quantity'], items],
    ]
    return known.flatMap(([table, key, columns, told]) =>
      differencesOf(table, textsOf(tables[table] ?? [], key, columns), told),
    )
  }
}

function textsOf(
  rows: readonly Row[],
  key: readonly string[],
  columns: readonly string[],
): Map<string, string> {
  const text = (row: Row, names: readonly string[]): string => names.map((name) => row[name]).join(', ')
  return new Map(rows.map((row) => [text(row, key), text(row, columns)]))
}

function differencesOf(
  table: string,
  held: Map<string, string>,
  told: Iterable<[unknown, unknown[]]>,
): string[] {
  const found: string[] = []
  for (const [key, values] of told) {
    const id = String(key)
    const text = values.join(', ')
    const row = held.get(id)
    held.delete(id)
    if (row === undefined) found.push(`${table} ${id} is missing; it is ${text}`)
    else if (row !== text) found.push(`${table} ${id} is ${row}; told was ${text}`)
  }
  for (const [id, row] of held) found.push(`${table} ${id} exists (${row}), though nobody was told so`)
  return found
}

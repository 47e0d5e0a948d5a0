// What customers and staff do: each call uses the shop as a web server's handler would, and notes in the ledger what it
// was told.

import type { Knex } from 'knex'
import type { Ledger } from './ledger.ts'
import { customerCount, productCount } from './opening.ts'
import {
  bestsellers,
  cancelOrder,
  deleteOldOrders,
  orderById,
  payOrder,
  placeOrder,
  raisePrices,
  registerCustomer,
  restock,
  type WantedItem,
} from './shop.ts'

/** Runs a function of the shop, again where its error says that it may be run again. */
export type Again = <T>(run: () => Promise<T>) => Promise<T>

export interface Call {
  /** Share of the traffic. */
  readonly weight: number
  /** @returns how many writes the shop has confirmed @throws Error for a wrong answer, and the shop's errors */
  run(): Promise<number>
}

export function shopCalls(db: Knex, ledger: Ledger, again: Again, firstOrderAt: number): readonly Call[] {
  const open: { readonly id: number; readonly items: readonly WantedItem[] }[] = []
  const takeOpen = (): (typeof open)[number] | undefined => open.splice(below(open.length), 1)[0]
  let customers = customerCount
  let keepFrom = firstOrderAt

  const place = async (): Promise<number> => {
    const items = basket()
    const order = await again(() => placeOrder(db, 1 + below(customerCount), items))
    ledger.placed(order, items, Date.now())
    for (const { productId, quantity } of items) ledger.stocked(productId, -quantity)
    const seen = await again(() => orderById(db, order.id))
    if (seen?.totalCents !== order.totalCents || seen.items !== items.length) {
      throw new Error(`order ${order.id} was read back as ${JSON.stringify(seen)}`)
    }
    open.push({ id: order.id, items })
    return 1
  }

  const pay = async (): Promise<number> => {
    const order = takeOpen()
    if (order === undefined) return place()
    if (!(await again(() => payOrder(db, order.id)))) throw new Error(`order ${order.id} could not be paid`)
    ledger.became(order.id, 'paid')
    return 1
  }

  const cancel = async (): Promise<number> => {
    const order = takeOpen()
    if (order === undefined) return place()
    if (!(await again(() => cancelOrder(db, order.id))))
      throw new Error(`order ${order.id} could not be cancelled`)
    ledger.became(order.id, 'cancelled')
    for (const { productId, quantity } of order.items) ledger.stocked(productId, quantity)
    return 1
  }

  const register = async (): Promise<number> => {
    const number = ++customers
    const email = `customer-${number}@example.com`
    ledger.customer(await again(() => registerCustomer(db, `Customer ${number}`, email)), email)
    return 1
  }

  const fillShelf = async (): Promise<number> => {
    const productId = 1 + below(productCount)
    await again(() => restock(db, productId, 10))
    ledger.stocked(productId, 10)
    return 1
  }

  const raise = async (): Promise<number> => {
    await again(() => raisePrices(db, 900, 1))
    ledger.pricesRaised(900, 1)
    return 1
  }

  const deleteOld = async (): Promise<number> => {
    const before = (keepFrom += 10_000)
    await again(() => deleteOldOrders(db, before))
    ledger.deletedBefore(before)
    return 1
  }

  const showBestsellers = async (): Promise<number> => {
    await again(() => bestsellers(db, 5))
    return 0
  }

  return [
    { weight: 40, run: place },
    { weight: 25, run: pay },
    { weight: 8, run: cancel },
    { weight: 8, run: register },
    { weight: 14, run: fillShelf },
    { weight: 1, run: raise },
    { weight: 2, run: deleteOld },
    { weight: 2, run: showBestsellers },
  ]
}

function basket(): WantedItem[] {
  const products = new Set(Array.from({ length: 1 + below(3) }, () => 1 + below(productCount)))
  return [...products].map((productId) => ({ productId, quantity: 1 + below(3) }))
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit)
}

// A ledger that overlooks something would make the demo's proof worthless.

import { expect, it } from 'vitest'
import { Ledger } from './ledger.ts'

function told(): Ledger {
  const ledger = new Ledger()
  ledger.customer(1, 'a@example.com')
  ledger.product(7, 100)
  ledger.stocked(7, 10)
  ledger.placed({ id: 3, status: 'placed', totalCents: 200 }, [{ productId: 7, quantity: 2 }], 1000)
  ledger.stocked(7, -2)
  return ledger
}

const held = {
  customers: [{ id: '1', email: 'a@example.com', name: 'not told' }],
  products: [{ id: '7', price_cents: '100' }],
  stock: [{ product_id: '7', on_hand: '8' }],
  orders: [{ id: '3', status: 'placed', total_cents: '200' }],
  order_items: [{ order_id: '3', product_id: '7', quantity: '2' }],
}

it('finds nothing where a database holds what was told', () => {
  expect(told().differences(held)).toEqual([])
})

it.each(Object.keys(held))('finds a lost row of %s', (table) => {
  expect(told().differences({ ...held, [table]: [] })).toEqual([expect.stringContaining(`${table} `)])
})

it.each([
  ['customers', { id: '2', email: 'b@example.com' }],
  ['products', { id: '8', price_cents: '100' }],
  ['stock', { product_id: '8', on_hand: '8' }],
  ['orders', { id: '4', status: 'placed', total_cents: '200' }],
  ['order_items', { order_id: '3', product_id: '8', quantity: '2' }],
] as const)('finds an invented row of %s', (table, row) => {
  const differences = told().differences({ ...held, [table]: [...held[table], row] })
  expect(differences).toEqual([expect.stringContaining('nobody was told')])
})

it('finds a write that was done twice, and one that was undone', () => {
  const ledger = told()
  expect(ledger.differences({ ...held, stock: [{ product_id: '7', on_hand: '6' }] })).toHaveLength(1)
  ledger.became(3, 'paid')
  expect(ledger.differences(held)).toEqual(['orders 3 is placed, 200; told was paid, 200'])
})

it('knows what statements by predicate have done', () => {
  const ledger = told()
  ledger.pricesRaised(101, 5)
  ledger.pricesRaised(101, 5)
  ledger.deletedBefore(1001)
  const products = [{ id: '7', price_cents: '105' }]
  expect(ledger.differences({ ...held, products, orders: [], order_items: [] })).toEqual([])
})

it('does not take an id that was given twice', () => {
  expect(() => told().customer(1, 'b@example.com')).toThrow('customer 1 was given twice')
  expect(() => told().placed({ id: 3, status: 'placed', totalCents: 1 }, [], 0)).toThrow('order 3')
})

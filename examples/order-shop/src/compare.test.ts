// A comparison that overlooks something would make the demo's proof worthless.

import knex, { type Knex } from 'knex'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { compare } from './compare.ts'
import { openSecondDatabase, type SecondDatabase } from './second-database.ts'
import { createSourceSchema } from './source-schema.ts'

let folder: string
let sourceFile: string
let source: Knex
let target: Knex
let second: SecondDatabase

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'order-shop-test-'))
  sourceFile = join(folder, 'shop.db')
  source = knex({ client: 'better-sqlite3', connection: { filename: sourceFile }, useNullAsDefault: true })
  await createSourceSchema(source)
  second = (await openSecondDatabase(folder, 'sqlite')).second
  target = knex(second.knexConfig)
  await source('customers').insert({ id: 1, name: 'Ann', email: 'ann@example.com', since: 5 })
  await target('clients').insert({ id: 1, full_name: 'Ann', mail: 'ann@example.com', since: 5 })
  await source('orders').insert({ id: 9, customer_id: 1, status: 'placed', total_cents: 4, placed_at: 6 })
  await target('purchases').insert({ id: 9, client_id: 1, state: 'placed', amount: 4, ordered_at: 6 })
})

afterEach(async () => {
  await source.destroy()
  await target.destroy()
  await second.close()
  rmSync(folder, { recursive: true })
})

async function differences(): Promise<readonly string[]> {
  return (await compare(sourceFile, second)).differences
}

it('counts rows and values, and finds nothing where both databases are equal', async () => {
  expect(await compare(sourceFile, second)).toMatchObject({ rows: 2, values: 10, differences: [] })
})

it('finds a value that differs, also one that is null on one side', async () => {
  await target('purchases').update({ paid_at: 0 })
  expect(await differences()).toEqual([expect.stringContaining('orders 9 differs')])
})

it('finds a row that is missing on either side', async () => {
  await target('purchases').delete()
  await source('customers').insert({ id: 2, name: 'Bob', email: 'bob@example.com', since: 5 })
  await target('clients').insert({ id: 3, full_name: 'Cid', mail: 'cid@example.com', since: 5 })
  expect(await differences()).toEqual([
    'customers 2 is missing in the target',
    'customers 3 is missing in the source',
    'orders 9 is missing in the target',
  ])
})

it('finds a column that nobody compares', async () => {
  await source.schema.alterTable('orders', (table) => table.text('note'))
  expect(await differences()).toContainEqual(expect.stringContaining('orders 9 has other columns'))
})

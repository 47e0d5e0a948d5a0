import type { SideCatalog } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { expect, it } from 'vitest'
import { column } from '../testing/column.ts'
import { mirrored } from './mirrored.ts'

const catalog = (engine: SideCatalog['engine']): SideCatalog => ({
  engine,
  tables: [
    {
      schema: null,
      inSchema: 'live',
      name: 'orders',
      columns: [column('id', 'integer'), column('n', 'integer')],
      key: ['id'],
      uniques: [],
      foreignKeys: [],
      referencedBy: [],
      triggers: [],
      writableThrough: [],
    },
  ],
})

const shop = defineMigration({ name: 'shop', tables: { orders: true } })
const run = (
  engine: SideCatalog['engine'],
  sql: string,
  bindings: readonly unknown[] | null = [],
): readonly unknown[] =>
  mirrored([{ sql, bindings, count: 1 }], shop, catalog(engine), engine === 'mysql').runnable.map((one) => [
    one.sql,
    one.bindings,
  ])

it.each([
  'UPDATE live.orders SET n = 1 WHERE id = 1',
  'UPDATE `live`.`orders` SET n = 1 WHERE id = 1',
  'UPDATE orders SET n = other.f(1) WHERE id = 1',
  'UPDATE orders SET n = (SELECT max(n) FROM LIVE.orders) WHERE id = 1',
  'DELETE FROM other.orders WHERE id = 1',
])('never runs on MySQL what could lead to the real database: %s', (sql) => {
  expect(run('mysql', sql)).toEqual([])
})

it('runs writes of mapped tables that have their values, in the form that Knex takes', () => {
  expect(run('mysql', 'UPDATE orders SET n = ? WHERE orders.id = ?', [1, 2])).toEqual([
    ['UPDATE orders SET n = ? WHERE orders.id = ?', [1, 2]],
  ])
  expect(run('postgres', `UPDATE orders SET n = $2 WHERE id = $1 AND 'a?' <> ''`, [7, 8])).toEqual([
    [String.raw`UPDATE orders SET n = ? WHERE id = ? AND 'a\?' <> ''`, [8, 7]],
  ])
  expect(run('postgres', 'UPDATE orders SET n = $1', null)).toEqual([])
  expect(run('postgres', 'UPDATE others SET n = 1')).toEqual([])
  expect(run('postgres', 'SELECT n FROM orders')).toEqual([])
})

it('counts what is refused by its shape', () => {
  const refused = ['TRUNCATE orders', 'truncate   orders', 'UPDATE orders SET n = 1 WHERE id = 1'].map(
    (sql) => ({
      sql,
      bindings: [],
      count: 2,
    }),
  )
  const { unmirrorable, looked, mapped } = mirrored(refused, shop, catalog('postgres'), false)
  expect({ looked, mapped }).toEqual({ looked: 3, mapped: 3 })
  expect(unmirrorable).toMatchObject([
    { shape: 'TRUNCATE orders', code: 'TW_CAPTURE_REFUSED', count: 2 },
    { shape: 'truncate orders', count: 2 },
  ])
})

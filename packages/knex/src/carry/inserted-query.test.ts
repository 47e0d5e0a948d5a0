import type { Knex } from 'knex'
import { describe, expect, it } from 'vitest'
import { type Carrier, carrier, compiler, names, shop } from './carry-fixture.ts'

const moved = [
  names('orders', {
    columns: { id: 'id', customer_id: 'customer_id', total: 'total', note: 'note' },
    samePlaces: false,
  }),
  ...shop.filter(({ mapping }) => mapping !== 'orders'),
]
const pg = carrier(compiler('pg'), compiler('pg'), moved)
const mysql = carrier(compiler('mysql2'), compiler('mysql2'), moved)
const same = carrier(compiler('pg'), compiler('pg'))

function expectRefused(pair: Carrier, statement: unknown): void {
  expect(pair.carry(statement).problem).toMatchObject({
    code: 'TW_DIALECT_CROSSED',
    message: expect.stringMatching(/without named columns|by the places of columns/) as unknown,
  })
}

describe('an insert from a query (W1)', () => {
  it('names the columns in the order that the source has them in, where the target has another one', () => {
    const insert = (pair: Carrier): unknown =>
      pair
        .source('orders')
        .insert(pair.source('items').select('id', 'order_id', 'qty', pair.source.raw('?', ['x'])))
    expect(pg.sql(insert(pg))).toBe(
      'insert into "orders" ("id", "customer_id", "total", "note")' +
        ' select "id", "purchase_id" as "order_id", "quantity" as "qty", ? from "lines" as "items"',
    )
    expect(mysql.sql(insert(mysql))).toMatch(
      /^insert into `orders` \(`id`, `customer_id`, `total`, `note`\) select/,
    )
  })

  it('fills the first columns with the columns that there are, on PostgreSQL', () => {
    const { source: db } = pg
    expect(pg.sql(db('orders').insert(db('items').select('id', 'qty')))).toMatch(
      /^insert into "orders" \("id", "customer_id"\) select/,
    )
    expect(pg.sql(db('orders').insert(db('customers')))).toMatch(
      /^insert into "orders" \("id", "customer_id"\) select/,
    )
    expect(
      pg.sql(db('orders').insert((builder: Knex.QueryBuilder) => builder.from('items').select('id'))),
    ).toMatch(/^insert into "orders" \("id"\) \(?select/)
  })

  it('stays as it is where both have the same order', () => {
    const { source: db } = same
    expect(same.sql(db('orders').insert(db('items').select('id', 'order_id')))).toBe(
      'insert into "purchases" select "id", "purchase_id" as "order_id" from "lines" as "items"',
    )
    expect(same.sql(db('orders').insert(db.raw('select 1, 2')))).toBe('insert into "purchases" select 1, 2')
  })

  it('carries the columns that the app names', () => {
    const { source: db } = same
    const rows = db('items').select('order_id', 'qty')
    const expected =
      'insert into "purchases" ("buyer", "amount") select "purchase_id" as "order_id", "quantity" as "qty" from "lines" as "items"'
    expect(same.sql(db(db.raw('?? (??, ??)', ['orders', 'customer_id', 'total'])).insert(rows))).toBe(
      expected,
    )
    expect(same.sql(db(db.raw('?? (??)', ['orders', ['customer_id', 'total']])).insert(rows))).toBe(expected)
  })

  it('is refused where nobody can tell which columns are meant', () => {
    const { source: db } = pg
    expectRefused(pg, db('orders').insert(db.raw('select 1, 2')))
    expectRefused(pg, db('orders').insert(db('items').select(db.raw('1, 2'))))
    expectRefused(mysql, mysql.source('orders').insert(mysql.source.raw('select * from orders')))
    const unknown = carrier(compiler('pg'), compiler('pg'), [names('orders', { known: false })])
    expectRefused(unknown, unknown.source('orders').insert(unknown.source.raw('select 1')))
    const crossed = carrier(compiler('mysql2'), compiler('pg'))
    expectRefused(crossed, crossed.source('orders').insert(crossed.source('items').select('id')))
  })
})

describe('a raw insert (W10)', () => {
  const raw = (pair: Carrier, sql: string): unknown => pair.source.raw(sql)

  it.each([
    'insert into orders values (1, 2)',
    '/* c */ insert into orders (select 1, 2)',
    'insert into orders select * from customers',
    'insert into orders (id, total, note, customer_id) select * from orders',
    'with x as (select 1) insert into orders select * from x',
  ])('that relies on the order of columns is refused where the target has another one: %s', (sql) => {
    expectRefused(pg, raw(pg, sql))
  })

  it.each([
    'insert into orders (id) values (1) returning *',
    'insert into orders (id) select count(*) from orders',
    'insert into customers values (1, 2)',
  ])('stays as it is where it does not: %s', (sql) => {
    expect(pg.sql(raw(pg, sql))).toBe(sql)
  })
})

import { describe, expect, it } from 'vitest'
import { sqlRead } from './sql-read.ts'

const mapped = new Set(['orders', 'customers'])
const read = (sql: string, dialect: 'postgres' | 'mysql' = 'postgres') =>
  sqlRead(sql, dialect, ({ name }) => (mapped.has(name) ? name : undefined))

describe('a text', () => {
  it('says which mapped tables it reads, and whether in an order', () => {
    expect(read('select * from "orders" where id = $1')).toEqual({ tables: ['orders'], ordered: false })
    const joined = `select o.id, count(*) as n, 'now it is' from orders o join customers c on (c.id = o.id) where o.id in ($1, $2)
      and exists (select 1 from orders) group by o.id order by lower(c.name) limit 5`
    expect(read(joined)).toEqual({ tables: ['orders', 'customers'], ordered: true })
    expect(read('select `id` from `orders` where `at` > date_sub(?, interval 1 day)', 'mysql')).not.toBeNull()
  })

  it('says what its WITH clause reads, and counts only the order of its own rows', () => {
    const recent =
      'with recent as (select id from orders where total > 5), "Named" as (select name from customers)'
    expect(read(`${recent} select * from recent, "Named" order by id limit 3`)).toEqual({
      tables: ['orders', 'customers'],
      ordered: true,
    })
    const walked =
      'with recursive up as (select id from orders where id = 1 union all select o.id from orders o join up on o.id = up.id) select * from up'
    expect(read(walked)).toEqual({ tables: ['orders'], ordered: false })
    const numbered = 'select id, row_number() over (order by total) as n from orders'
    expect(read(numbered)).toEqual({ tables: ['orders'], ordered: false })
    expect(read('select * from (select id from orders order by id limit 3) as few')).toEqual({
      tables: ['orders'],
      ordered: false,
    })
  })

  it.each([
    'with few as (select id from orders limit 3) select * from few order by id',
    'with orders as (select id from customers) select * from orders',
    'with a as (select * from b), b as (select * from orders) select * from a',
    'with a as (select * from others) select * from a',
    'with a as (select 1 as id) select * from a',
    'with a as (select now() as t from orders) select * from a',
    'select * from (select id from orders limit 3) as few order by id',
    'select * from orders for update',
    'select * from orders where at < now()',
    'select random() from orders',
    'select * from orders where at < current_timestamp',
    "select * from orders where at < 'now'::timestamp",
    'select own_function(id) from orders',
    'select "count"(id) from orders',
    'select app.count(id) from orders',
    'select * from orders limit 3',
    'select * from orders, others',
    'select 1',
    'insert into orders (id) values (1)',
    'with gone as (delete from orders returning *) select * from gone',
    'explain select * from orders',
    'select * from orders tablesample system (10)',
    'select 1; delete from orders',
  ])('is left where it is: %s', (sql) => {
    expect(read(sql)).toBeNull()
  })

  it.each([
    'select @rank := id from orders',
    'select date() from orders',
    'select id from orders lock in share mode',
    'select sleep(1) from orders',
  ])('of MySQL is left where it is: %s', (sql) => {
    expect(read(sql, 'mysql')).toBeNull()
  })
})

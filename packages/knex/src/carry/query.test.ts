import { describe, expect, it } from 'vitest'
import { carrier, compiler, names } from './carry-fixture.ts'

const pg = carrier(compiler('pg'), compiler('pg'))
const db = pg.source

describe('a query carried to renamed tables and columns (W1)', () => {
  const cases: [string, () => unknown, string][] = [
    [
      'gives every column back under its source name',
      () => db('orders'),
      'select "id", "buyer" as "customer_id", "amount" as "total", "note" from "purchases" as "orders"',
    ],
    [
      'leaves a table of the same names alone',
      () => db('customers').where({ name: 'x' }),
      'select "id", "name" from "customers" where "name" = ?',
    ],
    [
      'renames selected columns',
      () => db('orders').select('total', 'note', 'total as t', { u: 'total' }),
      'select "amount" as "total", "note", "amount" as "t", "amount" as "u" from "purchases" as "orders"',
    ],
    [
      'knows qualified columns by their table',
      () => db('orders').select('orders.total').where('orders.customer_id', 1),
      'select "orders"."amount" as "total" from "purchases" as "orders" where "orders"."buyer" = ?',
    ],
    [
      'knows them by an alias',
      () => db('orders as o').select('o.total').where('o.customer_id', 1),
      'select "o"."amount" as "total" from "purchases" as "o" where "o"."buyer" = ?',
    ],
    [
      'knows them by an alias given as an object',
      () => db({ o: 'orders' }).select('o.total'),
      'select "o"."amount" as "total" from "purchases" as "o"',
    ],
    [
      'takes the first rows',
      () => db('orders').first('total').where('id', 1),
      'select "amount" as "total" from "purchases" as "orders" where "id" = ? limit ?',
    ],
    ['plucks', () => db('orders').pluck('total'), 'select "amount" as "total" from "purchases" as "orders"'],
    [
      "orders by result names, which stay the source's",
      () => db('orders').select('total').orderBy('total', 'desc').orderBy('customer_id'),
      'select "amount" as "total" from "purchases" as "orders" order by "total" desc, "buyer" asc',
    ],
    [
      'orders by an alias that shadows a column',
      () => db('orders').select('note as total').orderBy('total'),
      'select "note" as "total" from "purchases" as "orders" order by "total" asc',
    ],
    [
      'groups by columns',
      () =>
        db('orders')
          .select('customer_id')
          .sum('total as s')
          .groupBy('customer_id')
          .having('customer_id', '>', 1),
      'select "buyer" as "customer_id", sum("amount") as "s" from "purchases" as "orders" group by "buyer" having "buyer" > ?',
    ],
    [
      'carries aggregates of several columns',
      () => db('orders').countDistinct('total', 'customer_id'),
      'select count(distinct("amount", "buyer")) from "purchases" as "orders"',
    ],
    [
      'joins',
      () => db('orders').join('items', 'orders.id', 'items.order_id').select('qty', 'total'),
      'select "quantity" as "qty", "amount" as "total" from "purchases" as "orders" inner join "lines" as "items" on "orders"."id" = "items"."purchase_id"',
    ],
    [
      'joins with conditions of every kind',
      () =>
        db('orders as o')
          .leftJoin('items as i', (j) => {
            j.on('o.id', 'i.order_id')
              .andOnVal('i.qty', '>', 1)
              .onIn('i.qty', [1, 2])
              .onNotNull('i.order_id')
              .on((g) => {
                g.on('o.total', 'i.qty').orOn('o.note', 'i.id')
              })
          })
          .select('o.id'),
      'select "o"."id" from "purchases" as "o" left join "lines" as "i" on "o"."id" = "i"."purchase_id" and "i"."quantity" > ? and "i"."quantity" in (?, ?) and "i"."purchase_id" is not null and ("o"."amount" = "i"."quantity" or "o"."note" = "i"."id")',
    ],
    [
      'expands stars of joined tables',
      () => db('items').join('customers', 'customers.id', 'items.id').select('items.*', 'customers.name'),
      'select "items"."id", "items"."purchase_id" as "order_id", "items"."quantity" as "qty", "customers"."name" from "lines" as "items" inner join "customers" on "customers"."id" = "items"."id"',
    ],
    [
      'carries conditions of every kind',
      () =>
        db('orders')
          .where((q) => {
            q.where('total', '>', 1).orWhereNull('customer_id')
          })
          .whereIn('customer_id', [1, 2])
          .whereNotBetween('total', [1, 2])
          .modify((q) =>
            (q as unknown as { whereColumn(...names: string[]): void }).whereColumn(
              'total',
              '<',
              'customer_id',
            ),
          )
          .whereNot({ total: 3 })
          .orWhereILike('note', 'x')
          .select('id'),
      'select "id" from "purchases" as "orders" where ("amount" > ? or "buyer" is null) and "buyer" in (?, ?) and "amount" not between ? and ? and "amount" < "buyer" and not "amount" = ? or "note" ilike ?',
    ],
    [
      'carries multi-column IN',
      () =>
        db('orders')
          .whereIn(['id', 'total'], [[1, 2]])
          .select('id'),
      'select "id" from "purchases" as "orders" where ("id", "amount") in ((?, ?))',
    ],
    [
      'carries subqueries that name the outer table',
      () =>
        db('orders')
          .whereExists((q) => {
            void q.from('items').where('items.order_id', db.ref('orders.id')).where('qty', 1)
          })
          .select('id'),
      'select "id" from "purchases" as "orders" where exists (select "id", "purchase_id" as "order_id", "quantity" as "qty" from "lines" as "items" where "items"."purchase_id" = "orders"."id" and "quantity" = ?)',
    ],
    [
      'carries a subquery in IN',
      () =>
        db('orders')
          .whereIn('id', db('items').select('order_id').where('qty', '>', 2))
          .select('id'),
      'select "id" from "purchases" as "orders" where "id" in (select "purchase_id" as "order_id" from "lines" as "items" where "quantity" > ?)',
    ],
    [
      "lets derived tables keep the source's names",
      () => db.from(db('orders').select('total').as('t')).select('t.total', 'total'),
      'select "t"."total", "total" from (select "amount" as "total" from "purchases" as "orders") as "t"',
    ],
    [
      'lets a CTE shadow a mapped table',
      () => db.with('items', db('orders').select('total as qty')).from('items').select('qty'),
      'with "items" as (select "amount" as "qty" from "purchases" as "orders") select "qty" from "items"',
    ],
    [
      'carries recursive CTEs with column lists',
      () =>
        db
          .withRecursive('r', ['n'], (q) => {
            void q
              .select('total')
              .from('orders')
              .unionAll((u) => {
                void u.select('n').from('r')
              })
          })
          .select('n')
          .from('r'),
      'with recursive "r"("n") as (select "amount" as "total" from "purchases" as "orders" union all select "n" from "r") select "n" from "r"',
    ],
    [
      'carries unions',
      () =>
        db('orders')
          .select('total')
          .union([db('items').select('qty'), db('customers').select('id')])
          .orderBy('total'),
      'select "amount" as "total" from "purchases" as "orders" union select "quantity" as "qty" from "lines" as "items" union select "id" from "customers" order by "total" asc',
    ],
    [
      'carries window functions',
      () =>
        db('orders')
          .select('id')
          .rowNumber('n', 'total', 'customer_id')
          .rank('r', (a) => {
            void a.orderBy('total').partitionBy('note')
          }),
      'select "id", row_number() over (partition by "buyer" order by "amount") as "n", rank() over (partition by "note" order by "amount") as "r" from "purchases" as "orders"',
    ],
    [
      'carries JSON helpers',
      () => db('orders').jsonExtract('note', '$.a', 'a').whereJsonPath('total', '$.x', '=', 1),
      'select jsonb_path_query("note", ?) as "a" from "purchases" as "orders" where jsonb_path_query_first("amount", ?)::int = ?',
    ],
    [
      'carries references',
      () =>
        db('orders')
          .select(db.ref('orders.total'), db.ref('total').as('t'))
          .where('id', db.ref('customer_id')),
      'select "orders"."amount" as "total", "amount" as "t" from "purchases" as "orders" where "id" = "buyer"',
    ],
    [
      'locks the table by its alias',
      () => db('orders').forUpdate('orders').select('id').skipLocked(),
      'select "id" from "purchases" as "orders" for update of "orders" skip locked',
    ],
    [
      'carries distinct on',
      () => db('orders').distinctOn('customer_id').select('total').orderBy('customer_id'),
      'select distinct on ("buyer") "amount" as "total" from "purchases" as "orders" order by "buyer" asc',
    ],
    [
      'inserts',
      () => db('orders').insert({ id: 1, total: 2 }).returning('total'),
      'insert into "purchases" ("amount", "id") values (?, ?) returning "amount" as "total"',
    ],
    [
      'inserts several rows and returns all',
      () => db('orders').insert([{ total: 2 }, { total: 3, note: 'x' }], '*'),
      'insert into "purchases" ("amount", "note") values (?, DEFAULT), (?, ?) returning "id", "buyer" as "customer_id", "amount" as "total", "note"',
    ],
    [
      'merges on conflict',
      () =>
        db('orders')
          .insert({ id: 1, total: 2 })
          .onConflict('id')
          .merge(['total'])
          .where('orders.total', '<', 5),
      'insert into "purchases" ("amount", "id") values (?, ?) on conflict ("id") do update set "amount" = excluded."amount" where "purchases"."amount" < ?',
    ],
    [
      'merges with assignments',
      () =>
        db('orders')
          .insert({ id: 1, total: 2 })
          .onConflict(['id'])
          .merge({ total: db.ref('excluded.total'), note: 'x' }),
      'insert into "purchases" ("amount", "id") values (?, ?) on conflict ("id") do update set "amount" = "excluded"."amount","note" = ?',
    ],
    [
      'ignores on conflict',
      () => db('orders').insert({ id: 1, total: 2 }).onConflict().ignore(),
      'insert into "purchases" ("amount", "id") values (?, ?) on conflict do nothing',
    ],
    [
      'updates',
      () =>
        db('orders')
          .where('orders.customer_id', 1)
          .update({ total: db.raw('?? + ?', ['total', 1]), note: null }, ['id', 'total']),
      'update "purchases" set "amount" = "amount" + ?, "note" = ? where "purchases"."buyer" = ? returning "id", "amount" as "total"',
    ],
    [
      'increments',
      () => db('orders').where('id', 1).increment('total', 5).increment({ customer_id: -2 }),
      'update "purchases" set "amount" = "amount" + ?, "buyer" = "buyer" - ? where "id" = ?',
    ],
    [
      'deletes',
      () => db('orders').where('total', 1).del('customer_id'),
      'delete from "purchases" where "amount" = ? returning "buyer" as "customer_id"',
    ],
    [
      'deletes with a joined table',
      () => db('orders').join('items', 'items.order_id', 'orders.id').where('items.qty', 1).del(),
      'delete from "purchases" using "lines" as "items" where "items"."quantity" = ? and "items"."purchase_id" = "purchases"."id"',
    ],
    [
      'updates from another table',
      () =>
        db('orders')
          .updateFrom('items as i')
          .where('i.order_id', db.ref('orders.id'))
          .update({ total: db.ref('i.qty') }),
      'update "purchases" set "amount" = "i"."quantity" from "lines" as "i" where "i"."purchase_id" = "purchases"."id"',
    ],
    ['truncates', () => db('orders').truncate(), 'truncate "purchases" restart identity'],
    [
      'carries raw conditions over bound names',
      () =>
        db('orders')
          .whereRaw('?? > ?', ['total', 1])
          .orderByRaw('?? desc', ['orders.customer_id'])
          .select('id'),
      'select "id" from "purchases" as "orders" where "amount" > ? order by "orders"."buyer" desc',
    ],
    [
      'carries raw SQL that names nothing renamed',
      () =>
        db('orders')
          .whereRaw('orders.id = ANY(?)', [[1]])
          .select(db.raw('upper(note) as n')),
      'select upper(note) as n from "purchases" as "orders" where orders.id = ANY(?)',
    ],
    [
      'carries raw statements over bound names',
      () => db.raw('update ?? set ?? = ? where ?? = ?', ['orders', 'total', 1, 'orders.id', 2]),
      'update "purchases" set "amount" = ? where "purchases"."id" = ?',
    ],
    [
      'names the results of raw selects as the source does',
      () => db.raw('select ??, sum(??) as s from ??', ['total', 'customer_id', 'orders']),
      'select "amount" as "total", sum("buyer") as s from "purchases"',
    ],
    [
      'keeps an alias of a bound name',
      () => db.raw('select :col: from :tab: where :col: > :v', { col: 'note', tab: 'orders', v: 1 }),
      'select "note" from "purchases" where "note" > ?',
    ],
  ]
  it.each(cases)('%s', (_title, build, expected) => {
    expect(pg.sql(build())).toBe(expected)
  })

  it("leaves the app's own builder as it was", () => {
    const builder = db('orders').join('items', 'items.order_id', 'orders.id').where('total', 1).select('qty')
    const before = builder.toSQL().sql
    pg.sql(builder)
    expect(builder.toSQL().sql).toBe(before)
  })

  it('carries one and the same builder again and again', () => {
    const builder = db('orders').where('id', 1).increment('total', 1)
    const first = pg.sql(builder)
    builder.toSQL()
    expect(pg.sql(builder)).toBe(first)
  })
})

describe('a table in a schema', () => {
  it('is found with and without its schema, and qualified by its name alone', () => {
    const shelf = carrier(compiler('pg'), compiler('pg'), [
      {
        ...names('orders', {
          columns: { id: 'id', total: 'amount' },
          sourceSchema: 'public',
          targetSchema: 'sales',
        }),
        mapping: 'public.orders',
      },
    ])
    expect(shelf.sql(shelf.source('orders').where('orders.total', 1).select('id'))).toBe(
      'select "id" from "sales"."orders" as "orders" where "orders"."amount" = ?',
    )
    expect(
      shelf.sql(
        shelf.source.withSchema('public').from('orders').where('public.orders.total', 1).select('id'),
      ),
    ).toBe('select "id" from "sales"."orders" as "orders" where "orders"."amount" = ?')
    expect(shelf.sql(shelf.source('public.orders').where('orders.total', 1).update({ total: 2 }))).toBe(
      'update "sales"."orders" set "amount" = ? where "orders"."amount" = ?',
    )
    expect([...shelf.carry(shelf.source('other.orders')).unmapped]).toEqual(['other.orders'])
  })
})

describe('an identifier hook of the app', () => {
  it("gives the database's names before they are looked up, for aliases too", () => {
    const snake = (value: string) => value.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const hooked = carrier(
      compiler('pg', { wrapIdentifier: (value, wrap) => wrap(snake(value)) }),
      compiler('pg'),
    )
    const app = hooked.source
    expect(
      hooked.sql(app('orders').select('customerId', 'total as grandTotal').where('orders.customerId', 1)),
    ).toBe(
      'select "buyer" as "customer_id", "amount" as "grand_total" from "purchases" as "orders" where "orders"."buyer" = ?',
    )
    expect(hooked.sql(app('items').insert({ orderId: 1, qty: 2 }))).toBe(
      'insert into "lines" ("purchase_id", "quantity") values (?, ?)',
    )
  })
})

describe('a bound name in raw SQL', () => {
  const shelf = carrier(compiler('pg'), compiler('pg'), [
    names('orders', { target: 'purchases', targetSchema: 'sales', columns: { id: 'id', total: 'amount' } }),
  ])
  it('is the table with its schema, or what qualifies a column (W14)', () => {
    const { source } = shelf
    expect(
      shelf.sql(source.raw('update ?? set ?? = 1 where ??.?? = 2', ['orders', 'total', 'orders', 'id'])),
    ).toBe('update "sales"."purchases" set "amount" = 1 where "purchases"."id" = 2')
  })
})

import { TwinwriteError } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { perSide } from '@twinwrite/core'
import { type Carrier, carrier, type ClientName, compiler, names, shop } from './carry-fixture.ts'

const between = (source: ClientName, target: ClientName): Carrier =>
  carrier(compiler(source), compiler(target))
const mysqlToPg = between('mysql2', 'pg')
const pgToMysql = between('pg', 'mysql2')
const sqliteToPg = between('better-sqlite3', 'pg')
const pgToSqlite = between('pg', 'better-sqlite3')

function refusal({ carry }: Carrier, statement: unknown): TwinwriteError {
  try {
    const carried = carry(statement)
    if (carried.problem !== null) return carried.problem
    carried.compile()
  } catch (error) {
    if (error instanceof TwinwriteError) return error
    throw error
  }
  throw new Error('it was carried')
}

describe('a statement for another dialect', () => {
  it("is written in the target's", () => {
    const db = mysqlToPg.source
    expect(mysqlToPg.sql(db('orders').where('orders.total', '>', 1).limit(2))).toBe(
      'select "id", "buyer" as "customer_id", "amount" as "total", "note" from "purchases" as "orders" where "orders"."amount" > ? limit ?',
    )
    expect(mysqlToPg.sql(db('orders').insert({ total: 1 }).onConflict('id').merge())).toBe(
      'insert into "purchases" ("amount") values (?) on conflict ("id") do update set "amount" = excluded."amount" returning "id"',
    )
    expect(mysqlToPg.sql(db('customers').insert({ name: 'x' }).onConflict().ignore())).toBe(
      'insert into "customers" ("name") values (?) on conflict do nothing returning "id"',
    )
    expect(
      pgToMysql.sql(pgToMysql.source('orders').insert({ total: 1 }).onConflict('id').merge(['total'])),
    ).toBe(
      'insert into `purchases` (`amount`) values (?) on duplicate key update `amount` = values(`amount`)',
    )
  })

  it("finds columns by the source's rule of case, and answers with the name as written", () => {
    expect(mysqlToPg.sql(mysqlToPg.source('orders').select('TOTAL', 'Note'))).toBe(
      'select "amount" as "TOTAL", "note" as "Note" from "purchases" as "orders"',
    )
    expect(sqliteToPg.sql(sqliteToPg.source('ORDERS').select('Id'))).toBe(
      'select "id" as "Id" from "purchases" as "ORDERS"',
    )
  })

  it('names results that the app did not name as the source does', () => {
    expect(mysqlToPg.sql(mysqlToPg.source('orders').count().max('total'))).toBe(
      'select count(*) as "count(*)", max("amount") as "max(`total`)" from "purchases" as "orders"',
    )
    expect(
      pgToMysql.sql(
        pgToMysql
          .source('orders')
          .count()
          .max('total')
          .rowNumber(null as never, 'total'),
      ),
    ).toBe(
      'select count(*) as `count`, max(`amount`) as `max`, row_number() over (order by `amount`) as `row_number` from `purchases` as `orders`',
    )
    expect(pgToMysql.sql(pgToMysql.source('orders').sum(pgToMysql.source.raw('?? + 1', ['total'])))).toBe(
      'select sum(`amount` + 1) as `sum` from `purchases` as `orders`',
    )
    expect(mysqlToPg.sql(mysqlToPg.source('orders').select(mysqlToPg.source.raw('max(??)', ['total'])))).toBe(
      'select max("amount") as "max(`total`)" from "purchases" as "orders"',
    )
  })

  it("gives a missing value of an insert the source's meaning", () => {
    expect(
      sqliteToPg.compiled(sqliteToPg.source('orders').insert([{ total: 1 }, { note: 'x' }])),
    ).toMatchObject({
      sql: 'insert into "purchases" ("amount", "note") values (?, ?), (?, ?) returning "id"',
      bindings: [1, null, null, 'x'],
    })
    expect(pgToMysql.sql(pgToMysql.source('orders').insert([{ total: 1 }, { note: 'x' }]))).toBe(
      'insert into `purchases` (`amount`, `note`) values (?, DEFAULT), (DEFAULT, ?)',
    )
  })

  it('does not bring a clause to life that the source drops', () => {
    expect(
      pgToMysql.sql(pgToMysql.source('orders').where('id', 1).orderBy('id').limit(1).update({ total: 1 })),
    ).toBe('update `purchases` set `amount` = ? where `id` = ?')
    expect(
      pgToMysql.sql(
        pgToMysql.source('orders').join('items', 'items.order_id', 'orders.id').update({ total: 1 }),
      ),
    ).toBe('update `purchases` set `amount` = ?')
    expect(mysqlToPg.sql(mysqlToPg.source('orders').returning('id').where('id', 1).del())).toBe(
      'delete from "purchases" where "id" = ?',
    )
  })

  it('carries raw SQL that every dialect reads the same', () => {
    const db = mysqlToPg.source
    expect(
      mysqlToPg.sql(
        db('orders')
          .where('id', 1)
          .update({ total: db.raw('?? + ?', ['total', 1]), note: db.fn.now() }),
      ),
    ).toBe('update "purchases" set "amount" = "amount" + ?, "note" = CURRENT_TIMESTAMP where "id" = ?')
    expect(mysqlToPg.sql(db('orders').insert({ note: db.fn.uuid() }))).toBe(
      'insert into "purchases" ("note") values ((gen_random_uuid())) returning "id"',
    )
    expect(
      mysqlToPg.sql(
        db('orders').whereRaw('coalesce(note, ?) <> ? and id in (1, 2)', ['a', 'b']).select('id'),
      ),
    ).toBe('select "id" from "purchases" as "orders" where coalesce(note, ?) <> ? and id in (1, 2)')
    expect(
      mysqlToPg.sql(db('orders').select(db.raw('sum(case when note is null then 1 else 0 end) as missing'))),
    ).toBe('select sum(case when note is null then 1 else 0 end) as missing from "purchases" as "orders"')
    expect(pgToSqlite.sql(pgToSqlite.source('orders').update({ note: pgToSqlite.source.fn.now(6) }))).toBe(
      'update `purchases` set `note` = CURRENT_TIMESTAMP',
    )
  })

  it('lets the target number a row that the source would number because of a NULL', () => {
    const insert = (pair: Carrier, rows: object | object[]): string =>
      pair.sql(pair.source('orders').insert(rows))
    const rows = [{ total: 1 }, { id: 5, total: 2 }, { id: null, total: 3 }]
    const expected =
      'insert into "purchases" ("amount", "id") values (?, DEFAULT), (?, ?), (?, DEFAULT) returning "id"'
    expect(insert(sqliteToPg, rows)).toBe(expected)
    expect(insert(mysqlToPg, rows)).toBe(expected)
    expect(insert(sqliteToPg, { id: null, total: 1 })).toBe(
      'insert into "purchases" ("amount", "id") values (?, DEFAULT) returning "id"',
    )
    expect(insert(sqliteToPg, { total: 1 })).toBe(
      'insert into "purchases" ("amount") values (?) returning "id"',
    )
  })

  it("takes the target's text where the app gives one per side", () => {
    const db = mysqlToPg.source
    const condition = perSide('find_in_set(?, note)', "? = any (string_to_array(note, ','))")
    expect(mysqlToPg.sql(db('orders').whereRaw(condition, ['x']).select('id'))).toBe(
      'select "id" from "purchases" as "orders" where ? = any (string_to_array(note, \',\'))',
    )
    const statement = perSide(
      'select sql_no_cache ifnull(total, 0) as total from orders where ?? = ?',
      'select coalesce(amount, 0) as total from purchases where ?? = ?',
    )
    const carried = mysqlToPg.carry(db.raw(statement, ['orders.customer_id', 1]))
    expect(carried).toMatchObject({ problem: null, perSide: true })
    expect(carried.compile()).toMatchObject({
      sql: 'select coalesce(amount, 0) as total from purchases where "purchases"."buyer" = ?',
      bindings: [1],
    })
  })
})

describe('what another dialect cannot express is refused by name (TW_DIALECT_CROSSED)', () => {
  const my = mysqlToPg.source
  const pg = pgToMysql.source
  const cases: [string, Carrier, () => unknown][] = [
    ['raw SQL "note ILIKE ?"', pgToMysql, () => pg('orders').whereRaw('note ILIKE ?', ['x'])],
    ['raw SQL "note::text"', pgToMysql, () => pg('orders').select(pg.raw('note::text'))],
    [
      'the clause "returning" of an insert',
      pgToMysql,
      () =>
        pg('orders')
          .insert([{ total: 1 }, { id: 7 }])
          .returning('id'),
    ],
    ['the clause "returning" of an update', pgToMysql, () => pg('orders').update({ total: 1 }, 'id')],
    [
      'the clause "returning" of a delete',
      pgToSqlite,
      () => pgToSqlite.source('orders').where('id', 1).del('id'),
    ],
    [
      'the clause "updateFrom" of an update',
      pgToMysql,
      () => pg('orders').update({ total: 1 }).updateFrom('items'),
    ],
    [
      'the clause "using" of a delete',
      pgToMysql,
      () => pg('orders').using(['items']).where('items.id', 1).del(),
    ],
    [
      'the clause "onConflict().merge().where" of an insert',
      pgToMysql,
      () => pg('orders').insert({ id: 1 }).onConflict('id').merge().where('total', 1),
    ],
    [
      'the clause "join" of an update',
      mysqlToPg,
      () => my('orders').join('items', 'items.order_id', 'orders.id').update({ note: 'x' }),
    ],
    ['the clause "limit" of an update', mysqlToPg, () => my('orders').limit(1).update({ note: 'x' })],
    ['the clause "limit" of a delete', mysqlToPg, () => my('orders').where('total', 1).limit(1).del()],
    [
      'upsert()',
      mysqlToPg,
      () => (my('orders') as unknown as { upsert(row: object): unknown }).upsert({ id: 1 }),
    ],
    [
      'onConflict() without columns before merge()',
      mysqlToPg,
      () => my('orders').insert({ id: 1 }).onConflict().merge(),
    ],
    ['distinctOn', pgToMysql, () => pg('orders').distinctOn('id')],
    ['the operator "@>"', pgToMysql, () => pg('orders').where('note', '@>', 'x')],
    ['the operator "ilike"', pgToMysql, () => pg('orders').where('note', 'ilike', 'x')],
    ['the operator "rlike"', mysqlToPg, () => my('orders').where('note', 'rlike', 'x')],
    [
      'the operator "~"',
      pgToMysql,
      () =>
        pg('orders').join('items', (join) => {
          join.on('orders.note', '~', 'items.id')
        }),
    ],
    ['forNoKeyUpdate()', pgToMysql, () => pg('orders').forNoKeyUpdate()],
    [
      '"full outer join"',
      pgToMysql,
      () => pg('orders').fullOuterJoin('items', 'items.order_id', 'orders.id'),
    ],
    [
      'withMaterialized() or withNotMaterialized()',
      pgToMysql,
      () => pg.withMaterialized('x', pg('orders')).from('x'),
    ],
    ['"nulls first"', pgToMysql, () => pg('orders').orderBy('note', 'asc', 'first')],
    ['driver options', pgToMysql, () => pg('orders').options({ rowMode: 'array' })],
    ['Json superset', pgToSqlite, () => pgToSqlite.source('orders').whereJsonSupersetOf('note', { a: 1 })],
    ['skipLocked', pgToSqlite, () => pgToSqlite.source('orders').forUpdate().skipLocked()],
    ['an insert from a query', mysqlToPg, () => my('orders').insert(my('items').select('id'))],
  ]
  it.each(cases)('%s', (construct, pair, build) => {
    const error = refusal(pair, build())
    expect(error.code).toBe('TW_DIALECT_CROSSED')
    expect(error.message).toContain(construct)
  })

  it("fails as plain Knex does where the app's statement itself is wrong", () => {
    expect(() => pgToMysql.carry(pg('orders').limit(1).del()).compile()).toThrow(
      /`limit` has no effect on a `delete` statement/,
    )
    expect(() => pgToMysql.carry(pg('orders').where('id', undefined as never)).compile()).toThrow(
      /Undefined binding/,
    )
  })
})

describe('what renaming cannot reach is refused by name (TW_DIALECT_CROSSED)', () => {
  const pgToPg = between('pg', 'pg')
  const db = pgToPg.source
  const cases: [string, () => unknown][] = [
    ['the renamed column "total"', () => db('orders').whereRaw('total > 1')],
    ['the renamed column "total"', () => db('orders').select(db.raw('sum("total") as s'))],
    ['the renamed column "customer_id"', () => db('orders').orderByRaw('orders.customer_id desc')],
    ['the renamed table "orders"', () => db('customers').whereRaw('exists (select 1 from orders)')],
    [
      'the renamed table "orders"',
      () =>
        db('orders')
          .where('id', 1)
          .update({ note: db.raw('orders.note') }),
    ],
    ['the renamed table "items"', () => db('orders').joinRaw('join items on true')],
    ['selects all columns of "orders"', () => db('orders').select(db.raw('orders.*'))],
    ['which covers renamed columns', () => db.raw('select ?? from ??', ['*', 'orders'])],
    [
      'in a result column of raw SQL without a name',
      () => db.raw('select max(??) from ??', ['total', 'orders']),
    ],
    ['together with raw tables', () => db('orders').joinRaw('cross join generate_series(1, 2)')],
    [
      'USING ("id")',
      () =>
        db('a').join('b', (join) => {
          join.using('id')
        }),
    ],
  ]
  const odd = carrier(compiler('pg'), compiler('pg'), [
    ...shop,
    names('a', { columns: { id: 'a_id' } }),
    names('b', { columns: { id: 'b_id' } }),
  ])
  it.each(cases)('%s', (why, build) => {
    const error = refusal(odd, build())
    expect(error.code).toBe('TW_DIALECT_CROSSED')
    expect(error.message).toContain(why)
  })

  it('names the table whose values are converted, unless the app gives a text per side', () => {
    const converted = carrier(compiler('pg'), compiler('pg'), [names('orders', { converted: true })])
    const error = refusal(converted, db('orders').select('id'))
    expect(error).toMatchObject({ code: 'TW_DIALECT_CROSSED', table: 'orders' })
    const own = perSide('select sum(total) as s from orders', 'select sum(cents) / 100 as s from orders')
    expect(converted.sql(db.raw(own))).toBe('select sum(cents) / 100 as s from orders')
  })

  it("knows a column that does not travel from the target's column of that name", () => {
    const shelf = carrier(compiler('pg'), compiler('pg'), [
      names('orders', { columns: { id: 'id', price: 'amount' } }),
    ])
    expect(refusal(shelf, shelf.source('orders').where('amount', 1)).message).toContain(
      'column "amount" of "orders", which does not travel',
    )
    expect(refusal(shelf, shelf.source('orders').insert({ amount: 1 })).message).toContain('column "amount"')
    expect(shelf.sql(shelf.source('orders').select('price as amount').orderBy('amount'))).toBe(
      'select "amount" as "amount" from "orders" order by "amount" asc',
    )
  })

  it('cannot list columns before both catalogs are known', () => {
    const early = carrier(compiler('pg'), compiler('pg'), [
      names('orders', { columns: { price: 'amount' }, known: false }),
    ])
    expect(refusal(early, early.source('orders')).message).toContain('unknown columns')
    expect(early.sql(early.source('orders').select('id', 'price'))).toBe(
      'select "id", "amount" as "price" from "orders"',
    )
  })
})

describe('tables that are not mapped', () => {
  const { source: db, carry } = between('pg', 'pg')
  it('are told apart from mapped ones, from CTEs and from catalog tables', () => {
    const found = (statement: unknown): unknown => {
      const { mapped, unmapped } = carry(statement)
      return { mapped: [...mapped].map(({ names: { mapping } }) => mapping), unmapped: [...unmapped] }
    }
    expect(found(db('audit').join('orders', 'a', 'b'))).toEqual({ mapped: ['orders'], unmapped: ['audit'] })
    expect(
      found(
        db('orders').whereIn('id', (q) => {
          void q.from('audit').select('id')
        }),
      ),
    ).toEqual({ mapped: ['orders'], unmapped: ['audit'] })
    expect(found(db.with('audit', db('orders')).from('audit'))).toEqual({ mapped: ['orders'], unmapped: [] })
    expect(found(db('pg_class').select('relname'))).toEqual({ mapped: [], unmapped: [] })
    expect(found(db('information_schema.tables'))).toEqual({ mapped: [], unmapped: [] })
    expect(found(db.schema.createTable('fresh', () => undefined).hasTable('items'))).toEqual({
      mapped: ['items'],
      unmapped: ['fresh'],
    })
  })
})

import type { Knex } from 'knex'
import { describe, expect, it } from 'vitest'
import { carrier, compiler } from './carry-fixture.ts'

const { carry, source: db, sql } = carrier(compiler('pg'), compiler('mysql2'))
const answer = { affected: 1, insertId: 7 }

function read(statement: Knex.QueryBuilder, insert = answer): unknown {
  const { problem, returned } = carry(statement)
  if (problem !== null) throw problem
  if (returned === null) return 'nothing'
  const compiled = returned.read(insert)
  return compiled === null ? null : [compiled.sql, ...(compiled.bindings as unknown[])]
}

describe('rows that an insert returns are read behind it by what names them (W1)', () => {
  it('their generated keys', () => {
    const insert = db('orders').insert({ total: 1 }).returning(['id', 'total'])
    expect(sql(insert)).toBe('insert into `purchases` (`amount`) values (?)')
    expect(read(insert)).toEqual([
      'select `id`, `amount` as `total` from `purchases` where `id` in (? + ? * @@SESSION.auto_increment_increment) order by `id` asc',
      7,
      0,
    ])
  })

  it('their given keys, in the order in which they were given', () => {
    expect(read(db('orders').insert([{ id: 3 }, { id: 2 }], 'customer_id'))).toEqual([
      'select `buyer` as `customer_id` from `purchases` where ((`id` = ?) or (`id` = ?)) order by case when `id` = ? then ? when `id` = ? then ? end',
      3,
      2,
      3,
      0,
      2,
      1,
    ])
  })

  it('what an upsert met them by', () => {
    const upsert = db('orders')
      .insert({ customer_id: 5, total: 1 })
      .onConflict('customer_id')
      .merge()
      .returning('id')
    expect(read(upsert)).toEqual(['select `id` from `purchases` where ((`buyer` = ?))', 5])
  })

  it('unless the one row was left alone', () => {
    const insert = db('orders').insert({ id: 3 }).onConflict('id').ignore().returning('id')
    expect(read(insert, { affected: 0, insertId: 0 })).toBeNull()
    expect(read(insert)).toEqual(['select `id` from `purchases` where ((`id` = ?))', 3])
  })

  it('or nothing is asked for', () => {
    expect(read(db('orders').insert({ id: 3 }))).toBe('nothing')
  })

  it.each([
    ['keys that the database computes', () => db('orders').insert({ id: db.fn.uuid() as never })],
    ['rows with and without keys', () => db('orders').insert([{ id: 3 }, { total: 1 }])],
    [
      'rows some of which are left alone',
      () =>
        db('orders')
          .insert([{ id: 3 }, { id: 4 }])
          .onConflict()
          .ignore(),
    ],
    ['an upsert by any unique key', () => db('orders').insert({ id: 3 }).onConflict().merge()],
    ['what a query finds', () => db('orders').insert(db('orders').select('id') as never)],
  ] satisfies [string, () => Knex.QueryBuilder][])('and %s are refused', (_, insert) => {
    expect(() => read(insert().returning('id'))).toThrow('TW_DIALECT_CROSSED')
  })
})

// Reads of an app.

import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { collect, failed, type Operation } from './operation.ts'

export const reads: readonly Operation[] = [
  { title: 'select all', run: async (db) => db('orders').orderBy('id') },
  {
    title: 'select columns',
    run: async (db) => db('orders').select('id', 'total', 'customer_id as who').orderBy('id'),
  },
  { title: 'first', run: async (db) => db('orders').where({ customer_id: 1 }).orderBy('id', 'desc').first() },
  { title: 'first of nothing', run: async (db) => db('orders').where('id', -1).first() },
  { title: 'pluck', run: async (db) => db('orders').orderBy('id').pluck('total') },
  { title: 'count', run: async (db) => db('orders').count() },
  {
    title: 'count with alias',
    run: async (db) => db('orders').count('customer_id as n').countDistinct('customer_id as d'),
  },
  { title: 'aggregates', run: async (db) => db('orders').min('total').max('total').sum('total as s') },
  {
    title: 'group and having',
    run: async (db) =>
      db('orders')
        .select('customer_id')
        .sum('total as s')
        .groupBy('customer_id')
        .having('customer_id', '>', 0)
        .orderBy('customer_id'),
  },
  {
    title: 'joins',
    run: async (db) =>
      db('orders as o')
        .leftJoin('items as i', 'i.order_id', 'o.id')
        .join('customers as c', 'c.id', 'o.customer_id')
        .select('o.id', 'i.qty', 'c.name', 'o.total')
        .orderBy(['o.id', 'i.line']),
  },
  {
    title: 'star of a join',
    run: async (db) =>
      db('items')
        .join('orders', 'orders.id', 'items.order_id')
        .select('items.*')
        .orderBy(['items.order_id', 'items.line']),
  },
  {
    title: 'subqueries',
    run: async (db) =>
      db('orders')
        .whereIn('id', db('items').select('order_id').where('qty', '>', 1))
        .whereExists((q) => {
          void q.from('customers').where('customers.id', db.ref('orders.customer_id'))
        })
        .orderBy('id'),
  },
  {
    title: 'derived table',
    run: async (db) =>
      db
        .from(db('orders').select('customer_id').sum('total as s').groupBy('customer_id').as('t'))
        .where('t.s', '>', 5)
        .whereNotNull('t.customer_id')
        .select('t.customer_id', 's')
        .orderBy('customer_id'),
  },
  {
    title: 'CTE',
    run: async (db) =>
      db
        .with('big', db('orders').where('total', '>', 10))
        .from('big')
        .select('id', 'total')
        .orderBy('id'),
  },
  {
    title: 'union',
    run: async (db) =>
      db('orders')
        .select('total as n')
        .union((q) => {
          void q.from('items').select('qty as n')
        })
        .orderBy('n'),
  },
  {
    title: 'window function',
    run: async (db) => db('orders').select('id').rowNumber('n', 'total', 'customer_id').orderBy('id'),
  },
  {
    title: 'raw conditions',
    run: async (db) =>
      db('orders')
        .whereRaw('?? > ? and note is not null', ['orders.total', 5])
        .orderByRaw('?? desc, id', ['total'])
        .select('id', 'total'),
  },
  {
    title: 'raw statement',
    run: async (db) => db.raw('select ??, note from ?? where ?? = ?', ['total', 'orders', 'id', 1]),
  },
  {
    title: 'raw statement without renamed names',
    run: async (db) => db.raw('select id, email, name from customers order by id'),
  },
  { title: 'raw select of a value', run: async (db) => db.raw('select 1 as one') },
  { title: 'a table that is not mapped', run: async (db) => db('audit').select('id', 'text').orderBy('id') },
  { title: 'limit and offset', run: async (db) => db('orders').orderBy('id').limit(1).offset(1) },
  { title: 'stream', run: async (db) => collect(db('orders').select('id', 'total').orderBy('id').stream()) },
  {
    title: 'stream with handler',
    run: async (db) => {
      const rows: unknown[] = []
      await db('orders')
        .orderBy('id')
        .stream((stream) => {
          stream.on('data', (row: unknown) => rows.push(row))
        })
      return rows
    },
  },
  {
    title: 'pipe',
    run: async (db) => {
      const rows: unknown[] = []
      await pipeline(
        db('items').orderBy(['order_id', 'line']).stream(),
        new Writable({
          objectMode: true,
          write(row, _encoding, done) {
            rows.push(row)
            done()
          },
        }),
      )
      return rows
    },
  },
  {
    title: 'stream of an error',
    // Plain Knex on SQLite closes such a stream whenever, even behind the end of its pool.
    only: ['postgres', 'mysql', 'mariadb'],
    run: async (db) => failed(() => collect(db('orders').select('nothing').stream())),
  },
  { title: 'columnInfo', run: async (db) => Object.keys(await db('orders').columnInfo()).sort() },
  {
    title: 'columnInfo of one column',
    run: async (db) => db('orders').columnInfo('total'),
  },
  {
    title: 'hasTable',
    run: async (db) => [await db.schema.hasTable('orders'), await db.schema.hasTable('nothing')],
  },
  {
    title: 'hasColumn',
    run: async (db) => [
      await db.schema.hasColumn('orders', 'total'),
      await db.schema.hasColumn('orders', 'amount'),
    ],
  },
  { title: 'an unknown column', run: async (db) => db('orders').select('nothing') },
  { title: 'an unknown table', run: async (db) => db('nothing').select('*') },
  { title: 'a compile error', run: async (db) => db('orders').where('id', undefined as never) },
  { title: 'an empty raw', run: async (db) => db.raw('') },
]

// Writes of an app outside of transactions.

import type { Engine } from '@twinwrite/testkit'
import { collect, type Operation } from './operation.ts'

const returning: readonly Engine[] = ['postgres', 'sqlite']
const mysqls: readonly Engine[] = ['mysql', 'mariadb']

/**
 * SQLite answers a write that inserts nothing with the last rowid of the connection, whoever inserted it: after journal
 * entries that is ours. Compared are only answers that mean something.
 */
const unlessStale = async (engine: Engine, answer: PromiseLike<unknown>): Promise<unknown> => {
  const value = await answer
  if (engine !== 'sqlite') return value
  return Array.isArray(value) ? 'an id' : (value as { changes: number }).changes
}

export const writes: readonly Operation[] = [
  { title: 'insert', run: async (db) => db('customers').insert({ email: 'd@x', name: 'Dan' }) },
  {
    title: 'insert into renamed',
    run: async (db) => db('orders').insert({ customer_id: 3, total: 5, note: 'new' }),
  },
  {
    title: 'insert several',
    run: async (db) =>
      db('items').insert([
        { order_id: 3, line: 1, sku: 'a', qty: 1 },
        { order_id: 3, line: 2, qty: 2 },
      ]),
  },
  {
    title: 'insert returning',
    only: returning,
    run: async (db) => db('orders').insert({ total: 8, note: 'r' }).returning(['id', 'total']),
  },
  {
    title: 'insert returning all',
    only: returning,
    run: async (db) => db('orders').insert([{ total: 9 }, { customer_id: 2, total: 10 }], '*'),
  },
  { title: 'insert nothing', run: async (db) => db('orders').insert([]) },
  {
    title: 'insert defaults',
    only: ['postgres', 'mysql', 'mariadb'],
    run: async (db) => db('orders').insert({}),
  },
  { title: 'a duplicate', run: async (db) => db('customers').insert({ email: 'a@x' }) },
  { title: 'a missing value', run: async (db) => db('items').insert({ order_id: 1, line: 77 }) },
  {
    title: 'on conflict ignore',
    run: async (db, engine) =>
      unlessStale(
        engine,
        db('customers').insert({ email: 'a@x', name: 'Other' }).onConflict('email').ignore(),
      ),
  },
  {
    title: 'on conflict merge',
    run: async (db, engine) =>
      unlessStale(
        engine,
        db('customers').insert({ email: 'b@x', name: 'Bobby' }).onConflict('email').merge(),
      ),
  },
  {
    title: 'on conflict merge of columns',
    run: async (db, engine) =>
      unlessStale(
        engine,
        db('items')
          .insert({ order_id: 1, line: 1, sku: 'pencil', qty: 9 })
          .onConflict(['order_id', 'line'])
          .merge(['qty']),
      ),
  },
  {
    title: 'on conflict merge with values',
    run: async (db, engine) =>
      unlessStale(
        engine,
        db('items')
          .insert({ order_id: 1, line: 2, sku: 'pencil', qty: 9 })
          .onConflict(['order_id', 'line'])
          .merge({ qty: 77 }),
      ),
  },
  {
    title: 'merge returning',
    only: returning,
    run: async (db) =>
      db('customers').insert({ email: 'c@x', name: 'Cy' }).onConflict('email').merge().returning('name'),
  },
  { title: 'update', run: async (db) => db('orders').where('id', 1).update({ total: 11 }) },
  { title: 'update of nothing', run: async (db) => db('orders').where('id', -1).update({ total: 11 }) },
  {
    title: 'update by key and value',
    run: async (db) => db('orders').where('customer_id', 1).update('note', 'both'),
  },
  {
    title: 'update with an expression',
    run: async (db) =>
      db('orders')
        .where('id', 2)
        .update({ total: db.raw('?? * 2', ['total']) }),
  },
  {
    title: 'update returning',
    only: returning,
    run: async (db) => db('orders').where('id', 2).update({ note: 'x' }, ['id', 'note', 'total']),
  },
  { title: 'increment', run: async (db) => db('orders').where('id', 1).increment('total', 5) },
  {
    title: 'decrement',
    run: async (db) => db('items').where({ order_id: 1, line: 1 }).decrement({ qty: 1 }),
  },
  {
    title: 'update by subquery',
    run: async (db) =>
      db('orders').whereIn('id', db('items').select('order_id').where('sku', 'ink')).update({ note: 'ink' }),
  },
  {
    title: 'update with join',
    only: mysqls,
    run: async (db) =>
      db('orders')
        .join('items', 'items.order_id', 'orders.id')
        .where('items.line', 1)
        .update({ 'orders.note': 'joined' }),
  },
  { title: 'delete', run: async (db) => db('items').where({ order_id: 3 }).del() },
  { title: 'delete of nothing', run: async (db) => db('items').where({ order_id: 99 }).del() },
  {
    title: 'delete returning',
    only: ['postgres'],
    run: async (db) => db('items').where({ order_id: 2 }).del(['sku', 'qty']),
  },
  {
    title: 'raw update',
    run: async (db, engine) =>
      unlessStale(engine, db.raw('update ?? set ?? = ? where ?? = ?', ['orders', 'total', 99, 'id', 2])),
  },
  {
    title: 'raw insert',
    run: async (db) => db.raw('insert into customers (email, name) values (?, ?)', ['raw@x', 'Raw']),
  },
  {
    title: 'batchInsert',
    run: async (db) =>
      db.batchInsert(
        'items',
        Array.from({ length: 7 }, (_, line) => ({ order_id: 50, line, sku: `s${line}`, qty: line })),
        3,
      ),
  },
  {
    title: 'insert into a table that is not mapped',
    run: async (db) => db('audit').insert({ text: 'hello' }),
  },
  {
    title: 'insert stream',
    only: ['postgres'],
    run: async (db) =>
      collect(db('orders').insert({ total: 3, note: 's' }).returning(['total', 'note']).stream()),
  },
  {
    title: 'promise all',
    run: async (db) =>
      Promise.all([
        db('orders').where('id', 1).update({ total: 1 }),
        db('orders').where('id', 2).update({ total: 2 }),
        db('orders').where('id', 3).update({ total: 3 }),
      ]),
  },
  {
    title: 'asCallback',
    run: async (db) => {
      const answers: unknown[] = []
      await db('orders')
        .where('id', 1)
        .update({ note: 'cb' })
        .asCallback((...answer: unknown[]) => answers.push(...answer))
      return answers
    },
  },
]

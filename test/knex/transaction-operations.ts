// Transactions of an app, in every form that Knex has.

import { collect, failed, type Operation } from './operation.ts'

export const transactions: readonly Operation[] = [
  {
    title: 'callback',
    run: async (db) =>
      db.transaction(async (trx) => {
        await trx('orders').where('id', 1).update({ total: 100 })
        return trx('orders').where('id', 1).first('total')
      }),
  },
  {
    title: 'callback that throws',
    run: async (db) =>
      db.transaction(async (trx) => {
        await trx('orders').where('id', 1).update({ total: 999 })
        throw new Error('no')
      }),
  },
  {
    title: 'manual',
    run: async (db) => {
      const trx = await db.transaction()
      await trx('orders').where('id', 2).update({ total: 200 })
      await trx.commit()
      return [trx.isCompleted(), await db('orders').where('id', 2).first('total')]
    },
  },
  {
    title: 'manual rollback',
    run: async (db) => {
      const trx = await db.transaction()
      await trx('orders').where('id', 2).update({ total: 999 })
      await trx.rollback()
      return [trx.isCompleted(), await db('orders').where('id', 2).first('total')]
    },
  },
  {
    title: 'manual rollback with an error',
    run: async (db) => {
      const trx = await db.transaction()
      await trx('orders').where('id', 2).update({ total: 999 })
      await trx.rollback(new Error('why'))
      return failed(() => trx.executionPromise)
    },
  },
  {
    title: 'commit with a value',
    run: async (db) =>
      db.transaction((trx) => {
        trx('orders')
          .where('id', 1)
          .update({ note: 'v' })
          .then(() => trx.commit('done'), trx.rollback)
      }),
  },
  {
    title: 'provider',
    run: async (db) => {
      const provide = db.transactionProvider()
      const one = await provide()
      const two = await provide()
      await one('orders').where('id', 1).update({ note: 'p' })
      await one.commit()
      return one === two
    },
  },
  {
    title: 'nested',
    run: async (db) =>
      db.transaction(async (trx) => {
        await trx('orders').where('id', 1).update({ note: 'outer' })
        await trx.transaction(async (inner) => {
          await inner('items').insert({ order_id: 60, line: 1, qty: 1 })
        })
        await trx
          .transaction(async (inner) => {
            await inner('items').insert({ order_id: 60, line: 2, qty: 2 })
            throw new Error('inner')
          })
          .catch(() => undefined)
        await trx.savepoint(async (inner) => {
          await inner('items').insert({ order_id: 60, line: 3, qty: 3 })
        })
        return trx('items').where('order_id', 60).orderBy('line').pluck('line')
      }),
  },
  {
    title: 'transacting',
    run: async (db) =>
      db.transaction(async (trx) => {
        await db('orders').transacting(trx).where('id', 3).update({ note: 't' })
        await db.raw('update ?? set ?? = ?? + 1', ['orders', 'total', 'total']).transacting(trx)
        return db('orders').transacting(trx).where('id', 3).first('note')
      }),
  },
  {
    title: 'batchInsert in a transaction',
    run: async (db) =>
      db.transaction(async (trx) => {
        await db
          .batchInsert(
            'items',
            [
              { order_id: 61, line: 1, qty: 1 },
              { order_id: 61, line: 2, qty: 2 },
            ],
            1,
          )
          .transacting(trx)
        return trx('items').where('order_id', 61).count('line as n')
      }),
  },
  {
    title: 'isolation level',
    only: ['postgres', 'mysql', 'mariadb'],
    run: async (db) =>
      db.transaction(
        async (trx) => {
          await trx('orders').where('id', 1).update({ note: 'iso' })
          return trx('orders').where('id', 1).first('note')
        },
        { isolationLevel: 'serializable' },
      ),
  },
  {
    title: 'read only',
    only: ['postgres', 'mysql', 'mariadb'],
    run: async (db) =>
      db.transaction(async (trx) => trx('orders').orderBy('id').pluck('id'), { readOnly: true }),
  },
  {
    title: 'a failed statement in a transaction',
    run: async (db) =>
      db.transaction(async (trx) => {
        await trx('customers').insert({ email: 'a@x' })
      }),
  },
  {
    title: 'a swallowed failure',
    only: ['mysql', 'mariadb', 'sqlite'],
    run: async (db) =>
      db.transaction(async (trx) => {
        await trx('customers')
          .insert({ email: 'a@x' })
          .catch(() => undefined)
        await trx('orders').where('id', 1).update({ note: 'after' })
        return 'ok'
      }),
  },
  {
    title: 'a statement after the end',
    run: async (db) => {
      const trx = await db.transaction()
      await trx('orders').where('id', 1).select('id')
      await trx.commit()
      return trx('orders').select('id')
    },
  },
  {
    title: 'promise all in a transaction',
    run: async (db) =>
      db.transaction(async (trx) =>
        Promise.all([
          trx('orders').where('id', 1).update({ total: 7 }),
          trx('orders').where('id', 2).update({ total: 8 }),
          trx('items').where({ order_id: 1, line: 1 }).update({ qty: 3 }),
        ]),
      ),
  },
  { title: 'a transaction without statements', run: async (db) => db.transaction(async () => 'empty') },
  {
    title: 'a transaction over tables that are not mapped',
    run: async (db) =>
      db.transaction(async (trx) => {
        await trx('audit').insert({ text: 'one' })
        return trx('audit').count('id as n')
      }),
  },
  {
    title: 'stream in a transaction',
    run: async (db) =>
      db.transaction(async (trx) => {
        await trx('items').insert({ order_id: 70, line: 1, qty: 4 })
        return collect(trx('items').where('order_id', 70).select('qty').stream())
      }),
  },
  {
    title: 'given connection',
    run: async (db) => {
      const connection = await db.client.acquireConnection()
      try {
        await db('orders').connection(connection).where('id', 1).update({ note: 'given' })
        return await db('orders').connection(connection).where('id', 1).first('note')
      } finally {
        await db.client.releaseConnection(connection)
      }
    },
  },
  {
    title: 'transaction on a given connection',
    run: async (db) => {
      const connection = await db.client.acquireConnection()
      try {
        return await db.transaction(
          async (trx) => {
            await trx('orders').where('id', 1).update({ note: 'own' })
            return trx('orders').where('id', 1).first('note')
          },
          { connection },
        )
      } finally {
        await db.client.releaseConnection(connection)
      }
    },
  },
  {
    title: 'user parameters',
    run: async (db) => {
      const tenant = db.withUserParams({ tenant: 7 })
      await tenant('orders').where('id', 1).update({ note: 'user' })
      return tenant.transaction(async (trx) => [
        trx.userParams,
        await trx('orders').where('id', 1).first('note'),
      ])
    },
  },
]

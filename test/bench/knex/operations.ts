// The units of business code that are timed, as Knex users write them.

import type { Knex } from 'knex'
import { change, key, keys, order } from '../orders.ts'
import type { Operation } from '../orm.ts'

export const operations: readonly Operation<Knex>[] = [
  { name: 'insert', run: (db, turn) => db('orders').insert(order(turn)) },
  {
    name: 'update by key',
    run: (db, turn) =>
      db('orders')
        .where({ id: key(turn) })
        .update(change(turn)),
  },
  {
    name: 'update of 10 rows',
    run: (db, turn) => {
      const { from, to } = keys(turn)
      return db('orders')
        .whereBetween('id', [from, to])
        .update({ note: `n${turn % 10}` })
    },
  },
  {
    name: 'insert in a transaction',
    run: (db, turn) => db.transaction((trx) => trx('orders').insert(order(turn))),
  },
  {
    name: 'transaction of several',
    run: (db, turn) =>
      db.transaction(async (trx) => {
        await trx('orders').insert(order(turn))
        await trx('orders')
          .where({ id: key(turn) })
          .first()
        await trx('orders')
          .where({ id: key(turn) })
          .update(change(turn))
        await trx('orders').insert(order(turn))
      }),
  },
  {
    name: 'read by key',
    reads: true,
    run: (db, turn) =>
      db('orders')
        .where({ id: key(turn) })
        .first(),
  },
]

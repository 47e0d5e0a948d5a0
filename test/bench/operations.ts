// The units of business code that are timed.

import type { Knex } from 'knex'

export const rows = 20_000

export interface Operation<Db> {
  readonly name: string
  readonly run: (db: Db, turn: number) => Promise<unknown>
}

const order = (turn: number): object => ({
  customer_id: turn % 1000,
  status: 'open',
  total: 12.5,
  note: 'a note of an ordinary length, as orders have them',
})

/** Spreads keys over the table, so that workers do not wait for each other's row locks. */
export const key = (turn: number): number => 1 + ((turn * 7919) % rows)

export const operations: readonly Operation<Knex>[] = [
  { name: 'insert', run: (db, turn) => db('orders').insert(order(turn)) },
  {
    name: 'update by key',
    run: (db, turn) =>
      db('orders')
        .where({ id: key(turn) })
        .update({ status: `s${turn % 10}`, total: turn % 100 }),
  },
  {
    name: 'update of 10 rows',
    run: (db, turn) => {
      const from = 1 + ((turn * 10) % (rows - 10))
      return db('orders')
        .whereBetween('id', [from, from + 9])
        .update({ note: `n${turn % 10}` })
    },
  },
  {
    name: 'insert in a transaction',
    run: (db, turn) => db.transaction((trx) => trx('orders').insert(order(turn))),
  },
]

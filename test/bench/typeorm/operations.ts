// The units of business code that are timed, as TypeORM users write them.

import { Between, type DataSource } from 'typeorm'
import { change, key, keys, order } from '../orders.ts'
import type { Operation } from '../orm.ts'
import { orders } from './orders-schema.ts'

export const operations: readonly Operation<DataSource>[] = [
  { name: 'save (insert)', run: (db, turn) => db.getRepository(orders).save(order(turn)) },
  { name: 'insert', run: (db, turn) => db.getRepository(orders).insert(order(turn)) },
  {
    name: 'update by key',
    run: (db, turn) => db.getRepository(orders).update({ id: String(key(turn)) }, change(turn)),
  },
  {
    name: 'update of 10 rows',
    run: (db, turn) => {
      const { from, to } = keys(turn)
      return db
        .getRepository(orders)
        .update({ id: Between(String(from), String(to)) }, { note: `n${turn % 10}` })
    },
  },
  {
    name: 'transaction of several',
    run: (db, turn) =>
      db.transaction(async (manager) => {
        const repository = manager.getRepository(orders)
        await repository.save(order(turn))
        const row = await repository.findOneByOrFail({ id: String(key(turn)) })
        await repository.save(Object.assign(row, change(turn)))
        await repository.insert(order(turn))
      }),
  },
  {
    name: 'read by key',
    reads: true,
    run: (db, turn) => db.getRepository(orders).findOneBy({ id: String(key(turn)) }),
  },
]

// Transactions in every form.

import type { DataSource, EntityManager } from 'typeorm'
import { Audit, Member, Order } from './entities.ts'
import { failed, type Operation } from './operation.ts'

const left = (db: DataSource, tenant: number): Promise<Member[]> =>
  db.manager.find(Member, { where: { tenant }, order: { login: 'ASC' } })

const add = (manager: EntityManager, tenant: number, login: string): Promise<unknown> =>
  manager.insert(Member, { tenant, login })

export const transactionOperations: readonly Operation[] = [
  {
    title: 'callback: committed, and rolled back when it throws (W2)',
    run: async (db) => {
      const given = await db.transaction(async (manager) => {
        await add(manager, 101, 'a')
        await manager.getRepository(Member).update({ tenant: 101 }, { level: 3 })
        return manager.withRepository(db.getRepository(Member)).countBy({ tenant: 101 })
      })
      const error = await failed(() =>
        db.manager.transaction(async (manager) => {
          await add(manager, 101, 'b')
          throw new RangeError('no')
        }),
      )
      return [given, error, await left(db, 101)]
    },
  },
  {
    title: 'callback inside of a callback, of which one is rolled back (W2)',
    run: async (db) => {
      await db.transaction(async (manager) => {
        await add(manager, 102, 'outer')
        await manager.transaction((inner) => add(inner, 102, 'inner'))
        await failed(() =>
          manager.transaction(async (inner) => {
            await add(inner, 102, 'lost')
            throw new RangeError('no')
          }),
        )
        await add(manager, 102, 'last')
      })
      return left(db, 102)
    },
  },
  {
    title: 'isolation levels',
    run: async (db, engine) => {
      const levels =
        engine === 'sqlite'
          ? (['SERIALIZABLE'] as const)
          : (['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const)
      for (const level of levels) await db.transaction(level, (manager) => add(manager, 103, level))
      return left(db, 103)
    },
  },
  {
    title: 'a QueryRunner with begin, commit, rollback and release',
    run: async (db) => {
      const runner = db.createQueryRunner()
      await runner.connect()
      await runner.startTransaction()
      await add(runner.manager, 104, 'a')
      const inside = runner.isTransactionActive
      await runner.commitTransaction()
      await runner.startTransaction()
      await runner.manager.save(Member, { tenant: 104, login: 'b' })
      await runner.rollbackTransaction()
      const outside = runner.isTransactionActive
      await add(runner.manager, 104, 'c')
      await runner.release()
      return [inside, outside, await left(db, 104), await failed(() => runner.commitTransaction())]
    },
  },
  {
    title: 'a QueryRunner with savepoints',
    run: async (db) => {
      const runner = db.createQueryRunner()
      await runner.startTransaction()
      await add(runner.manager, 105, 'a')
      await runner.startTransaction()
      await add(runner.manager, 105, 'b')
      await runner.rollbackTransaction()
      await runner.startTransaction()
      await add(runner.manager, 105, 'c')
      await runner.commitTransaction()
      await runner.commitTransaction()
      await runner.release()
      return left(db, 105)
    },
  },
  {
    title: 'await using: committed where it is open at the end',
    run: async (db) => {
      {
        await using runner = db.createQueryRunner()
        await runner.startTransaction()
        await add(runner.manager, 106, 'used')
      }
      return left(db, 106)
    },
  },
  {
    title: 'builders on the runner of a transaction',
    run: async (db) => {
      const runner = db.createQueryRunner()
      await runner.startTransaction()
      await db.createQueryBuilder(runner).insert().into(Member).values({ tenant: 107, login: 'a' }).execute()
      await db.getRepository(Member).createQueryBuilder('m', runner).getMany()
      const seen = await db
        .getRepository(Member)
        .createQueryBuilder('m')
        .setQueryRunner(runner)
        .where({ tenant: 107 })
        .getCount()
      await runner.rollbackTransaction()
      await runner.release()
      return [seen, await left(db, 107)]
    },
  },
  {
    title: 'builder in a transaction of its own',
    run: async (db) => {
      const inserted = await db
        .createQueryBuilder()
        .insert()
        .into(Order)
        .values({ total: 1, note: 'own' })
        .useTransaction(true)
        .execute()
      return inserted.identifiers
    },
  },
  {
    title: 'a table that does not move, alone and in a transaction of its own',
    run: async (db) => {
      await db.manager.save(Audit, { text: 'seen' })
      await db.transaction(async (manager) => {
        await manager.insert(Audit, { text: 'in a transaction' })
        await manager.query('UPDATE audit SET text = text')
      })
      const runner = db.createQueryRunner()
      await runner.startTransaction()
      await runner.query('DELETE FROM audit')
      await runner.rollbackTransaction()
      await runner.release()
      return db.manager.find(Audit, { order: { id: 'ASC' } })
    },
  },
  {
    title: 'statements side by side in a transaction',
    run: async (db) => {
      await db.transaction((manager) => Promise.all(['a', 'b', 'c'].map((login) => add(manager, 108, login))))
      return left(db, 108)
    },
  },
]

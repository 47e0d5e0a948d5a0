// The workload in the words of TypeORM, on a data source's manager or that of a transaction.

import { type EntityManager, In } from 'typeorm'
import type { Statements } from '../orm.ts'
import { entities } from './entities.ts'

const { items, links, counters } = entities

export function statementsOn(manager: EntityManager): Statements {
  return {
    idAt: async (skip) => {
      const [row] = await manager.find(items, { order: { id: 'ASC' }, skip, take: 1, select: { id: true } })
      return row?.id
    },
    lockedItems: (ids) =>
      manager.find(items, {
        where: { id: In(ids.map(String)) },
        order: { id: 'ASC' },
        lock: { mode: 'pessimistic_write' },
      }),
    // TypeORM writes what the database gave into what it saves.
    insertItem: [
      (item) => manager.save(items, { ...item }),
      (item) => manager.insert(items, { ...item }),
      (item) =>
        manager
          .createQueryBuilder()
          .insert()
          .into(items)
          .values({ ...item })
          .execute(),
    ],
    changeItem: [
      (id, change) => manager.save(items, { id: String(id), ...change }),
      (id, change) => manager.update(items, { id: String(id) }, change),
      (id, change) =>
        manager
          .createQueryBuilder()
          .update(items)
          .set(change)
          .where('id = :id', { id: String(id) })
          .execute(),
    ],
    noteItems: [(n, note) => manager.update(items, { n }, { note })],
    insertLink: [
      (link) => manager.insert(links, { ...link }),
      (link) =>
        manager
          .createQueryBuilder()
          .insert()
          .into(links)
          .values({ ...link })
          .execute(),
    ],
    putLink: [
      (link) => manager.upsert(links, { ...link }, ['a', 'b']),
      (link) => manager.save(links, { ...link }),
    ],
    removeLink: [
      ({ a, b }) => manager.delete(links, { a, b }),
      async ({ a, b }) => manager.remove(links, await manager.findBy(links, { a, b })),
    ],
    removeLinks: [
      (a) => manager.delete(links, { a }),
      (a) => manager.createQueryBuilder().delete().from(links).where('a = :a', { a }).execute(),
    ],
    count: [
      (id) => manager.increment(counters, { id }, 'n', 1),
      async (id) => {
        const row = await manager.findOneOrFail(counters, {
          where: { id },
          lock: { mode: 'pessimistic_write' },
        })
        row.n += 1
        await manager.save(counters, row)
      },
    ],
    transaction: (work) => manager.transaction((inner) => work(statementsOn(inner))),
  }
}

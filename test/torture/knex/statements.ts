// The workload in the words of Knex, on a client or a transaction.

import type { Knex } from 'knex'
import type { ItemId, LinkKey, Statements } from '../orm.ts'

export function statementsOn(db: Knex): Statements {
  return {
    idAt: async (offset) => {
      const row: { id: ItemId } | undefined = await db('items').orderBy('id').offset(offset).first('id')
      return row?.id
    },
    lockedItems: (ids) =>
      db('items').whereIn('id', ids.map(String)).orderBy('id').forUpdate().select('id', 'token'),
    insertItem: [async (item) => db('items').insert(item)],
    changeItem: [
      async (id, change) => db('items').where({ id }).update(change),
      async (id, change) =>
        db('items')
          .whereIn('id', [String(id)])
          .update(change),
    ],
    noteItems: [async (n, note) => db('items').where('n', n).update({ note })],
    insertLink: [async (link) => db('links').insert(link)],
    putLink: [async (link) => db('links').insert(link).onConflict(['a', 'b']).merge()],
    removeLink: [async (key) => ofLink(db, key).delete()],
    removeLinks: [async (a) => db('links').where({ a }).delete()],
    count: [
      async (id) => {
        const row: { n: number } | undefined = await db('counters').where({ id }).forUpdate().first('n')
        await db('counters')
          .where({ id })
          .update({ n: row!.n + 1 })
      },
      async (id) => db('counters').where({ id }).increment('n'),
    ],
    transaction: (work) => db.transaction((inner) => work(statementsOn(inner))),
  }
}

function ofLink(db: Knex, { a, b }: LinkKey): Knex.QueryBuilder {
  return db('links').where({ a, b })
}

// Knex in the torture fleet.

import { doubleWrite, twinwrite } from '@twinwrite/knex'
import { defineMigration } from '@twinwrite/sql'
import type { ServerEngine } from '@twinwrite/testkit'
import knex, { type Knex } from 'knex'
import type { Connect, ItemId, Member } from '../orm.ts'
import { statementsOn } from './statements.ts'

const clients = {
  postgres: 'pg',
  mysql: 'mysql2',
  mariadb: 'mysql2',
} as const satisfies Record<ServerEngine, string>

const pool = { min: 0, max: 6 }

export const connect: Connect = async ({ source, target }, config) => {
  const db = knex({
    client: doubleWrite(clients[source.engine], {
      migration: defineMigration(config),
      target: { client: clients[target.engine], connection: target.connection, pool },
    }),
    connection: source.connection,
    pool,
  })
  return {
    ...statementsOn(db),
    insertItems: [(items) => db('items').insert([...items]), (items) => db.batchInsert('items', [...items])],
    insertWhole: [insertWhole(db)],
    migration: twinwrite(db),
    close: () => db.destroy(),
  }
}

function insertWhole(db: Knex): Member['insertWhole'][number] {
  return (item, parts) =>
    db.transaction(async (trx) => {
      await trx('items').insert(item)
      const row: { id: ItemId } | undefined = await trx('items').where({ token: item.token }).first('id')
      await trx('parts').insert(parts.map((token) => ({ item_id: row!.id, token })))
    })
}

// Knex in the bench command.

import { doubleWrite, twinwrite } from '@twinwrite/knex'
import type { ServerEngine } from '@twinwrite/testkit'
import knex, { type Knex } from 'knex'
import type { Orm } from '../orm.ts'
import { operations } from './operations.ts'

const clients = {
  postgres: 'pg',
  mysql: 'mysql2',
  mariadb: 'mysql2',
} as const satisfies Record<ServerEngine, string>

export const knexOrm: Orm<Knex> = {
  name: 'knex',
  operations,
  takesSeveral: true,
  plain: async ({ engine, connection }, connections) => {
    const db = knex({ client: clients[engine], connection, pool: { min: connections, max: connections } })
    return { db, end: () => db.destroy() }
  },
  doubled: async (source, target, { migration, connections, several }) => {
    const db = knex({
      client: doubleWrite(clients[source.engine], {
        migration,
        target: { client: clients[target.engine], connection: target.connection },
      }),
      connection: { ...source.connection, ...(several && { multipleStatements: true }) },
      pool: { min: connections, max: connections },
    })
    return { db, migration: twinwrite(db), end: () => db.destroy() }
  },
}

// A Knex instance with double writes, as each process of the torture fleet has one.

import { doubleWrite, twinwrite } from '@twinwrite/knex'
import type { RunningMigration } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import type { Engine } from '@twinwrite/testkit'
import knex, { type Knex } from 'knex'
import { migrationConfig } from './schema.ts'

export interface SideAddress {
  readonly engine: Engine
  readonly connection: object
}

export interface Addresses {
  readonly source: SideAddress
  readonly target: SideAddress
}

export const clients = {
  postgres: 'pg',
  mysql: 'mysql2',
  mariadb: 'mysql2',
  sqlite: 'better-sqlite3',
} as const satisfies Record<Engine, string>

export interface Member {
  readonly db: Knex
  readonly migration: RunningMigration
}

export function connect({ source, target }: Addresses): Member {
  const db = knex({
    client: doubleWrite(clients[source.engine], {
      migration: defineMigration(migrationConfig),
      target: {
        client: clients[target.engine],
        connection: target.connection,
        useNullAsDefault: true,
        pool: { min: 0, max: 6 },
      },
    }),
    connection: source.connection,
    useNullAsDefault: true,
    pool: { min: 0, max: 6 },
  })
  return { db, migration: twinwrite(db) }
}

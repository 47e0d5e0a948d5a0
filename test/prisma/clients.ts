// Generated clients of the shop by engine and side, on a database.

import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { Side } from '@twinwrite/core'
import type { Engine, FreshDatabase } from '@twinwrite/testkit'
import { adapterFor } from './adapter-for.ts'
import { PrismaClient as MysqlSource } from './generated/mysql-source/client/client.ts'
import { PrismaClient as MysqlTarget } from './generated/mysql-target/client/client.ts'
import { PrismaClient as PostgresSource } from './generated/postgresql-source/client/client.ts'
import { PrismaClient as PostgresTarget } from './generated/postgresql-target/client/client.ts'
import { PrismaClient as SqliteSource } from './generated/sqlite-source/client/client.ts'
import { PrismaClient as SqliteTarget } from './generated/sqlite-target/client/client.ts'

/** What the tests call; the clients of all engines have it. */
export type ShopClient = PostgresSource

type ClientClass = new (options: {
  adapter: SqlDriverAdapterFactory
  [option: string]: unknown
}) => ShopClient

const classes = {
  postgres: { source: PostgresSource, target: PostgresTarget },
  mysql: { source: MysqlSource, target: MysqlTarget },
  mariadb: { source: MysqlSource, target: MysqlTarget },
  sqlite: { source: SqliteSource, target: SqliteTarget },
} as unknown as Record<Engine, Record<Side, ClientClass>>

export function shopClient(
  database: FreshDatabase,
  side: Side,
  options: { readonly adapter?: SqlDriverAdapterFactory; readonly [option: string]: unknown } = {},
): ShopClient {
  return new classes[database.engine][side]({ adapter: adapterFor(database), ...options })
}

// Prisma in the torture fleet.

import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { doubleWrite } from '@twinwrite/prisma'
import type { Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import type { ServerEngine } from '@twinwrite/testkit'
import { adapterFor } from '../../prisma/adapter-for.ts'
import { PrismaClient as MysqlSource } from '../../prisma/generated/torture-mysql-source/client/client.ts'
import { PrismaClient as MysqlTarget } from '../../prisma/generated/torture-mysql-target/client/client.ts'
import { PrismaClient as PostgresSource } from '../../prisma/generated/torture-postgresql-source/client/client.ts'
import { PrismaClient as PostgresTarget } from '../../prisma/generated/torture-postgresql-target/client/client.ts'
import type { Connect, SideAddress } from '../orm.ts'
import { statementsOn } from './statements.ts'

type ClientClass = new (options: { adapter: SqlDriverAdapterFactory }) => PostgresSource

const innodb = { source: MysqlSource, target: MysqlTarget }
const classes = {
  postgres: { source: PostgresSource, target: PostgresTarget },
  mysql: innodb,
  mariadb: innodb,
} as unknown as Record<ServerEngine, Record<Side, ClientClass>>

const open = (side: Side, address: SideAddress): PostgresSource =>
  new classes[address.engine][side]({ adapter: adapterFor(address) })

export const connect: Connect = async ({ source, target }, config) => {
  const prisma = open('source', source).$extends(
    doubleWrite({
      target: open('target', target),
      migration: defineMigration(config),
      ownConnections: { source: source.connection, target: target.connection },
    }),
  )
  return {
    ...statementsOn(prisma as unknown as PostgresSource),
    insertItems: [
      (items) => prisma.items.createMany({ data: [...items] }),
      (items) => prisma.$transaction(items.map((item) => prisma.items.create({ data: item }))),
    ],
    insertWhole: [
      (item, parts) =>
        prisma.items.create({ data: { ...item, parts: { create: parts.map((token) => ({ token })) } } }),
      (item, parts) =>
        prisma.$transaction(async (tx) => {
          const { id } = await tx.items.create({ data: item })
          await tx.parts.createMany({ data: parts.map((token) => ({ token, item_id: id })) })
        }),
    ],
    migration: prisma.$twinwrite,
    close: () => prisma.$disconnect(),
  }
}

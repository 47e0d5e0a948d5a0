// Prisma in the bench command.

import { doubleWrite } from '@twinwrite/prisma'
import { adapterFor } from '../../prisma/adapter-for.ts'
import { PrismaClient as MysqlClient } from '../../prisma/generated/bench-mysql-source/client/client.ts'
import { PrismaClient as PostgresClient } from '../../prisma/generated/bench-postgresql-source/client/client.ts'
import type { Database, Orm } from '../orm.ts'
import { operations } from './operations.ts'

function open(database: Database, connections: number): PostgresClient {
  const Client = (database.engine === 'postgres' ? PostgresClient : MysqlClient) as typeof PostgresClient
  return new Client({ adapter: adapterFor(database, connections) })
}

export const prismaOrm: Orm<PostgresClient> = {
  name: 'prisma',
  operations,
  takesSeveral: false,
  plain: async (database, connections) => {
    const db = open(database, connections)
    return { db, end: () => db.$disconnect() }
  },
  doubled: async (source, target, { migration, connections }) => {
    const second = open(target, connections)
    const prisma = open(source, connections).$extends(
      doubleWrite({
        target: second,
        migration,
        ownConnections: { source: source.connection, target: target.connection },
      }),
    )
    return {
      db: prisma as unknown as PostgresClient,
      migration: prisma.$twinwrite,
      end: async () => {
        await prisma.$disconnect()
        await second.$disconnect()
      },
    }
  },
}

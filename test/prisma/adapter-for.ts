// Prisma's driver adapter for a database of the test kit.

import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { FileConnection, FreshDatabase, ServerConnection } from '@twinwrite/testkit'

/** @param max most connections */
export function adapterFor(
  { engine, connection }: Pick<FreshDatabase, 'engine' | 'connection'>,
  max = 6,
): SqlDriverAdapterFactory {
  if (engine === 'sqlite')
    return new PrismaBetterSqlite3({ url: `file:${(connection as FileConnection).filename}` })
  const server = connection as ServerConnection
  if (engine === 'postgres') return new PrismaPg({ ...server, max })
  return new PrismaMariaDb({ ...server, connectionLimit: max, allowPublicKeyRetrieval: true })
}

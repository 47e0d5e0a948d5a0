// The client of the shop: one line more than without twinwrite.

import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { doubleWrite } from '@twinwrite/prisma'
import { defineMigration } from '@twinwrite/sql'
import { PrismaClient } from '../prisma/generated/source/client.ts'
import { PrismaClient as TargetClient } from '../prisma/generated/target/client.ts'

/** Losses between the two engines that are known and wanted: lengths of texts, and spellings that MySQL takes for one. */
const accept = { Customer: ['email'], Tag: ['name'] }

export function openShop(sourceUrl: string, targetUrl: string) {
  const { hostname, port, username, password, pathname } = new URL(targetUrl)
  const target = new TargetClient({
    adapter: new PrismaMariaDb({
      host: hostname,
      port: Number(port || 3306),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: pathname.slice(1),
      allowPublicKeyRetrieval: true,
    }),
  })
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: sourceUrl }) }).$extends(
    doubleWrite({
      target,
      migration: (tables) =>
        defineMigration({
          name: 'shop',
          tables: Object.fromEntries(
            Object.entries(tables).map(([name, table]) => [
              name,
              typeof table === 'object'
                ? { ...table, accept: accept[name as keyof typeof accept] ?? [] }
                : table,
            ]),
          ),
        }),
      ownConnections: { target: targetUrl },
    }),
  )
  const close = async (): Promise<void> => {
    await prisma.$disconnect()
    await target.$disconnect()
  }
  return { prisma, target, close }
}

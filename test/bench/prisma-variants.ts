// What is compared for Prisma: the same calls plain, as a hand-written double write with two clients, and with ours in two stages.

import { doubleWrite } from '@twinwrite/prisma'
import { defineMigration } from '@twinwrite/sql'
import { adminQuery, freshDatabase, type FreshDatabase, type ServerEngine } from '@twinwrite/testkit'
import { adapterFor } from '../prisma/adapter-for.ts'
import { PrismaClient as MysqlClient } from '../prisma/generated/bench-mysql-source/client/client.ts'
import { PrismaClient as PostgresClient } from '../prisma/generated/bench-postgresql-source/client/client.ts'
import type { BenchClient } from './prisma-operations.ts'
import { orderTable, type Variant, type VariantName } from './variants.ts'

export const prismaVariantNames = (): VariantName[] => ['plain', 'naive', 'source-only', 'source-first']

export async function openPrismaVariant(
  engine: ServerEngine,
  name: VariantName,
  connections: number,
): Promise<Variant<BenchClient>> {
  const source = await freshDatabase(engine)
  const target = await freshDatabase(engine)
  for (const { url } of [source, target]) await adminQuery(engine, url, orderTable(engine))
  const Client = (engine === 'postgres' ? PostgresClient : MysqlClient) as typeof PostgresClient
  const open = (database: FreshDatabase): BenchClient =>
    new Client({ adapter: adapterFor(database, connections) })
  const [first, second] = [open(source), open(target)]
  const fill = (sql: string): Promise<unknown> => adminQuery(engine, source.url, sql)
  const end = async (client: Pick<BenchClient, '$disconnect'>): Promise<void> => {
    await client.$disconnect()
    await second.$disconnect()
    await source.drop()
    await target.drop()
  }
  if (name === 'plain' || name === 'naive') {
    return {
      name,
      write: async (run) => {
        await run(first)
        if (name === 'naive') await run(second)
      },
      fill: async (sql) => {
        await fill(sql)
        if (name === 'naive') await adminQuery(engine, target.url, sql)
      },
      end: () => end(first),
    }
  }
  const prisma = first.$extends(
    doubleWrite({
      target: second,
      migration: () =>
        defineMigration({
          name: 'bench',
          tables: { orders: { accept: ['status', 'note'] } },
          leaseMs: 1000,
          beatMs: 400,
        }),
      ownConnections: engine === 'postgres' ? {} : { source: source.connection, target: target.connection },
    }),
  )
  const { $twinwrite } = prisma
  if (name === 'source-first') {
    await $twinwrite.install()
    await $twinwrite.setStage('source-first')
  } else await $twinwrite.status()
  return {
    name,
    write: (run) => run(prisma as unknown as BenchClient),
    fill,
    end: async () => {
      if (name === 'source-first' && !(await $twinwrite.drain({ timeoutMs: 120_000 }))) {
        throw new Error('the applier did not keep up: the journal does not drain')
      }
      await end(prisma)
    },
  }
}

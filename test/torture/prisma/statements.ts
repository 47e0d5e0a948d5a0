// The workload in the words of Prisma, on a client or a transaction.

import { perSide } from '@twinwrite/prisma'
import { Prisma, type PrismaClient } from '../../prisma/generated/torture-postgresql-source/client/client.ts'
import type { ItemId, Statements } from '../orm.ts'

/** The client of any engine has these. */
type Client = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$extends'>

export function statementsOn(prisma: Client): Statements {
  return {
    idAt: async (skip) =>
      (await prisma.items.findFirst({ orderBy: { id: 'asc' }, skip, select: { id: true } }))?.id,
    lockedItems: (ids) => {
      const listed = Prisma.join(ids)
      return prisma.$queryRaw<{ id: ItemId; token: string }[]>(
        perSide(
          Prisma.sql`SELECT id, token FROM items WHERE id IN (${listed}) ORDER BY id FOR UPDATE`,
          Prisma.sql`SELECT thing_id AS id, label AS token FROM things WHERE thing_id IN (${listed}) ORDER BY thing_id FOR UPDATE`,
        ),
      )
    },
    insertItem: [
      (data) => prisma.items.create({ data }),
      (data) => prisma.items.createMany({ data }),
      (data) => prisma.items.upsert({ where: { token: data.token }, create: data, update: {} }),
    ],
    changeItem: [
      (id, data) => prisma.items.update({ where: { id: BigInt(id) }, data }),
      (id, data) => prisma.items.updateMany({ where: { id: BigInt(id) }, data }),
    ],
    noteItems: [
      (n, note) => prisma.items.updateMany({ where: { n }, data: { note } }),
      (n, note) =>
        prisma.$executeRaw(
          perSide(
            Prisma.sql`UPDATE items SET note = ${note} WHERE n = ${n}`,
            Prisma.sql`UPDATE things SET remark = ${note} WHERE n = ${n}`,
          ),
        ),
    ],
    insertLink: [(data) => prisma.links.create({ data }), (data) => prisma.links.createMany({ data })],
    putLink: [
      ({ a, b, note }) =>
        prisma.links.upsert({ where: { a_b: { a, b } }, create: { a, b, note }, update: { note } }),
    ],
    removeLink: [
      (key) => prisma.links.deleteMany({ where: key }),
      (key) => prisma.links.delete({ where: { a_b: key } }).catch(unlessMissing),
    ],
    removeLinks: [(a) => prisma.links.deleteMany({ where: { a } })],
    count: [(id) => prisma.counters.update({ where: { id }, data: { n: { increment: 1 } } })],
    transaction: (work) => prisma.$transaction((tx) => work(statementsOn(tx as Client))),
  }
}

/** What is not there is an error to `delete`. */
function unlessMissing(error: unknown): void {
  if ((error as { code?: unknown }).code !== 'P2025') throw error
}

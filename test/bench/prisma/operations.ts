// The units of business code that are timed, as Prisma users write them.

import type { PrismaClient } from '../../prisma/generated/bench-postgresql-source/client/client.ts'
import { change, key, keys, order } from '../orders.ts'
import type { Operation } from '../orm.ts'

export const operations: readonly Operation<PrismaClient>[] = [
  { name: 'create', run: ({ orders }, turn) => orders.create({ data: order(turn) }) },
  {
    name: 'update by key',
    run: ({ orders }, turn) => orders.update({ where: { id: key(turn) }, data: change(turn) }),
  },
  {
    name: 'update of 10 rows',
    run: ({ orders }, turn) => {
      const { from, to } = keys(turn)
      return orders.updateMany({ where: { id: { gte: from, lte: to } }, data: { note: `n${turn % 10}` } })
    },
  },
  {
    name: 'create in a transaction',
    run: (prisma, turn) => prisma.$transaction(async (tx) => tx.orders.create({ data: order(turn) })),
  },
  {
    name: 'transaction of several',
    run: (prisma, turn) =>
      prisma.$transaction(async ({ orders }) => {
        await orders.create({ data: order(turn) })
        await orders.findUnique({ where: { id: key(turn) } })
        await orders.update({ where: { id: key(turn) }, data: change(turn) })
        await orders.create({ data: order(turn) })
      }),
  },
  {
    name: 'read by key',
    reads: true,
    run: ({ orders }, turn) => orders.findUnique({ where: { id: key(turn) } }),
  },
]

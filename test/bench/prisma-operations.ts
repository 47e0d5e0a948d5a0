// The units of business code that are timed, as Prisma users write them.

import type { PrismaClient } from '../prisma/generated/bench-postgresql-source/client/client.ts'
import { key, type Operation, rows } from './operations.ts'

/** The client of any engine has these. */
export type BenchClient = PrismaClient

const order = (turn: number) => ({
  customer_id: turn % 1000,
  status: 'open',
  total: 12.5,
  note: 'a note of an ordinary length, as orders have them',
})

export const prismaOperations: readonly Operation<BenchClient>[] = [
  { name: 'create', run: ({ orders }, turn) => orders.create({ data: order(turn) }) },
  {
    name: 'update by key',
    run: ({ orders }, turn) =>
      orders.update({ where: { id: key(turn) }, data: { status: `s${turn % 10}`, total: turn % 100 } }),
  },
  {
    name: 'update of 10 rows',
    run: ({ orders }, turn) => {
      const from = 1 + ((turn * 10) % (rows - 10))
      return orders.updateMany({
        where: { id: { gte: from, lte: from + 9 } },
        data: { note: `n${turn % 10}` },
      })
    },
  },
  {
    name: 'create in a transaction',
    run: (prisma, turn) => prisma.$transaction(async (tx) => tx.orders.create({ data: order(turn) })),
  },
]

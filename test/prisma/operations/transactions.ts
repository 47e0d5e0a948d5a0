// Batches, interactive transactions, transactions inside of them.

import { failed, type Operation } from './operation.ts'

export const transactionOperations: readonly Operation[] = [
  {
    title: 'a batch',
    run: (prisma) =>
      prisma.$transaction([
        prisma.user.create({ data: { email: 'batch@x' } }),
        prisma.user.update({ where: { email: 'batch@x' }, data: { balance: 2 } }),
        prisma.user.findMany({ where: { email: 'batch@x' } }),
        prisma.slot.createMany({ data: [{ room: 'batch', number: 1 }] }),
      ]),
  },
  {
    title: 'a batch of which one query fails',
    run: async (prisma) => [
      await failed(() =>
        prisma.$transaction([
          prisma.user.create({ data: { email: 'failing@x' } }),
          prisma.user.create({ data: { email: 'failing@x' } }),
          prisma.user.create({ data: { email: 'failing2@x' } }),
        ]),
      ),
      await prisma.user.count({ where: { email: { startsWith: 'failing' } } }),
    ],
  },
  {
    title: 'an interactive transaction that sees its own writes',
    run: (prisma) =>
      prisma.$transaction(async (tx) => {
        const { id } = await tx.user.create({ data: { email: 'itx@x' } })
        await tx.post.create({ data: { title: 'itx', authorId: id, tags: { create: { label: 'itx' } } } })
        return tx.user.findUnique({ where: { id }, include: { posts: { include: { tags: true } } } })
      }),
  },
  {
    title: 'an interactive transaction that is rolled back',
    run: async (prisma) => [
      await failed(() =>
        prisma.$transaction(async (tx) => {
          await tx.user.create({ data: { email: 'back@x', posts: { create: { title: 'back' } } } })
          await tx.slot.deleteMany()
          throw new RangeError('no')
        }),
      ),
      await prisma.user.count({ where: { email: 'back@x' } }),
    ],
  },
  {
    title: 'levels of isolation, and a time limit',
    only: ['postgres', 'mysql', 'mariadb'],
    run: async (prisma) => [
      await prisma.$transaction(async (tx) => tx.user.create({ data: { email: 'serial@x' } }), {
        isolationLevel: 'Serializable',
      }),
      await prisma.$transaction(async (tx) => tx.user.create({ data: { email: 'repeat@x' } }), {
        isolationLevel: 'RepeatableRead',
        maxWait: 3000,
        timeout: 4000,
      }),
      await prisma.$transaction([prisma.user.create({ data: { email: 'level@x' } })], {
        isolationLevel: 'ReadCommitted',
      }),
      await failed(() =>
        prisma.$transaction(
          async (tx) => {
            await tx.user.create({ data: { email: 'late@x' } })
            await new Promise((resolve) => void setTimeout(resolve, 120))
            await tx.user.create({ data: { email: 'later@x' } })
          },
          { timeout: 60 },
        ),
      ),
      await prisma.user.count({ where: { email: { startsWith: 'late' } } }),
    ],
  },
  {
    title: 'transactions inside of one, kept and rolled back',
    run: (prisma) =>
      prisma.$transaction(async (tx) => {
        await tx.user.create({ data: { email: 'outer@x' } })
        await tx.$transaction(async (inner) => {
          await inner.user.create({ data: { email: 'kept@x' } })
        })
        const why = await failed(() =>
          tx.$transaction(async (inner) => {
            await inner.user.create({ data: { email: 'dropped@x' } })
            throw new RangeError('no')
          }),
        )
        await tx.user.update({ where: { email: 'outer@x' }, data: { balance: 5 } })
        return [
          why,
          await tx.user.findMany({
            where: { email: { in: ['outer@x', 'kept@x', 'dropped@x'] } },
            orderBy: { email: 'asc' },
          }),
        ]
      }),
  },
  {
    title: 'statements of one transaction at the same time',
    run: (prisma) =>
      prisma.$transaction(async (tx) => {
        const made = await Promise.all(
          [1, 2, 3, 4, 5].map((number) => tx.slot.create({ data: { room: 'parallel', number } })),
        )
        await Promise.all(made.map(({ id }) => tx.slot.update({ where: { id }, data: { holder: 'h' } })))
        return tx.slot.findMany({
          where: { room: 'parallel' },
          orderBy: { number: 'asc' },
          omit: { id: true },
        })
      }),
  },
  {
    title: 'queries at the same time outside of transactions',
    run: async ({ slot }) => {
      await Promise.all([1, 2, 3, 4, 5].map((number) => slot.create({ data: { room: 'outside', number } })))
      await Promise.all([
        slot.updateMany({ where: { room: 'outside', number: { lt: 3 } }, data: { holder: 'low' } }),
        slot.deleteMany({ where: { room: 'outside', number: 5 } }),
      ])
      return slot.findMany({ where: { room: 'outside' }, orderBy: { number: 'asc' }, omit: { id: true } })
    },
  },
]

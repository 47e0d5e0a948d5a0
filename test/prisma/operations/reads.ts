// Reads, values of all types and raw SQL.

import { failed, type Operation } from './operation.ts'

export const readOperations: readonly Operation[] = [
  {
    title: 'reads with conditions, paging, aggregates and groups',
    run: async ({ user, slot }) => {
      await slot.createMany({ data: [1, 2, 3, 4, 5].map((number) => ({ room: `r${number % 2}`, number })) })
      const where = { room: { in: ['r0', 'r1'] } }
      return [
        await slot.findMany({ where, orderBy: [{ room: 'asc' }, { number: 'desc' }], skip: 1, take: 3 }),
        await slot.findFirst({ where, orderBy: { number: 'desc' }, select: { number: true } }),
        await slot.findMany({ where, distinct: ['room'], orderBy: { room: 'asc' }, select: { room: true } }),
        await slot.aggregate({
          where,
          _sum: { number: true },
          _avg: { number: true },
          _count: true,
          _max: { room: true },
        }),
        await slot.groupBy({ by: ['room'], where, _count: true, orderBy: { room: 'asc' } }),
        await slot.count({ where, select: { _all: true, holder: true } }),
        await failed(() => user.findUniqueOrThrow({ where: { id: 1 } })),
        await failed(() => user.findFirstOrThrow({ where: { email: 'nobody' } })),
        await Promise.all(
          [1, 2, 3].map((number) => slot.findUnique({ where: { room_number: { room: 'r1', number } } })),
        ),
      ]
    },
  },
  {
    title: 'values of every type, and their nulls',
    run: async ({ sample }) => {
      const id = '0b9b1c9e-6f0a-4c07-9d5c-1f2f3a4b5c6d'
      await sample.create({
        data: {
          id,
          big: 9007199254740993n,
          exact: '12345.678901',
          ratio: 0.1,
          flag: true,
          data: { list: [1, 2.5, null, 'ü'], deep: { a: true } },
          raw: new Uint8Array([0, 1, 254, 255]),
          moment: new Date('2024-02-29T12:34:56.789Z'),
          role: 'ADMIN',
        },
      })
      const empty = await sample.create({ data: { id: '0b9b1c9e-6f0a-4c07-9d5c-000000000000' } })
      return [
        await sample.findUnique({ where: { id } }),
        empty,
        await sample.update({ where: { id }, data: { big: { increment: 1n }, exact: { multiply: 2 } } }),
        await sample.update({ where: { id }, data: { raw: new Uint8Array(), data: [], flag: false } }),
        await sample.findMany({
          where: { moment: { gte: new Date('2024-02-29T12:34:56.789Z') } },
          select: { id: true },
        }),
        await sample.findMany({ where: { big: 9007199254740994n, role: 'ADMIN' }, select: { big: true } }),
        await sample.updateMany({
          where: { id },
          data: { big: null, exact: null, raw: null, moment: null, role: null },
        }),
        await sample.findUnique({ where: { id } }),
        await sample.deleteMany({}),
      ]
    },
  },
]

/** In the words of the source's engine: they run while it is primary. */
export const rawOperations: readonly Operation[] = [
  {
    title: 'raw SQL that reads and writes',
    run: async (prisma, engine) => {
      const q = engine === 'mysql' || engine === 'mariadb' ? '`' : '"'
      const t = (name: string): string => q + name + q
      const mark = (position: number): string => (engine === 'postgres' ? `$${position}` : '?')
      await prisma.slot.createMany({ data: [1, 2, 3].map((number) => ({ room: 'raw', number })) })
      return [
        await prisma.$executeRawUnsafe(
          `UPDATE ${t('Slot')} SET ${t('holder')} = ${mark(1)} WHERE ${t('room')} = ${mark(2)}`,
          'h',
          'raw',
        ),
        await prisma.$queryRawUnsafe(
          `SELECT ${t('number')}, ${t('holder')} FROM ${t('Slot')} WHERE room = 'raw' ORDER BY 1`,
        ),
        await prisma.$executeRawUnsafe(
          `INSERT INTO ${t('Slot')} (${t('room')}, ${t('number')}) VALUES (${mark(1)}, ${mark(2)})`,
          'raw',
          9,
        ),
        await prisma.$executeRawUnsafe(`DELETE FROM ${t('Slot')} WHERE ${t('number')} = ${mark(1)}`, 2),
        await prisma.$transaction([
          prisma.$executeRawUnsafe(`DELETE FROM ${t('Slot')} WHERE ${t('number')} = ${mark(1)}`, 1),
          prisma.slot.count({ where: { room: 'raw' } }),
        ]),
        await failed(() => prisma.$executeRawUnsafe('UPDATE nothing SET x = 1')),
      ]
    },
  },
]

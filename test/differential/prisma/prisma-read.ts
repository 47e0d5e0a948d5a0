// The reads of a program in the words of Prisma; what it has no call for is raw SQL.

import type { Engine } from '@twinwrite/testkit'
import type { Read } from '../program.ts'
import type { PrismaRunner } from './prisma-client.ts'
import { inKeyOrder, keyOf, whereOf } from './prisma-values.ts'

export function read(
  db: PrismaRunner,
  engine: Engine,
  { form, table, where: conditions }: Read,
): Promise<unknown> {
  const model = db[table]!
  const where = whereOf(table, conditions)
  const orderBy = inKeyOrder(table)
  const key = keyOf(table)
  switch (form) {
    case 'all':
      return model.findMany({ where, orderBy })
    case 'first':
      return model.findFirst({ where, orderBy })
    case 'pluck':
      return model.findMany({ where, orderBy, select: { [key.at(-1)!]: true } })
    case 'count':
      return model.count({ where })
    case 'page':
      return model.findMany({ where, orderBy, skip: 1, take: 2 })
    case 'join':
      return db['pets']!.findMany({ include: { owner: { select: { name: true } } }, orderBy: { id: 'asc' } })
    case 'group':
      return model.groupBy({ by: ['n'], where, _count: true, orderBy: { n: 'asc' } })
    case 'subquery':
      return db['owners']!.findMany({ where: { pets: { some: { n: { gt: 0 } } } }, orderBy: { id: 'asc' } })
    case 'stream':
      return model.aggregate({ where, _count: true, _max: { n: true }, _sum: { n: true } })
    case 'lock':
      return db.$queryRawUnsafe(
        `SELECT n FROM ${table} ORDER BY ${key.join(', ')}${engine === 'sqlite' ? '' : ' FOR UPDATE'}`,
      )
    case 'union':
      return db.$queryRawUnsafe(`SELECT n FROM ${table} UNION SELECT n FROM items WHERE n > 1 ORDER BY n`)
    case 'with':
      return db.$queryRawUnsafe(
        `WITH few AS (SELECT n, count(*) AS many FROM ${table} GROUP BY n) SELECT * FROM few ORDER BY n`,
      )
    case 'distinct':
      return model.findMany({ where, distinct: ['n'], select: { n: true }, orderBy: { n: 'asc' } })
  }
}

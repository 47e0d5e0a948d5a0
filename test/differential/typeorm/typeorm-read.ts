// The reads of a program in the words of TypeORM.

import type { Engine } from '@twinwrite/testkit'
import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import type { Read } from '../program.ts'
import { conditionsOf, inKeyOrder, keyOf } from './typeorm-conditions.ts'

export async function read(manager: EntityManager, engine: Engine, step: Read): Promise<unknown> {
  const { form, table } = step
  const where = conditionsOf(step.where)
  const order = inKeyOrder(table)
  const rows = (): SelectQueryBuilder<ObjectLiteral> => manager.createQueryBuilder(table, 't').where(where)
  switch (form) {
    case 'all':
      return manager.find(table, { where, order, withDeleted: true })
    case 'first':
      return manager.findOne(table, { where, order })
    case 'pluck':
      return manager.find(table, { where, order, select: { [keyOf(table).at(-1)!]: true } })
    case 'count':
      return manager.count(table, { where })
    case 'page':
      return manager.findAndCount(table, { where, order, skip: 1, take: 2 })
    case 'join':
      return manager.find<ObjectLiteral>('pets', { relations: { owner: true }, order: inKeyOrder('pets') })
    case 'group':
      return rows()
        .select('t.n', 'n')
        .addSelect('COUNT(*)', 'many')
        .groupBy('t.n')
        .orderBy('t.n')
        .getRawMany()
    case 'subquery':
      return manager
        .createQueryBuilder('owners', 'o')
        .where((query) => {
          const inner = query.subQuery().select('p.ownerId').from('pets', 'p').where('p.n > 0')
          return `o.id IN ${inner.getQuery()}`
        })
        .orderBy('o.id')
        .getMany()
    case 'lock': {
      const locked = rows().orderBy(keyed(table))
      return (engine === 'sqlite' ? locked : locked.setLock('pessimistic_write')).getMany()
    }
    case 'union':
      return manager.query(`SELECT n FROM ${table} UNION SELECT n FROM items WHERE n > 1 ORDER BY n`)
    case 'with':
      return manager
        .createQueryBuilder()
        .addCommonTableExpression(
          manager
            .createQueryBuilder()
            .select('t.n', 'n')
            .addSelect('COUNT(*)', 'many')
            .from(table, 't')
            .groupBy('t.n'),
          'few',
        )
        .select('few.n', 'n')
        .addSelect('few.many', 'many')
        .from('few', 'few')
        .orderBy('few.n')
        .getRawMany()
    case 'distinct':
      return rows().select('t.n', 'n').distinct(true).orderBy('t.n').getRawMany()
    case 'stream': {
      const ordered = rows().select('t.n', 'n').orderBy(keyed(table))
      // TypeORM has no streams there.
      return engine === 'sqlite' ? ordered.getRawMany() : collect(ordered)
    }
  }
}

const keyed = (table: string): Record<string, 'ASC'> =>
  Object.fromEntries(keyOf(table).map((name) => [`t.${name}`, 'ASC']))

async function collect(query: SelectQueryBuilder<ObjectLiteral>): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const row of await query.stream()) rows.push(row)
  return rows
}

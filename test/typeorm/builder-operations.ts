// Query builders: writes of each kind, relations, reads with joins, sub-queries, common tables.

import { Brackets, In, type QueryRunner } from 'typeorm'
import { Coupon, Customer, Line, Member, Order, Remark, Tag } from './entities.ts'
import type { Operation } from './operation.ts'

export const builderOperations: readonly Operation[] = [
  {
    title: 'insert with values, orIgnore and orUpdate',
    run: async (db) => {
      const insert = () => db.createQueryBuilder().insert().into(Member)
      const first = await insert()
        .values([
          { tenant: 11, login: 'a', level: 1 },
          { tenant: 11, login: 'b', level: 2 },
        ])
        .execute()
      await insert()
        .values([
          { tenant: 11, login: 'a', level: 9 },
          { tenant: 11, login: 'c', level: 3 },
        ])
        .orIgnore()
        .execute()
      const { driver } = db.manager.dataSource
      const level = db.getMetadata(Member).findColumnWithPropertyName('level')!.databaseName
      await insert()
        .values({ tenant: 11, login: 'b', level: 8 })
        .orUpdate([level], ['tenant', 'login'])
        .execute()
      return [
        first.identifiers,
        driver.options.type,
        await db.manager.find(Member, { where: { tenant: 11 }, order: { login: 'ASC' } }),
      ]
    },
  },
  {
    title: 'update and delete by properties',
    run: async (db) => {
      await db.manager.insert(
        Order,
        [1, 2, 3, 4].map((total) => ({ total, note: 'qp' })),
      )
      const orders = db.getRepository(Order)
      const updated = await orders
        .createQueryBuilder()
        .update()
        .set({ note: 'qp done' })
        .where({ note: 'qp' })
        .andWhere(new Brackets((qb) => qb.where({ total: 1 }).orWhere({ total: 4 })))
        .execute()
      const deleted = await orders
        .createQueryBuilder()
        .delete()
        .where({ note: 'qp done', total: 4 })
        .execute()
      const soft = await orders.createQueryBuilder().softDelete().where({ note: 'qp' }).execute()
      const restored = await orders.createQueryBuilder().restore().where({ note: 'qp', total: 2 }).execute()
      return [updated.affected, deleted.affected, soft.affected, restored.affected]
    },
  },
  {
    title: 'insert from a select',
    run: async (db) => {
      await db.manager.insert(Member, [
        { tenant: 12, login: 'from 1' },
        { tenant: 12, login: 'from 2' },
      ])
      await db
        .createQueryBuilder()
        .insert()
        .into(Coupon, ['code'])
        .valuesFromSelect((qb) => qb.select('m.login').from(Member, 'm').where({ tenant: 12 }))
        .execute()
      return db.manager.findBy(Coupon, { code: In(['from 1', 'from 2']) })
    },
  },
  {
    title: 'relation builder: of().set, add, remove and load',
    run: async (db) => {
      const customer = await db.manager.save(Customer, { email: 'rel@x' })
      const order = await db.manager.save(Order, { total: 1 })
      const tags = await db.manager.save(Tag, [{ name: 'rel a' }, { name: 'rel b' }])
      await db.createQueryBuilder().relation(Order, 'customer').of(order.id).set(customer.id)
      await db.createQueryBuilder().relation(Order, 'tags').of(order).add(tags)
      await db.createQueryBuilder().relation(Order, 'tags').of(order.id).remove(tags[0]!.id)
      const line = await db.manager.save(Line, { sku: 'rel', qty: 1, order })
      await db.createQueryBuilder().relation(Line, 'order').of(line).set(order)
      const loaded = await db.createQueryBuilder().relation(Order, 'tags').of(order).loadMany<Tag>()
      const found = await db.createQueryBuilder().relation(Order, 'customer').of(order.id).loadOne<Customer>()
      return [loaded.map(({ name }) => name), found?.email]
    },
  },
  {
    title: 'reads with joins, order, paging, counts and raw results',
    run: async (db) => {
      const customer = await db.manager.save(Customer, { email: 'join@x', name: 'Jo' })
      await db.manager.save(
        db.manager.create(
          Order,
          [3, 1, 2].map((total) => ({
            total,
            note: 'join',
            customer,
            lines: [{ sku: `s${total}`, qty: total }],
          })),
        ),
      )
      const query = db
        .getRepository(Order)
        .createQueryBuilder('o')
        .innerJoinAndSelect('o.customer', 'c')
        .leftJoinAndSelect('o.lines', 'l')
        .where('c.email = :email', { email: 'join@x' })
        .orderBy('o.total', 'DESC')
      const [page, count] = await query.clone().skip(1).take(1).getManyAndCount()
      const sums = await db
        .getRepository(Line)
        .createQueryBuilder('l')
        .select('l.sku', 'sku')
        .addSelect('SUM(l.qty)', 'sum')
        .innerJoin('l.order', 'o')
        .where('o.note = :note', { note: 'join' })
        .groupBy('l.sku')
        .orderBy('l.sku')
        .getRawMany<{ sku: string; sum: unknown }>()
      const exists = await query.clone().andWhere('o.total > 2').getExists()
      return [
        (await query.getMany()).map(({ total }) => total),
        page,
        count,
        exists,
        sums.map((one) => [one.sku, Number(one.sum)]),
      ]
    },
  },
  {
    title: 'sub-queries in callbacks, as texts and as sources',
    run: async (db) => {
      await db.manager.save(
        db.manager.create(Order, [
          { total: 50, note: 'sub' },
          { total: 60, note: 'sub' },
        ]),
      )
      const orders = db.getRepository(Order)
      const inCallback = await orders
        .createQueryBuilder('o')
        .where((qb) => {
          const greatest = qb.subQuery().select('MAX(x.total)').from(Order, 'x').where('x.note = :note')
          return `o.total = ${greatest.getQuery()}`
        })
        .setParameter('note', 'sub')
        .getOne()
      const query = orders.createQueryBuilder('o')
      const inner = query.subQuery().select('y.id').from(Order, 'y').where('y.note = :why', { why: 'sub' })
      const asText = await query
        .where(`o.id IN ${inner.getQuery()}`)
        .setParameters(inner.getParameters())
        .getCount()
      const asSource = await db
        .createQueryBuilder()
        .select('COUNT(*)', 'n')
        .from((qb) => qb.select('z.id', 'id').from(Order, 'z').where({ note: 'sub' }), 'inner_orders')
        .getRawOne<{ n: unknown }>()
      return [inCallback?.total, asText, Number(asSource!.n)]
    },
  },
  {
    title: 'common table expressions',
    run: async (db) => {
      await db.manager.insert(Order, [
        { total: 70, note: 'cte' },
        { total: 80, note: 'cte' },
      ])
      const common = db
        .getRepository(Order)
        .createQueryBuilder('o')
        .select('o.id', 'id')
        .where({ note: 'cte' })
      const found = await db
        .createQueryBuilder()
        .addCommonTableExpression(common, 'chosen')
        .select('COUNT(*)', 'n')
        .from('chosen', 'c')
        .getRawOne<{ n: unknown }>()
      return Number(found!.n)
    },
  },
  {
    title: 'find options with relations, order, selection and both ways of loading',
    run: async (db) => {
      const order = await db.manager.save(
        db.manager.create(Order, {
          total: 5,
          note: 'opt',
          lines: [{ sku: 'o1', qty: 1 }],
          tags: [{ name: 'opt' }],
        }),
      )
      const load = (relationLoadStrategy: 'join' | 'query') =>
        db.manager.find(Order, {
          where: { note: 'opt', lines: { qty: 1 } },
          relations: { lines: true, tags: true },
          select: { id: true, total: true, lines: { sku: true }, tags: { name: true } },
          order: { id: 'DESC' },
          relationLoadStrategy,
        })
      const ids = await db.manager.findOne(Order, { where: { id: order.id }, loadRelationIds: true })
      return [
        (await load('join')).map((one) => [
          one.total,
          one.lines.map(({ sku }) => sku),
          one.tags.map(({ name }) => name),
        ]),
        (await load('query')).map((one) => [one.total, one.lines.map(({ sku }) => sku)]),
        ids?.lines.length,
        await db.getRepository(Order).sum('total', { note: 'opt' }),
        await db.getRepository(Order).maximum('total', { note: 'opt' }),
      ]
    },
  },
  {
    title: 'a stream of rows, outside and inside of a transaction',
    // TypeORM has none for SQLite.
    only: ['postgres', 'mysql', 'mariadb'],
    run: async (db) => {
      const logins = async (runner?: QueryRunner): Promise<unknown[]> => {
        const builder = db.createQueryBuilder(Member, 'm', runner).select('m.login', 'login')
        const rows: unknown[] = []
        for await (const row of await builder.where({ tenant: 13 }).orderBy('m.login').stream())
          rows.push(row)
        return rows
      }
      await db.manager.insert(Member, [
        { tenant: 13, login: 's1' },
        { tenant: 13, login: 's2' },
      ])
      const outside = await logins()
      const runner = db.createQueryRunner()
      await runner.startTransaction()
      await runner.manager.insert(Member, { tenant: 13, login: 's3' })
      const inside = await logins(runner)
      await runner.rollbackTransaction()
      await runner.release()
      return [outside, inside, await logins()]
    },
  },
  {
    title: 'lazy relations',
    run: async (db) => {
      const order = await db.manager.save(Order, { total: 1, note: 'lazy' })
      const remark = db.manager.create(Remark, { text: 'hm' })
      remark.order = Promise.resolve(order)
      await db.manager.save(remark)
      const found = await db.manager.findOneByOrFail(Order, { note: 'lazy' })
      const [first] = await found.remarks
      return [first!.text, (await first!.order).note]
    },
  },
]

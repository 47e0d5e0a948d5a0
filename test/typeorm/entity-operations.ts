// Writes by entities and by criteria: repositories and managers.

import { In, IsNull } from 'typeorm'
import {
  CampaignSchema,
  Content,
  Coupon,
  Customer,
  Line,
  Member,
  Order,
  Photo,
  Question,
  Supplier,
  Tag,
} from './entities.ts'
import { failed, type Operation } from './operation.ts'

export const entityOperations: readonly Operation[] = [
  {
    title: 'save inserts, and updates what changed with its version',
    run: async (db) => {
      const orders = db.getRepository(Order)
      const order = await orders.save(orders.create({ total: 5, note: 'new', address: { city: 'Rome' } }))
      order.total = 6
      await orders.save(order)
      return [order, await orders.findOneByOrFail({ id: order.id })]
    },
  },
  {
    title: 'save of many in chunks, without a transaction, and of nothing',
    run: async (db) => {
      const many = [1, 2, 3].map((total) => ({ total, note: 'chunk' }))
      const saved = await db.manager.save(Order, many, { chunk: 2 })
      const alone = await db.manager.save(Order, { total: 4, note: 'alone' }, { transaction: false })
      return [saved, alone, await db.manager.save(Order, [])]
    },
  },
  {
    title: 'save cascades to children and to many-to-many, and removes orphans',
    run: async (db) => {
      const orders = db.getRepository(Order)
      const order = await orders.save(
        orders.create({
          total: 1,
          lines: [
            { sku: 'pen', qty: 1 },
            { sku: 'ink', qty: 2 },
          ],
          tags: [{ name: 'red' }, { name: 'blue' }],
        }),
      )
      order.lines = [order.lines[1]!, db.manager.create(Line, { sku: 'cap', qty: 3 })]
      order.tags.pop()
      await orders.save(order)
      const found = await orders.findOneOrFail({
        where: { id: order.id },
        relations: { lines: true, tags: true },
        order: { lines: { id: 'ASC' } },
      })
      return [found.lines.map(({ sku, qty }) => [sku, qty]), found.tags.map(({ name }) => name)]
    },
  },
  {
    title: 'save with a relation that is there already',
    run: async (db) => {
      const customer = await db.manager.save(Customer, { email: 'ada@x', name: 'Ada', vip: true })
      const order = await db.manager.save(Order, { total: 3, customer })
      return db.manager.findOneOrFail(Order, { where: { id: order.id }, relations: { customer: true } })
    },
  },
  {
    title: 'insert of one and of many',
    run: async (db) => {
      const one = await db.getRepository(Customer).insert({ email: 'one@x' })
      const many = await db
        .getRepository(Customer)
        .insert([{ email: 'two@x', vip: true }, { email: 'three@x' }])
      return [one, many]
    },
  },
  {
    title: 'insert that breaks a unique key',
    run: async (db) => {
      await db.getRepository(Customer).insert({ email: 'twice@x' })
      return failed(() => db.getRepository(Customer).insert({ email: 'twice@x' }))
    },
  },
  {
    title: 'update by criteria, by id, by ids, and of all',
    run: async (db) => {
      const orders = db.getRepository(Order)
      await orders.insert([
        { total: 1, note: 'up' },
        { total: 2, note: 'up' },
        { total: 3, note: 'other' },
      ])
      const found = await orders.find({ where: { note: In(['up', 'other']) }, order: { id: 'ASC' } })
      return [
        await orders.update({ note: 'up' }, { total: 10 }),
        await orders.update(found[0]!.id, { note: 'first' }),
        await orders.update([found[1]!.id, found[2]!.id], { note: 'rest' }),
        await orders.update({ note: 'nothing has this' }, { total: 0 }),
        await orders.updateAll({ address: { city: 'Oslo' } }),
      ]
    },
  },
  {
    title: 'update of a composite key',
    run: async (db) => {
      await db.getRepository(Member).insert({ tenant: 1, login: 'ada' })
      const updated = await db
        .getRepository(Member)
        .update({ tenant: 1, login: 'ada' }, { login: 'lovelace', level: 2 })
      return [updated, await db.getRepository(Member).findOneBy({ tenant: 1, login: 'lovelace' })]
    },
  },
  {
    title: 'upsert of a composite key: inserted, met, and several at once',
    run: async (db) => {
      const members = db.getRepository(Member)
      await members.upsert({ tenant: 2, login: 'a', level: 1 }, ['tenant', 'login'])
      await members.upsert({ tenant: 2, login: 'a', level: 5 }, ['tenant', 'login'])
      await members.upsert(
        [
          { tenant: 2, login: 'a', level: 6 },
          { tenant: 2, login: 'b', level: 7 },
        ],
        { conflictPaths: ['tenant', 'login'] },
      )
      return members.find({ where: { tenant: 2 }, order: { login: 'ASC' } })
    },
  },
  {
    title: 'upsert by a unique column: the generated id stays that of the row (W4)',
    run: async (db) => {
      const customers = db.getRepository(Customer)
      await customers.upsert(
        [
          { email: 'u1@x', name: 'One' },
          { email: 'u2@x', name: 'Two' },
        ],
        ['email'],
      )
      await customers.upsert({ email: 'u1@x', name: 'Uno' }, ['email'])
      await customers.upsert(
        [
          { email: 'u3@x', name: 'Three' },
          { email: 'u2@x', name: 'Due' },
        ],
        ['email'],
      )
      return customers.find({
        select: { email: true, name: true },
        where: { email: In(['u1@x', 'u2@x', 'u3@x']) },
        order: { email: 'ASC' },
      })
    },
  },
  {
    title: 'increment and decrement',
    run: async (db) => {
      const { id } = await db.manager.save(Order, { total: 7 })
      const up = await db.manager.increment(Order, { id }, 'total', 5)
      const down = await db.getRepository(Order).decrement({ id }, 'total', 2)
      return [up.affected, down.affected, (await db.manager.findOneByOrFail(Order, { id })).total]
    },
  },
  {
    title: 'delete by criteria, by id and of nothing',
    run: async (db) => {
      const orders = db.getRepository(Order)
      const saved = await orders.save([
        { total: 1, note: 'gone' },
        { total: 2, note: 'gone' },
        { total: 3, note: 'kept' },
      ])
      return [
        await orders.delete(saved[0]!.id),
        await orders.delete({ note: 'gone' }),
        await orders.delete({ note: 'never there' }),
      ]
    },
  },
  {
    title: 'delete of a parent takes its children and junction rows along',
    run: async (db) => {
      const order = await db.manager.save(
        db.manager.create(Order, { total: 1, lines: [{ sku: 'x', qty: 1 }], tags: [{ name: 'green' }] }),
      )
      const deleted = await db.manager.delete(Order, { id: order.id })
      return [deleted.affected, await db.manager.countBy(Line, { sku: 'x' })]
    },
  },
  {
    title: 'deleteAll',
    run: async (db) => {
      await db.manager.insert(Member, [
        { tenant: 3, login: 'x' },
        { tenant: 3, login: 'y' },
      ])
      return [(await db.manager.deleteAll(Member)).affected, await db.manager.count(Member)]
    },
  },
  {
    title: 'remove of one and of several with relations',
    run: async (db) => {
      const [one, ...others] = await db.manager.save(
        db.manager.create(Order, [{ total: 1 }, { total: 2, lines: [{ sku: 'r', qty: 1 }] }, { total: 3 }]),
      )
      const removed = await db.manager.remove(one!)
      await db.getRepository(Order).remove(others)
      return [removed.id, await db.manager.countBy(Line, { sku: 'r' })]
    },
  },
  {
    title: 'softDelete, softRemove, restore and recover',
    run: async (db) => {
      const orders = db.getRepository(Order)
      const [a, b] = await orders.save(
        orders.create([
          { total: 1, note: 'soft' },
          { total: 2, note: 'soft' },
        ]),
      )
      const deleted = await orders.softDelete({ id: a!.id })
      await orders.softRemove(b!)
      const none = await orders.countBy({ note: 'soft' })
      const restored = await orders.restore(a!.id)
      await orders.recover(b!)
      return [deleted.affected, none, restored.affected, await orders.countBy({ note: 'soft' })]
    },
  },
  {
    title: 'keys that are generated as uuids',
    run: async (db) => {
      const tag = await db.manager.save(Tag, { name: 'uuid' })
      await db.manager.insert(Tag, [{ name: 'uuid 2' }, { name: 'uuid 3' }])
      await db.manager.update(Tag, { id: tag.id }, { name: 'uuid 1' })
      return (await db.manager.find(Tag, { order: { name: 'ASC' } })).map(({ id, name }) => [id.length, name])
    },
  },
  {
    title: 'entities of one table (inheritance), with a listener',
    run: async (db) => {
      const photo = await db.manager.save(db.manager.create(Photo, { title: 'sea', size: 'big' }))
      const question = await db.manager.save(db.manager.create(Question, { title: 'why' }))
      await db.manager.update(Question, { id: question.id }, { answers: 3 })
      return [
        photo,
        question,
        await db.manager.find(Content, { order: { id: 'ASC' } }),
        await db.manager.count(Photo),
      ]
    },
  },
  {
    title: 'entities that inherit columns of an abstract class',
    run: async (db) => {
      const suppliers = db.getRepository(Supplier)
      const [one] = await suppliers.save(suppliers.create([{ name: 'a', rating: 2 }, { name: 'b' }]))
      await suppliers.update({ name: 'b' }, { rating: 3 })
      await suppliers.remove(one!)
      return suppliers.find({ order: { id: 'ASC' } })
    },
  },
  {
    title: 'entities of schemas, with and without a class',
    run: async (db) => {
      const campaigns = db.getRepository(CampaignSchema)
      const campaign = await campaigns.save(
        campaigns.create({ name: 'spring', coupons: [{ code: 'A1' }, { code: 'B2', percent: 20 }] }),
      )
      await db.getRepository(Coupon).update('A1', { percent: 15 })
      await db.getRepository<Coupon>('coupons').delete({ code: 'B2' })
      return [campaign, await campaigns.find({ relations: { coupons: true } }), await db.manager.find(Coupon)]
    },
  },
  {
    title: 'active records',
    run: async () => {
      const member = await Member.save(Member.create({ tenant: 9, login: 'act' }))
      member.level = 4
      await member.save()
      const found = await Member.findOneByOrFail({ tenant: 9, login: 'act' })
      await found.remove()
      return [found.level, await Member.countBy({ tenant: 9 })]
    },
  },
  {
    title: 'preload, merge and exists',
    run: async (db) => {
      const { id } = await db.manager.save(Order, { total: 1, note: 'before' })
      const loaded = await db.manager.preload(Order, { id, note: 'after' })
      await db.manager.save(loaded)
      return [
        loaded?.total,
        await db.getRepository(Order).existsBy({ note: 'after' }),
        await db.getRepository(Order).findOneBy({ id, customer: IsNull() }),
      ]
    },
  },
]

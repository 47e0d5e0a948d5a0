// Subscribers and listeners in every stage: the same events in the same order, with the same contents, as of plain TypeORM (W1). What a
// subscriber itself writes by the event's manager belongs to the transaction, and follows.

import { stagePlan, stages } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import type { DataSource, EntityMetadata, EntitySubscriberInterface, InsertEvent } from 'typeorm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Customer, Member, Order, Question } from './entities.ts'
import { openWorld, type World } from './fixture.ts'
import { failed } from './operation.ts'

const ofEntities = [
  'beforeInsert',
  'afterInsert',
  'beforeUpdate',
  'afterUpdate',
  'beforeRemove',
  'afterRemove',
  'beforeSoftRemove',
  'afterSoftRemove',
  'beforeRecover',
  'afterRecover',
] as const
const ofTransactions = [
  'beforeTransactionStart',
  'afterTransactionStart',
  'beforeTransactionCommit',
  'afterTransactionCommit',
  'beforeTransactionRollback',
  'afterTransactionRollback',
] as const

interface AnyEvent {
  readonly dataSource: DataSource
  readonly metadata?: EntityMetadata
  readonly entity?: object
  readonly databaseEntity?: object
  readonly updatedColumns?: readonly { readonly propertyName: string }[]
}

type Told = readonly [event: string, ...about: unknown[]]

/** Keeps all that is told; of entities the properties, for ids and times are a database's own. */
function watcher(db: DataSource): {
  readonly seen: Told[]
  readonly subscriber: EntitySubscriberInterface
} {
  const seen: Told[] = []
  const keysOf = (value: object | undefined): unknown =>
    value && [value.constructor.name, Object.keys(value).sort()]
  const told = (name: string) => (event: AnyEvent) => {
    seen.push([
      name,
      event.dataSource === db,
      event.metadata?.tableName,
      keysOf(event.entity),
      keysOf(event.databaseEntity),
      event.updatedColumns?.map(({ propertyName }) => propertyName).sort(),
    ])
  }
  const subscriber = {
    ...Object.fromEntries([...ofEntities, ...ofTransactions].map((name) => [name, told(name)])),
    afterLoad: (entity: object, event?: AnyEvent) => {
      seen.push(['afterLoad', keysOf(entity), event?.metadata?.tableName])
    },
  }
  return { seen, subscriber }
}

/** Of MySQL TypeORM reads defaults again after an insert, and tells `afterLoad`; PostgreSQL's RETURNING gives them. */
const withoutLoads = (seen: readonly Told[]): readonly Told[] => seen.filter(([name]) => name !== 'afterLoad')

async function act(db: DataSource): Promise<readonly Told[]> {
  const { seen, subscriber } = watcher(db)
  db.subscribers.push(subscriber)
  try {
    const { manager } = db
    const order = await manager.save(manager.create(Order, { total: 1, lines: [{ sku: 'a', qty: 1 }] }))
    order.total = 2
    await manager.save(order)
    const alone = await manager.save(Order, { total: 3 })
    await manager.softRemove(Order, alone)
    await manager.recover(Order, alone)
    await manager.find(Order, { where: { id: order.id }, relations: { lines: true } })
    const question = await manager.save(manager.create(Question, { title: 'listened to' }))
    seen.push(['listener', question.answers])
    await manager.update(Question, { id: question.id }, { answers: 5 })
    await manager.remove(order)
    await db.transaction((inner) => inner.insert(Member, { tenant: 1, login: `s${seen.length}` }))
    await failed(() =>
      db.transaction(async (inner) => {
        await inner.delete(Question, { id: question.id })
        throw new RangeError('no')
      }),
    )
    await manager.delete(Question, { id: question.id })
    await manager.deleteAll(Member)
    return seen
  } finally {
    db.subscribers.pop()
  }
}

const pairs: readonly (readonly [Engine, Engine])[] = [
  ['postgres', 'postgres'],
  ['mysql', 'postgres'],
  ['sqlite', 'sqlite'],
]

describe.each(pairs)('from %s to %s', (source, target) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(source, target, { ownEntities: source !== target })
  })
  afterAll(() => world?.close())

  describe.each(stages)('in %s', (stage) => {
    beforeAll(() => world.toStage(stage))

    it('are called exactly as before (W1)', async () => {
      const expected = await act(world.reference)
      const names = new Set(expected.map(([name]) => name))
      expect([...ofEntities, ...ofTransactions].filter((name) => !names.has(name))).toEqual([])
      const seen = await act(world.db)
      const crossed = source !== target && stage.startsWith('target')
      expect(crossed ? withoutLoads(seen) : seen).toEqual(crossed ? withoutLoads(expected) : expected)
    })

    it('write by the manager of the event, in its transaction (W2)', async () => {
      const { db } = world
      const { primary, journaled } = stagePlan(stage, false)
      db.subscribers.push({
        listenTo: () => Question,
        afterInsert: async ({ manager, entity }: InsertEvent<Question>) => {
          await manager.insert(Customer, { email: `${entity.title}@x` })
        },
      } satisfies EntitySubscriberInterface<Question>)
      try {
        await db.manager.save(db.manager.create(Question, { title: `${stage} kept` }))
        await failed(() =>
          db.transaction(async (manager) => {
            await manager.save(manager.create(Question, { title: `${stage} lost` }))
            throw new RangeError('no')
          }),
        )
      } finally {
        db.subscribers.pop()
      }
      if (journaled) await world.settled()
      for (const side of ['source', 'target'] as const) {
        const here = side === primary || journaled ? 1 : 0
        expect(await world[side].manager.countBy(Customer, { email: `${stage} kept@x` })).toBe(here)
        expect(await world[side].manager.countBy(Customer, { email: `${stage} lost@x` })).toBe(0)
      }
    })
  })
})

describe('statements that subscribers and loggers hear of', () => {
  it.each(['source-only', 'source-first'] as const)("are the app's alone in %s (W1)", async (stage) => {
    const world = await openWorld('mysql', 'mysql')
    try {
      await world.toStage(stage)
      const heard = async (db: DataSource): Promise<unknown> => {
        const texts: unknown[] = []
        db.subscribers.push({
          beforeQuery: ({ query, parameters }) => void texts.push(['before', query, parameters]),
          afterQuery: ({ query, success }) => void texts.push(['after', query, success]),
        })
        await db.manager.insert(Customer, { email: 'q@x' })
        await db.manager.update(Customer, { email: 'q@x' }, { name: 'Q' })
        await failed(() => db.manager.insert(Customer, { email: 'q@x' }))
        await db.manager.delete(Customer, { email: 'q@x' })
        return texts
      }
      expect(await heard(world.db)).toEqual(await heard(world.reference))
    } finally {
      await world.close()
    }
  })
})

// A switch there and back while the app works: single operations never fail and never notice, transactions fail only as
// a whole and retryably, and nothing is lost or done twice.

import { TwinwriteError } from '@twinwrite/core'
import { afterEach, describe, expect, it } from 'vitest'
import { Member, Order, Question, Tag } from './entities.ts'
import { openWorld, type World } from './fixture.ts'

/** SQLite answers without the event loop, which a busy worker would hold for ever. */
const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let world: World
afterEach(() => world.close())

const pairs = [
  ['postgres', 'postgres'],
  ['mysql', 'postgres'],
  ['mariadb', 'mariadb'],
  ['sqlite', 'sqlite'],
] as const

describe.each(pairs)('from %s to %s under load', (source, target) => {
  it('single operations go on without an error, transactions fail only retryably (W1, W8)', async () => {
    world = await openWorld(source, target, { ownEntities: source !== target })
    const { db, migration } = world
    await world.toStage('source-first')
    let working = true
    const done = { singles: 0, transactions: 0 }
    const errors: unknown[] = []
    const members = db.getRepository(Member)
    const { id } = await db.manager.save(Order, { total: 0 })

    const singles = async (worker: number): Promise<void> => {
      for (let n = 0; working; n++) {
        const key = { tenant: 1000 + worker, login: `w${n}` }
        await members.insert({ ...key })
        await members.createQueryBuilder().update().set({ level: 2 }).where(key).execute()
        expect((await members.findOneByOrFail(key)).level).toBe(2)
        await db.manager.save(Tag, { name: 'single' })
        done.singles++
        await breath()
      }
    }
    const transactions = async (worker: number): Promise<void> => {
      for (let n = 0; working;) {
        try {
          await db.transaction(async (manager) => {
            await manager.insert(Member, { tenant: 2000 + worker, login: `t${n}` })
            await manager.increment(Order, { id }, 'total', 1)
          })
          n++
          done.transactions++
        } catch (error) {
          errors.push(error)
        }
        await breath()
      }
    }
    // One runner serves all transactions of an SQLite data source, which would become one.
    const workers =
      source === 'sqlite' ? [singles(1)] : [singles(1), singles(2), transactions(1), transactions(2)]
    for (const stage of ['target-first', 'source-first', 'target-first'] as const) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      await migration.switchStage(stage)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
    working = false
    await Promise.all(workers)

    const unexpected = errors.filter(
      (error) => !(error instanceof TwinwriteError) || error.code !== 'TW_STAGE_MOVED' || !error.retryable,
    )
    expect(unexpected).toEqual([])
    await world.settled()
    for (const side of [world.source, world.target]) {
      const all = await side.manager.find(Member)
      expect(all.filter(({ tenant }) => tenant < 2000)).toHaveLength(done.singles)
      expect(all.filter(({ tenant }) => tenant >= 2000)).toHaveLength(done.transactions)
      expect(await side.manager.count(Tag)).toBe(done.singles)
      expect((await side.manager.findOneByOrFail(Order, { id })).total).toBe(done.transactions)
    }
    expect(done.singles).toBeGreaterThan(0)
  })
})

describe('a switch that this process has not noticed', () => {
  it('moves single operations to the new primary without a trace for the app (W1, W8)', async () => {
    world = await openWorld('postgres', 'postgres')
    const { migration } = world
    await world.toStage('source-first')
    // Looks at the stage so rarely that the refusals of the fence are what it learns from.
    const db = await world.open({ beatMs: 60_000, leaseMs: 600_000 })
    const order = await db.manager.save(db.manager.create(Order, { total: 1, note: 'x' }))
    await migration.drain()
    await migration.switchStage('target-first')
    order.total = 2
    await db.manager.save(order)
    expect(await world.target.manager.findOneByOrFail(Order, { id: order.id })).toMatchObject({
      total: 2,
      version: 2,
    })

    await migration.switchStage('source-first')
    expect((await db.manager.update(Order, { id: order.id }, { total: 3 })).affected).toBe(1)
    await migration.switchStage('target-first')
    await db.createQueryBuilder().insert().into(Member).values({ tenant: 1, login: 'moved' }).execute()
    expect(await world.target.manager.count(Member)).toBe(1)
  })

  it('takes back what it wrote into the entities of a refused transaction: saved again they are new rows (W4)', async () => {
    world = await openWorld('mysql', 'postgres')
    const { migration } = world
    await world.toStage('source-first')
    const db = await world.open({ beatMs: 60_000, leaseMs: 600_000 })
    await db.manager.count(Order)
    await migration.switchStage('target-first')
    const others = await world.db.manager.save(
      [1, 2, 3].map((total) => world.db.manager.create(Order, { total })),
    )
    await world.settled()
    const [order, tag] = [db.manager.create(Order, { total: 100 }), { name: 'taken back' } as Tag]
    const both = (): Promise<void> =>
      db.transaction(async (manager) => {
        await manager.save(order)
        await manager.insert(Tag, tag)
      })
    await expect(both()).rejects.toMatchObject({ code: 'TW_STAGE_MOVED', retryable: true })
    expect([order.id, order.version, tag.id]).toEqual([undefined, undefined, undefined])
    await both()
    const single = await db.manager.save(db.manager.create(Order, { total: 200 }))
    const totals = (await world.target.manager.find(Order, { order: { id: 'ASC' } })).map(
      ({ total }) => total,
    )
    expect(totals).toEqual([1, 2, 3, 100, 200])
    expect(new Set([...others, order, single].map(({ id }) => id)).size).toBe(5)
  })

  it('leaves what is committed in the entities, whatever the same runner is refused later (W1)', async () => {
    world = await openWorld('mysql', 'postgres')
    const { migration } = world
    await world.toStage('source-first')
    const db = await world.open({ beatMs: 60_000, leaseMs: 600_000 })
    const runner = db.createQueryRunner()
    const kept = { name: 'kept' } as Tag
    await runner.manager.insert(Tag, kept)
    const { id } = kept
    expect(id).toBeDefined()
    await migration.switchStage('target-first')
    await runner.startTransaction()
    const insertAndCommit = async (): Promise<void> => {
      await runner.manager.insert(Tag, { name: 'refused' })
      await runner.commitTransaction()
    }
    await expect(insertAndCommit()).rejects.toMatchObject({ code: 'TW_STAGE_MOVED' })
    await runner.release()
    expect(kept.id).toBe(id)
  })

  it('fails a transaction between whose runner and BEGIN the stage moved, and may be tried again (W8)', async () => {
    world = await openWorld('mysql', 'postgres')
    const { db, migration } = world
    await world.toStage('source-first')
    const runner = db.createQueryRunner()
    await migration.switchStage('target-first')
    await runner.startTransaction()
    const insert = (): Promise<unknown> => runner.manager.insert(Member, { tenant: 1, login: 'late' })
    await expect(insert()).rejects.toMatchObject({ code: 'TW_STAGE_MOVED', retryable: true })
    await runner.rollbackTransaction()
    await runner.release()
    await db.transaction((manager) => manager.insert(Member, { tenant: 1, login: 'late' }))
    expect(await world.target.manager.count(Member)).toBe(1)
  })

  it('leaves operations to the app whose hooks were called already (W8)', async () => {
    world = await openWorld('postgres', 'postgres')
    const { migration } = world
    await world.toStage('source-first')
    const db = await world.open({ beatMs: 60_000, leaseMs: 600_000 })
    db.subscribers.push({ beforeInsert: () => undefined })
    await db.manager.count(Question)
    await migration.switchStage('target-first')
    const save = (): Promise<unknown> => db.manager.save(db.manager.create(Question, { title: 'q' }))
    await expect(save()).rejects.toMatchObject({ code: 'TW_STAGE_MOVED', retryable: true })
    await save()
    expect(await world.target.manager.count(Question)).toBe(1)
  })
})

// The read policy between two SQLite files, with each ORM.

import type { MigrationOptions, RunningMigration, Stage } from '@twinwrite/core'
import { afterEach, describe, expect, it } from 'vitest'
import { openWorld as openKnex } from '../knex/fixture.ts'
import { openWorld as openPrisma } from '../prisma/fixture.ts'
import { Customer } from '../typeorm/entities.ts'
import { openWorld as openTypeorm } from '../typeorm/fixture.ts'
import { until } from './world.ts'

interface App {
  readonly migration: RunningMigration
  toStage(stage: Stage): Promise<void>
  settled(): Promise<void>
  add(name: string): Promise<unknown>
  rename(from: string, to: string): Promise<unknown>
  /** Names in the order of their keys. */
  names(): Promise<unknown[]>
  /** Past twinwrite. */
  renameInTarget(to: string): Promise<unknown>
  close(): Promise<void>
}

const openers: Readonly<Record<string, (migration: MigrationOptions) => Promise<App>>> = {
  knex: async (migration) => {
    const world = await openKnex('sqlite', 'sqlite', { migration, empty: true })
    const { db, target } = world
    return {
      ...world,
      add: (name) => db('customers').insert({ email: `${name}@shop`, name, vip: true }),
      rename: (from, name) => db('customers').where({ name: from }).update({ name }),
      names: async () => (await db('customers').select('name').orderBy('id')).map(({ name }) => name),
      renameInTarget: (name) => target('customers').update({ name }),
    }
  },
  typeorm: async (migration) => {
    const world = await openTypeorm('sqlite', 'sqlite', { migration })
    const customers = world.db.getRepository(Customer)
    return {
      ...world,
      add: (name) => customers.insert({ email: `${name}@shop`, name, vip: true }),
      rename: (from, name) => customers.update({ name: from }, { name }),
      names: async () => (await customers.find({ order: { id: 'ASC' } })).map(({ name }) => name),
      renameInTarget: (name) => world.target.getRepository(Customer).updateAll({ name }),
    }
  },
  prisma: async (migration) => {
    const world = await openPrisma('sqlite', 'sqlite', { migration })
    const { prisma, target } = world
    return {
      ...world,
      add: (title) => prisma.post.create({ data: { title } }),
      rename: (from, title) => prisma.post.updateMany({ where: { title: from }, data: { title } }),
      names: async () => (await prisma.post.findMany({ orderBy: { id: 'asc' } })).map(({ title }) => title),
      renameInTarget: (title) => target.post.updateMany({ data: { title } }),
    }
  },
}

describe.each(Object.keys(openers))('%s', (orm) => {
  let app: App
  afterEach(() => app.close())

  it('compares its reads on both files, and tells of one that differs', async () => {
    app = await openers[orm]!({ reads: { shadow: { rate: 1, settleMs: 10 } } })
    const counters = () => app.migration.process.counters
    await app.toStage('source-first')
    await app.add('sound')
    await app.settled()
    const read = async () => {
      await app.names()
      return counters()
    }
    await until(read, ({ shadowEqual }) => shadowEqual > 0)
    expect(counters()).toMatchObject({ shadowDifferent: 0, shadowFailed: 0 })
    await app.renameInTarget('dented')
    await until(read, ({ shadowDifferent }) => shadowDifferent > 0)
    expect((await app.migration.status()).reads!.differing[0]).toMatchObject({
      path: expect.stringMatching(/^\[0\]\.(name|title)$/),
    })
  })

  it('lets the target answer where it is asked to, but never without what this process wrote', async () => {
    app = await openers[orm]!({ reads: { ramp: { percent: 100 } } })
    await app.toStage('source-first')
    await app.add('first')
    await app.settled()
    await until(
      async () => {
        expect(await app.names()).toEqual(['first'])
        return app.migration.process.counters
      },
      ({ rampServed }) => rampServed > 0,
    )
    for (let n = 0; n < 10; n++) {
      await app.rename(n === 0 ? 'first' : `${n - 1}`, `${n}`)
      expect(await app.names()).toEqual([`${n}`])
    }
    await app.settled()
    await app.renameInTarget('of the target')
    await until(
      () => app.names(),
      ([name]) => name === 'of the target',
    )
  })
})

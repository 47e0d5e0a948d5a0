// SQLite beside another engine: times and decimals, for which it has no types of its own.

import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { Engine, FileConnection, FreshDatabase } from '@twinwrite/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { adapterFor } from './adapter-for.ts'
import { shopClient } from './clients.ts'
import { openWorld, type World } from './fixture.ts'

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

/** Clients on SQLite write times as milliseconds since 1970. */
function inMilliseconds(database: FreshDatabase): SqlDriverAdapterFactory {
  if (database.engine !== 'sqlite') return adapterFor(database)
  const url = `file:${(database.connection as FileConnection).filename}`
  return new PrismaBetterSqlite3({ url }, { timestampFormat: 'unixepoch-ms' })
}

const openInMilliseconds = (source: Engine, target: Engine): Promise<World> =>
  openWorld(source, target, {
    adapter: inMilliseconds,
    make: (database, side, options) =>
      shopClient(database, side, { adapter: inMilliseconds(database), ...options }),
  })

describe("SQLite's times with timestampFormat unixepoch-ms", () => {
  it.each([
    ['sqlite', 'postgres'],
    ['postgres', 'sqlite'],
    ['sqlite', 'sqlite'],
  ] as const)('stay integers on the way there and back: %s > %s (W4)', async (source, target) => {
    world = await openInMilliseconds(source, target)
    const { prisma } = world
    const times = ['2024-02-29T12:34:56.789Z', '1969-12-31T23:59:59.001Z', '2024-02-29T00:00:00Z']
    const moments = times.map((time) => new Date(time))
    const found = (): Promise<number> => prisma.sample.count({ where: { moment: { in: moments } } })
    for (const [index, stage] of (['source-first', 'target-first', 'source-first'] as const).entries()) {
      await world.toStage(stage)
      for (const moment of moments) await prisma.sample.create({ data: { moment } })
      await prisma.sample.updateMany({ where: { moment: moments[0]! }, data: { flag: true } })
      await world.settled()
      expect(await found()).toBe(3 * (index + 1))
      expect(await prisma.sample.count({ where: { flag: true } })).toBe(index + 1)
    }
    for (const [side, table] of [
      ['source', 'Sample'],
      ['target', 'app_samples'],
    ] as const) {
      if (world.engines[side] !== 'sqlite') continue
      const types = await world.session(side).query(`SELECT DISTINCT typeof(moment) AS type FROM ${table}`)
      expect(types).toEqual([{ type: 'integer' }])
    }
  })

  it('are refused where the other SQLite database has texts', async () => {
    world = await openWorld('sqlite', 'sqlite', { adapter: inMilliseconds })
    await expect(world.migration.install()).rejects.toMatchObject({
      code: 'TW_CONFIG_INVALID',
      message: expect.stringContaining('timestampFormat') as string,
    })
  })
})

describe("SQLite's decimals, which are floating-point numbers", () => {
  it('follow as they are, and a longer one blocks its row, never changed (W5)', async () => {
    world = await openWorld('sqlite', 'postgres')
    const { prisma, migration } = world
    await world.toStage('target-first')
    const sums = ['0.30000000000000004', '12345678901234567000', '-0.0000000001']
    for (const exact of sums) await prisma.sample.create({ data: { exact } })
    await world.settled()
    const held = await world.source.sample.findMany({ select: { exact: true } })
    expect(held.map(({ exact }) => exact!.toFixed()).toSorted()).toEqual(sums.toSorted())
    const { id } = await prisma.sample.create({ data: { exact: '12345678901234567890.0123456789' } })
    await world.settled()
    expect(await world.source.sample.count({ where: { id } })).toBe(0)
    const { blocked } = await migration.status()
    expect(blocked).toMatchObject([
      { reason: expect.stringContaining('more digits than a 64-bit float holds') as string },
    ])
  })
})

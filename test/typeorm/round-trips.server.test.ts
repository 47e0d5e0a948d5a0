// What reaches the driver of the app's own connections: nothing more than with plain TypeORM where nobody follows (W9), and the fewest
// round trips that carry journal and fence where somebody does.

import { type Stage, stagePlan } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import type { DataSource, DataSourceOptions } from 'typeorm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Customer, Member } from './entities.ts'
import { openWorld, type World } from './fixture.ts'
import { WatchedDriver } from './watched-driver.ts'

type Operation = (db: DataSource) => () => Promise<unknown>

let emails = 0
const read = (db: DataSource) => (): Promise<unknown> =>
  db.manager.findOneBy(Member, { tenant: 1, login: 'a' })
const insert = (db: DataSource) => (): Promise<unknown> =>
  db.manager.insert(Customer, { email: `${emails++}@x` })
const update = (db: DataSource) => (): Promise<unknown> => db.manager.update(Customer, 1, { name: 'six' })
const remove = (db: DataSource) => (): Promise<unknown> => db.manager.delete(Customer, { id: 2 })
const save = (db: DataSource) => (): Promise<unknown> => db.manager.save(Customer, { email: `${emails++}@x` })
const transaction = (db: DataSource) => (): Promise<unknown> =>
  db.transaction(async (manager) => {
    await manager.insert(Member, { tenant: 2, login: `${emails++}` })
    await manager.update(Customer, 1, { name: 'eight' })
  })
const all = [read, insert, update, remove, save, transaction]

interface Watched {
  readonly db: DataSource
  readonly watched: WatchedDriver
}

interface Row {
  readonly engine: Engine
  readonly multipleStatements: boolean
  /** How many texts more than plain TypeORM a single write sends that is followed, and a whole transaction. */
  readonly single: number
  readonly whole: number
}

const rows: readonly Row[] = [
  { engine: 'postgres', multipleStatements: false, single: 0, whole: 0 },
  { engine: 'mysql', multipleStatements: false, single: 2, whole: 0 },
  { engine: 'mysql', multipleStatements: true, single: 1, whole: 0 },
  { engine: 'mariadb', multipleStatements: false, single: 2, whole: 0 },
  { engine: 'mariadb', multipleStatements: true, single: 1, whole: 0 },
  { engine: 'sqlite', multipleStatements: false, single: 3, whole: 1 },
]

describe.each(rows)('on $engine, multipleStatements $multipleStatements', (row) => {
  const { engine, multipleStatements } = row
  const drivers = { source: new WatchedDriver(engine), target: new WatchedDriver(engine) }
  const plain = { watched: new WatchedDriver(engine) } as { db: DataSource; watched: WatchedDriver }
  let world: World
  const optionsOf = ({ options }: WatchedDriver): Partial<DataSourceOptions> => ({
    ...options,
    ...(multipleStatements && { multipleStatements }),
  })

  beforeAll(async () => {
    world = await openWorld(engine, engine, {
      wrapped: optionsOf(drivers.source),
      targetOptions: optionsOf(drivers.target),
      reference: optionsOf(plain.watched),
    })
    plain.db = world.reference
    await warm(plain)
  })
  afterAll(() => world?.close())

  async function inStage(stage: Stage): Promise<Watched> {
    await world.toStage(stage)
    const side = { db: world.db, watched: drivers[stagePlan(stage, false).primary] }
    await warm(side)
    return side
  }

  /** Until a pool has its connection, and what is asked for once is known. */
  async function warm({ db }: Watched): Promise<void> {
    for (const one of all) await one(db)()
  }

  const texts = ({ db, watched }: Watched, one: Operation): Promise<string[]> => watched.during(one(db))

  it('source-only sends what plain TypeORM sends (W9)', async () => {
    const side = await inStage('source-only')
    for (const one of all) {
      const expected = await texts(plain, one)
      expect(expected).not.toEqual([])
      expect(await texts(side, one)).toEqual(expected)
    }
  })

  it('source-first takes the fewest round trips that carry journal and fence', async () => {
    const side = await inStage('source-first')
    expect(await texts(side, read)).toHaveLength((await texts(plain, read)).length)
    for (const one of [insert, update, remove]) {
      expect(await texts(side, one)).toHaveLength((await texts(plain, one)).length + row.single)
    }
    for (const one of [save, transaction]) {
      expect(await texts(side, one)).toHaveLength((await texts(plain, one)).length + row.whole)
    }
  })

  it('target-only sends as many statements as TypeORM on the target (W9)', async () => {
    const side = await inStage('target-only')
    for (const one of all) expect(await texts(side, one)).toHaveLength((await texts(plain, one)).length)
  })
})

// What reaches the driver of the app's own connections: nothing more than with plain Knex where nobody follows (W9), and the fewest round
// trips that carry journal and fence where somebody does.

import type { Stage } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import type { Knex } from 'knex'
import { afterEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from './fixture.ts'

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

type Method = (first: string | { text?: string; sql?: string }, ...rest: unknown[]) => unknown

/** Keeps the text of every statement that goes through the driver. */
class Watched {
  readonly texts: string[] = []
  readonly pool: Knex.PoolConfig = {
    min: 1,
    max: 1,
    afterCreate: (connection: Record<string, Method>, done: (error: null, connection: unknown) => void) => {
      for (const name of ['query', 'prepare'].filter((one) => typeof connection[one] === 'function')) {
        const original = connection[name]!.bind(connection)
        connection[name] = (first, ...rest) => {
          this.texts.push(typeof first === 'string' ? first : (first.text ?? first.sql ?? ''))
          return original(first, ...rest)
        }
      }
      done(null, connection)
    },
  }

  async during(work: () => Promise<unknown>): Promise<string[]> {
    const from = this.texts.length
    await work()
    return this.texts.slice(from)
  }
}

const read = (db: Knex) => (): Promise<unknown> => db('orders').where({ id: 1 }).first()
const insert = (db: Knex) => (): Promise<unknown> => db('orders').insert({ customer_id: 1, total: 5 })
const update = (db: Knex) => (): Promise<unknown> => db('orders').where({ id: 1 }).update({ total: 6 })
const remove = (db: Knex) => (): Promise<unknown> => db('items').where({ order_id: 1, line: 1 }).del()
const transaction = (db: Knex) => (): Promise<unknown> =>
  db.transaction(async (trx) => {
    await trx('orders').insert({ customer_id: 1, total: 7 })
    await trx('orders').where({ id: 2 }).update({ total: 8 })
  })
const all = [read, insert, update, remove, transaction]

async function watchedWorld(engine: Engine, stage: Stage, connection?: object): Promise<[World, Watched]> {
  const watched = new Watched()
  const onTarget = stage.startsWith('target')
  world = await openWorld(engine, engine, {
    ...(onTarget ? { targetConfig: { pool: watched.pool } } : { config: { pool: watched.pool } }),
    ...(connection && { connection }),
  })
  await world.toStage(stage)
  for (const one of all) await one(world.db)()
  return [world, watched]
}

describe.each(['postgres', 'mysql', 'mariadb', 'sqlite'] as const)('on %s', (engine) => {
  it('source-only sends what plain Knex sends (W9)', async () => {
    const [{ db, reference }, watched] = await watchedWorld(engine, 'source-only')
    for (const one of all) {
      // The reference shares the pool's watcher.
      const expected = await watched.during(one(reference))
      expect(expected).not.toEqual([])
      expect(await watched.during(one(db))).toEqual(expected)
    }
  })

  it('target-only sends what Knex on the target sends (W9)', async () => {
    const [{ db, reference }, watched] = await watchedWorld(engine, 'target-only')
    const plain = new Watched()
    const counted = [read, insert, update, transaction]
    for (const one of counted) {
      const texts = await watched.during(one(db))
      reference.on('query', ({ sql }: { sql: string }) => plain.texts.push(sql))
      const expected = await plain.during(one(reference))
      reference.removeAllListeners('query')
      expect(texts).toHaveLength(expected.length)
    }
  })
})

describe('round trips of a write that is followed', () => {
  it('PostgreSQL: one, and none more than plain in a transaction', async () => {
    const [{ db }, watched] = await watchedWorld('postgres', 'source-first')
    for (const one of [insert, update, remove]) expect(await watched.during(one(db))).toHaveLength(1)
    expect(await watched.during(transaction(db))).toHaveLength(4)
  })

  it.each(['mysql', 'mariadb'] as const)(
    '%s: three, and none more than plain in a transaction',
    async (engine) => {
      const [{ db }, watched] = await watchedWorld(engine, 'source-first')
      for (const one of [insert, update, remove]) expect(await watched.during(one(db))).toHaveLength(3)
      expect(await watched.during(transaction(db))).toHaveLength(4)
    },
  )

  it.each(['mysql', 'mariadb'] as const)(
    '%s: two where the app allows several statements in one text',
    async (engine) => {
      const [{ db }, watched] = await watchedWorld(engine, 'source-first', { multipleStatements: true })
      for (const one of [insert, update, remove]) expect(await watched.during(one(db))).toHaveLength(2)
      expect(await watched.during(transaction(db))).toHaveLength(4)
    },
  )
})

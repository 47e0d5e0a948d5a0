// The option `armed`: writes check the fence in source-only too.

import { afterEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from './fixture.ts'

let world: World
afterEach(() => world.close())

describe.each(['postgres', 'mysql', 'mariadb', 'sqlite'] as const)(
  'armed in source-only, on %s',
  (engine) => {
    it('an app that swallows the error of a statement commits as it does without us (W1)', async () => {
      world = await openWorld(engine, engine, { migration: { armed: true } })
      await world.toStage('source-only')
      const outcome = async (db: World['db']): Promise<unknown> => {
        const committed = db.transaction(async (trx) => {
          await trx('items').insert({ order_id: 9, line: 1, sku: 's', qty: 1 })
          await trx.raw('SELECT nothing_like_that(1)').catch(() => undefined)
          return 'done'
        })
        return [await committed, await db('items').where('order_id', 9)]
      }
      expect(await outcome(world.db)).toEqual(await outcome(world.reference))
    })
  },
)

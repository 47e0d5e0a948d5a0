// Where the app's user may not call what commits with the journal in one round trip, writes take one more and stay what they are.

import { afterEach, expect, it } from 'vitest'
import { openWorld, type World } from './fixture.ts'

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

it.each(['mysql', 'mariadb'] as const)('writes on %s do without the procedure (W3)', async (engine) => {
  world = await openWorld(engine, engine)
  await world.toStage('source-first')
  await world.source.raw('DROP PROCEDURE _tw_journal_commit')
  await world.db('orders').where({ id: 1 }).update({ total: 77 })
  await world.db.transaction(async (trx) => {
    await trx('orders').where({ id: 2 }).update({ total: 78 })
    await trx('items').where({ order_id: 1 }).del()
  })
  await world.db('orders').where({ id: 3 }).del()
  await world.settled()
  for (const table of ['orders', 'items'] as const)
    expect(await world.rows('target', table)).toEqual(await world.rows('source', table))
})

// One engine on both sides: in every stage, whatever an app does answers as it does with plain Knex, and afterwards both
// sides hold the same rows as the plain database.

import type { Side, Stage } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alignCounters } from './align-counters.ts'
import { openWorld, type World, type WorldOptions } from './fixture.ts'
import type { Operation } from './operation.ts'
import { outcomeOf } from './outcome.ts'
import { reads } from './read-operations.ts'
import { transactions } from './transaction-operations.ts'
import { writes } from './write-operations.ts'

const engines: readonly Engine[] = ['postgres', 'mysql', 'mariadb', 'sqlite']
const stages: readonly Stage[] = ['source-only', 'source-first', 'target-first', 'target-only']

/** Several statements in one text are sent as one where the app allows it. */
const several = { connection: { multipleStatements: true } }

const worlds: readonly { name: string; engine: Engine; stages: readonly Stage[]; options?: WorldOptions }[] =
  [
    ...engines.map((engine) => ({ name: engine, engine, stages })),
    { name: 'mysql with multipleStatements', engine: 'mysql', stages: ['source-first'], options: several },
    {
      name: 'mariadb with multipleStatements',
      engine: 'mariadb',
      stages: ['source-first'],
      options: several,
    },
  ]

describe.each(worlds)('on $name', ({ engine, stages: its, options: worldOptions }) => {
  describe.each(its)('in %s', (stage) => {
    let world: World
    const onTarget = stage.startsWith('target')
    beforeAll(async () => {
      world = await openWorld(engine, engine, worldOptions)
      await world.toStage(stage)
      if (onTarget) await alignCounters(world)
    })
    afterAll(() => world.close())

    const possible = ({ only }: Operation): boolean => only === undefined || only.includes(engine)
    const operations = [...reads, ...writes, ...transactions, ...reads].filter(possible)
    it.each(operations)('$title answers as plain Knex does (W1)', async ({ run }) => {
      const options = { otherText: onTarget }
      const expected = await outcomeOf(() => run(world.reference, engine), options)
      expect(await outcomeOf(() => run(world.db, engine), options)).toEqual(expected)
    })

    it('leaves the rows that plain Knex leaves, and the follower in step (W3, W4)', async () => {
      await world.settled()
      for (const table of ['customers', 'orders', 'items'] as const) {
        const primary = onTarget ? 'target' : 'source'
        const rows = await world.rows(primary, table)
        const key = table === 'items' ? ['order_id', 'line'] : ['id']
        expect(rows).toEqual(await world.reference(table).select('*').orderBy(key))
        const follower = { 'source-first': 'target', 'target-first': 'source' }[stage as string] as
          | Side
          | undefined
        expect(await world.rows(follower ?? primary, table)).toEqual(rows)
      }
    })
  })
})

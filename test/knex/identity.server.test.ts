// One engine on both sides: in every stage, whatever an app does answers as it does with plain Knex, and afterwards both
// sides hold the same rows as the plain database.

import type { Side, Stage } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alignCounters } from './align-counters.ts'
import { openWorld, type World } from './fixture.ts'
import type { Operation } from './operation.ts'
import { outcomeOf } from './outcome.ts'
import { reads } from './read-operations.ts'
import { transactions } from './transaction-operations.ts'
import { writes } from './write-operations.ts'

const engines: readonly Engine[] = ['postgres', 'mysql', 'mariadb', 'sqlite']
const stages: readonly Stage[] = ['source-only', 'source-first', 'target-first', 'target-only']

describe.each(engines)('on %s', (engine) => {
  describe.each(stages)('in %s', (stage) => {
    let world: World
    const onTarget = stage.startsWith('target')
    beforeAll(async () => {
      world = await openWorld(engine, engine)
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

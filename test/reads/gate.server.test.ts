// The gate of the step forward that asks for shadow reads, with counts that processes share through the target.

import { moveStage } from '@twinwrite/control'
import { readCounts } from '@twinwrite/core'
import { afterEach, expect, it } from 'vitest'
import { openWorld, type World } from '../knex/fixture.ts'
import { until } from './world.ts'

let world: World
afterEach(() => world.close())

it('keeps the step forward closed until enough shadow reads of all processes are equal', async () => {
  world = await openWorld('postgres', 'postgres', {
    migration: { reads: { shadow: { rate: 1, settleMs: 0 } } },
  })
  const { migration, db, target } = world
  await world.toStage('source-first')
  const other = world.open()
  const seen = (): ReturnType<typeof readCounts> => readCounts(migration.stores.target, 60_000)
  const read = async (): Promise<void> => {
    for (const one of [db, other]) await one('customers').select('id', 'name').orderBy('id')
  }
  await until(
    async () => {
      await read()
      return seen()
    },
    ({ compared }) => compared >= 10,
  )
  const rows = await target<{ run: string; body: string }>('_tw_checkpoint').where('run', 'reads')
  expect(rows).toHaveLength(2)
  const gateOf = async (limits: object): Promise<unknown> => {
    const error: unknown = await moveStage(migration, 'target-first', { limits }).catch(
      (thrown: unknown) => thrown,
    )
    return /reads: [^|]*/.exec((error as Error).message)?.[0] ?? 'open'
  }
  expect(await gateOf({ readSamples: 5 })).toBe('open')
  expect(await gateOf({ readSamples: 100_000 })).toMatch(/^reads: 0 of \d+ shadow reads differ/)

  await target('customers').where({ id: 1 }).update({ name: 'dented' })
  await until(
    async () => {
      await read()
      return seen()
    },
    ({ different }) => different > 0,
  )
  expect(await gateOf({ readSamples: 5 })).toMatch(/^reads: [1-9]\d* of \d+ shadow reads differ/)
  expect(await gateOf({ readSamples: 5, readMismatches: 1 })).toBe('open')
})

// A backfill waits for read replicas that lag, seen on a real standby whose replay stands still.

import { setTimeout as sleep } from 'node:timers/promises'
import { backfill, backfillSeen, type BackfillRun } from '@twinwrite/backfill'
import type { ConnectionSpec } from '@twinwrite/core'
import { adminQuery, dedicatedServer, type DedicatedServer } from '@twinwrite/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openPlace, type Place } from './place.ts'

let primary: DedicatedServer
let standby: DedicatedServer
let place: Place

beforeAll(async () => {
  primary = await dedicatedServer('postgres', { durable: false })
  standby = await dedicatedServer('postgres', { durable: false, standbyOf: primary })
}, 60_000)

afterAll(async () => {
  await standby.stop()
  await primary.stop()
})

beforeEach(async () => {
  place = await openPlace({ source: 'postgres', target: 'postgres' }, 1500, { target: primary })
  await place.migration.setStage('source-first')
})

afterEach(() => place.close())

const replay = (what: 'pause' | 'resume'): Promise<unknown> =>
  adminQuery('postgres', standby.url, `SELECT pg_wal_replay_${what}()`)

const at = ({ url }: DedicatedServer): ConnectionSpec => ({ engine: 'postgres', connection: url })

async function until(what: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`it did not come true: ${what.toString()}`)
    await sleep(50)
  }
}

const rowsOf = (run: BackfillRun): number => run.progress().tables.reduce((sum, { rows }) => sum + rows, 0)

test.each(['live', 'fast'] as const)(
  'a %s load waits while a replica lags, says so, and goes on when it has caught up',
  async (way) => {
    const run = backfill(place.operate(), {
      way,
      rowsPerSecond: 1000,
      chunkRows: { min: 50, first: 50, max: 50 },
      throttle: {
        replicas: [
          { replica: at(standby), maxLagMs: 200 },
          { replica: at(primary), maxLagMs: 60_000 },
        ],
      },
    })
    await until(async () => rowsOf(run) > 100)
    await replay('pause')
    const operator = place.operate()
    await until(async () => /ms behind/.test((await backfillSeen(operator, 'target'))?.throttled ?? ''))
    expect(run.progress().throttled).toMatch(/^replica postgres .*:\d+.* is \d+ ms behind, more than 200 ms$/)
    const loaded = rowsOf(run)
    expect(loaded).toBeLessThan(1500)
    await sleep(1200)
    expect(rowsOf(run)).toBe(loaded)
    await replay('resume')
    expect(await run.done).toMatchObject({ outcome: 'finished' })
    await place.settled()
    expect(await place.contents('target')).toEqual(await place.contents('source'))
  },
)

test('a replica that does not tell its lag is named before anything is loaded; one that falls silent later is waited for', async () => {
  const nowhere = { engine: 'postgres', connection: { ...place.connection.target, port: 1 } } as const
  const refused = backfill(place.operate(), {
    throttle: { replicas: [{ replica: nowhere, maxLagMs: 1000 }] },
  })
  await expect(refused.done).rejects.toMatchObject({ code: 'TW_REPLICA_UNREADABLE' })
  expect((await place.migration.stores.target.readFence())?.role).toBe('secondary')

  const run = backfill(place.operate(), {
    rowsPerSecond: 1000,
    chunkRows: { min: 50, first: 50, max: 50 },
    throttle: { replicas: [{ replica: at(standby), maxLagMs: 60_000 }] },
  })
  await until(async () => rowsOf(run) > 100)
  await standby.kill9()
  await until(async () => /does not tell its lag/.test(run.progress().throttled ?? ''))
  await standby.restart()
  expect(await run.done).toMatchObject({ outcome: 'finished' })
})

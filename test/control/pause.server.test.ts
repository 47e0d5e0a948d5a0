// What the apps of each ORM notice of the pause in which no side is primary, and what becomes of a switch that can't come to its end.

import { auditTrail, moveStage } from '@twinwrite/control'
import type { RunningMigration } from '@twinwrite/core'
import { adminQuery, openSession } from '@twinwrite/testkit'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { divergences } from '../torture/compare.ts'
import type { Member } from '../torture/orm.ts'
import { type OrmName, ormNames } from '../torture/orms.ts'
import { quiet } from '../quiet.ts'
import { type Fleet, insert, openFleet, promised, refusal, tokensOf, until } from './fleet.ts'

const budget = { freezeTimeoutMs: 300, drainTimeoutMs: 2000, beatMs: 200, leaseMs: 600 }
const pauseMs = 250

let fleet: Fleet
let operator: RunningMigration
let apps: ReadonlyMap<OrmName, Member> = new Map()

beforeEach(async () => {
  fleet = await openFleet(budget)
  operator = fleet.operate()
  await operator.install()
  await operator.setStage('source-first')
  await operator.load()
  await openApps()
})
afterEach(() => fleet.close())

/** One of each ORM, instead of those that there are. */
async function openApps(changes = {}): Promise<void> {
  await Promise.all([...apps.values()].map((app) => app.close()))
  apps = new Map(await Promise.all(ormNames.map(async (orm) => [orm, await warm(orm, changes)] as const)))
}

/** One that has its first connections and knows the tables. */
async function warm(orm: OrmName, changes = {}): Promise<Member> {
  const app = await fleet.app(orm, changes)
  await app.migration.look()
  await app.migration.tablesKnown()
  await app.transaction(async (inner) => void (await inner.idAt(0)))
  return app
}

/** A switch that stays in its pause until it is let go. */
async function pausedSwitch() {
  const [paused, go] = [promised(), promised()]
  let asked = 0
  const done = operator.switchStage('target-first', {
    closed: async () => {
      // Before the freeze, and in it.
      if (asked++ === 0) return []
      paused.tell()
      await go.done
      return []
    },
  })
  await Promise.race([paused.done, done])
  return { go: go.tell, done }
}

it('writes and transactions that arrive in the pause wait, and run on the new primary (W1, W8)', async () => {
  const { go, done } = await pausedSwitch()
  let ended = 0
  const counted = (work: Promise<unknown>): Promise<unknown> => work.finally(() => ended++)
  // Some have not seen the freeze when they write; a transaction that begins then could only be refused at its end.
  const works = [...apps].map(([orm, app]) => counted(insert(app, `${orm} single`)))
  for (const [orm, app] of apps) {
    await app.migration.look()
    works.push(
      counted(app.transaction(async (inner) => void (await insert(inner, `${orm} in a transaction`)))),
    )
  }
  await sleep(pauseMs)
  expect(ended).toBe(0)
  go()
  const [report] = await Promise.all([done, ...works])
  expect(report.pauseMs).toBeGreaterThan(pauseMs - 50)
  const expected = ormNames.flatMap((orm) => [`${orm} single`, `${orm} in a transaction`])
  expect(await tokensOf(fleet, 'target')).toEqual(expected.toSorted())
  await quiet(operator)
  expect(await divergences(fleet.addresses)).toEqual([])
})

it('a transaction that began before the pause and commits in it is rolled back whole, and may be tried again (W8)', async () => {
  const begun = [...apps].map(([orm, app]) => {
    const [written, commit] = [promised(), promised()]
    const ended = app.transaction(async (inner) => {
      await insert(inner, `${orm} first`)
      written.tell()
      await commit.done
    })
    return { orm, app, written: written.done, commit: commit.tell, ended }
  })
  await Promise.all(begun.map(({ written }) => written))
  const { go, done } = await pausedSwitch()
  for (const { orm, ended, commit } of begun) {
    commit()
    expect(await refusal(ended), orm).toEqual(['TW_STAGE_MOVED', true])
  }
  go()
  await done
  for (const { orm, app } of begun)
    await app.transaction(async (inner) => void (await insert(inner, `${orm} again`)))
  expect(await tokensOf(fleet, 'target')).toEqual(ormNames.map((orm) => `${orm} again`).toSorted())
  await quiet(operator)
  expect(await divergences(fleet.addresses)).toEqual([])
})

it('a write waits no longer than it may', async () => {
  const hasty = await Promise.all(ormNames.map((orm) => warm(orm, { writeWaitMs: 100 })))
  const { go, done } = await pausedSwitch()
  for (const app of hasty) expect(await refusal(insert(app, 'hasty'))).toEqual(['TW_STAGE_FROZEN', true])
  go()
  await done
  expect(await tokensOf(fleet, 'target')).toEqual([])
})

const step = async (): Promise<unknown> => {
  const force = { force: true, reason: 'a test', by: 'ann' }
  return moveStage(operator, 'target-first', force).catch((error: unknown) => error)
}

it('a switch that can not drain within its budget goes back by itself and says why, and no write has failed', async () => {
  const told: string[] = []
  const tell = (event: unknown): void => void told.push((event as { step: string }).step)
  subscribe('twinwrite:switch', tell)
  const target = await openSession('postgres', fleet.addresses.target.url)
  try {
    // What the target did not accept rests before it is tried again, for longer than the budget, whoever has tried it.
    await openApps({ pollMs: { min: 4000, max: 4000 } })
    await target.query(`ALTER TABLE things ADD CONSTRAINT narrow CHECK (label <> 'resting')`)
    const { url } = fleet.addresses.source
    const tried = 'SELECT id FROM _tw_journal WHERE attempts > 0'
    await insert(apps.get('knex')!, 'resting')
    await until(async () => (await adminQuery('mysql', url, tried)).length === 1)
    const switching = step()
    await until(() => told.includes('drain'))
    const writes = [...apps].map(([orm, app]) => insert(app, `${orm} in the pause`))
    expect(await switching).toMatchObject({ code: 'TW_SWITCH_TIMEOUT', retryable: true })
    await Promise.all(writes)
    expect(told.slice(-2)).toEqual(['abort', 'undone'])
    expect(await operator.look()).toMatchObject({ stage: 'source-first', frozen: false })
    const [audited] = await auditTrail(operator)
    expect(audited).toMatchObject({
      by: 'ann',
      from: 'source-first',
      to: 'target-first',
      reason: 'a test',
      outcome: 'failed',
      error: expect.stringContaining('the journal was not empty after 2000 ms'),
    })
    expect(audited!.pauseMs).toBeGreaterThan(1900)
    expect(audited!.pauseMs).toBeLessThan(3500)
    expect(Date.parse(audited!.at)).toBeGreaterThan(Date.now() - 60_000)
  } finally {
    await target.query('ALTER TABLE things DROP CONSTRAINT narrow')
    target.close()
    unsubscribe('twinwrite:switch', tell)
  }
  await quiet(operator)
  expect(await divergences(fleet.addresses)).toEqual([])
  expect(await step()).toMatchObject({ to: 'target-first' })
})

it('a switch whose counters wait for a reader is refused before anybody waits for it, and gives no id twice (W8)', async () => {
  expect(await step()).toMatchObject({ to: 'target-first' })
  for (const [orm, app] of apps) await insert(app, orm)
  const reader = await openSession('mysql', fleet.addresses.source.url)
  try {
    await reader.query('BEGIN')
    await reader.query('SELECT count(*) FROM items')
    const paused: number[] = []
    const back = operator.switchStage('source-first', { paused: (ms) => void paused.push(ms) })
    await expect(back).rejects.toMatchObject({ code: 'TW_SWITCH_REFUSED', retryable: true })
    expect(paused).toEqual([])
    for (const [orm, app] of apps) await insert(app, `${orm} beside it`)
  } finally {
    await reader.query('ROLLBACK')
    reader.close()
  }
  await operator.switchStage('source-first')
  for (const [orm, app] of apps) await insert(app, `${orm} afterwards`)
  await quiet(operator)
  expect(await divergences(fleet.addresses)).toEqual([])
})

it('a switch that meets a commit which does not end gives up before anybody waits for it', async () => {
  const holder = await openSession('mysql', fleet.addresses.source.url)
  try {
    // As the commit of a write that hangs does.
    await holder.query('BEGIN')
    await holder.query('SELECT role FROM _tw_fence LOCK IN SHARE MODE')
    const error = await step()
    expect(error).toMatchObject({ code: 'TW_SWITCH_TIMEOUT', retryable: true })
    expect((error as Error).message).toContain('open writes did not end within 300 ms')
    for (const [orm, app] of apps) await insert(app, `${orm} beside it`)
    expect((await auditTrail(operator, 1))[0]).toMatchObject({ by: 'ann', outcome: 'failed' })
  } finally {
    await holder.query('ROLLBACK')
    holder.close()
  }
  expect(await step()).toMatchObject({ to: 'target-first' })
})

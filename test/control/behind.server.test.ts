// Half of the fleet is behind: processes of each ORM that look at the stage only when the fence refuses what they write. Nothing of theirs
// is lost or goes to the wrong side, and whoever asks for the next step is told of them.

import { backfill } from '@twinwrite/backfill'
import { gatesBefore, limitsOf } from '@twinwrite/control'
import { afterEach, expect, it } from 'vitest'
import { divergences } from '../torture/compare.ts'
import type { Member } from '../torture/orm.ts'
import { type OrmName, ormNames } from '../torture/orms.ts'
import { quiet } from '../quiet.ts'
import {
  type Fleet,
  insert,
  installedAnHourAgo,
  openFleet,
  promised,
  refusal,
  tokensOf,
  until,
} from './fleet.ts'

/** Looks by itself only when it starts. */
const late = { beatMs: 60_000, leaseMs: 120_000 }

let fleet: Fleet
afterEach(() => fleet.close())

/** One of each ORM. */
async function processes(changes = late): Promise<ReadonlyMap<OrmName, Member>> {
  const all = await Promise.all(ormNames.map(async (orm) => [orm, await fleet.app(orm, changes)] as const))
  for (const [, { migration }] of all) await migration.look()
  return new Map(all)
}

/** A transaction that has written and not ended yet. */
async function openTransaction(app: Member, token: string) {
  const [written, told] = [promised(), promised()]
  const ended = app.transaction(async (inner) => {
    await insert(inner, token)
    written.tell()
    await told.done
  })
  ended.catch(() => undefined)
  await Promise.race([written.done, ended])
  return {
    commit: () => {
      told.tell()
      return ended
    },
  }
}

it('at a switch there and back: single writes go on, transactions fail as a whole and retryably (W3, W8)', async () => {
  fleet = await openFleet()
  const operator = fleet.operate()
  await operator.install()
  await operator.setStage('source-first')
  await operator.load()
  const acknowledged: string[] = []
  for (const to of ['target-first', 'source-first'] as const) {
    const [single, whole] = [await processes(), await processes()]
    for (const [orm, app] of single) {
      await insert(app, `${orm} before ${to}`)
      acknowledged.push(`${orm} before ${to}`)
    }
    const open = await Promise.all(
      [...whole].map(async ([orm, app]) => ({
        orm,
        app,
        ...(await openTransaction(app, `${orm} into ${to}`)),
      })),
    )
    await operator.switchStage(to)
    for (const { orm, commit } of open) expect(await refusal(commit()), orm).toEqual(['TW_STAGE_MOVED', true])
    for (const [orm, app] of single) {
      expect(app.migration.process.stage, orm).not.toBe(to)
      await insert(app, `${orm} behind ${to}`)
      acknowledged.push(`${orm} behind ${to}`)
    }
    for (const { orm, app } of open) {
      await app.transaction(async (inner) => void (await insert(inner, `${orm} again ${to}`)))
      acknowledged.push(`${orm} again ${to}`)
    }
    const primary = to === 'target-first' ? 'target' : 'source'
    expect(await tokensOf(fleet, primary)).toEqual(acknowledged.toSorted())
  }
  await quiet(operator)
  expect(await divergences(fleet.addresses)).toEqual([])
})

it('at the step out of source-only: it waits for them, names them, and nothing counts before they have passed (W3)', async () => {
  fleet = await openFleet(late)
  const operator = fleet.operate()
  await operator.install()
  await installedAnHourAgo(fleet)
  const behind = await processes()
  await until(async () => (await operator.status()).processes.length === ormNames.length)
  // From here on each has a lease.
  for (const { migration } of behind.values()) await migration.look()
  const waiting = operator.setStage('source-first', { barrierTimeoutMs: 300 })
  await expect(waiting).rejects.toMatchObject({ code: 'TW_BARRIER_TIMEOUT' })
  await expect(waiting).rejects.toThrow(`process ${process.pid} on `)
  for (const [orm, app] of behind) await insert(app, `${orm} unjournaled`)
  expect((await operator.status()).journal).toMatchObject({ entries: 0 })
  await expect(backfill(operator).done).rejects.toMatchObject({ code: 'TW_BACKFILL_EARLY' })
  const gates = await gatesBefore(operator, 'target-first', limitsOf())
  const processGate = gates.find(({ name }) => name === 'processes')!
  expect(processGate.open).toBe(false)
  for (const orm of ormNames) expect(processGate.seen).toContain(`(${orm}) in source-only`)

  for (const app of behind.values()) await app.close()
  await operator.setStage('source-first', { barrierTimeoutMs: 5000 })
  await backfill(operator).done
  await quiet(operator)
  expect(await divergences(fleet.addresses)).toEqual([])
  expect(await tokensOf(fleet, 'target')).toHaveLength(ormNames.length)
})

it('at that step where the fence is checked from the start (armed): no write goes unjournaled (W3)', async () => {
  fleet = await openFleet({ ...late, armed: true })
  const operator = fleet.operate()
  await operator.install()
  const behind = await processes()
  await operator.setStage('source-first', { barrierTimeoutMs: 300 })
  for (const [orm, app] of behind) {
    expect(app.migration.process.stage, orm).toBe('source-only')
    await insert(app, `${orm} single`)
  }
  await quiet(operator)
  expect(await tokensOf(fleet, 'target')).toEqual(ormNames.map((orm) => `${orm} single`).toSorted())
})

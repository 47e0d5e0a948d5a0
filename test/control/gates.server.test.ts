// The gates before each step, each closed and opened again by what a user does; and the audit trail of all of it.

import { auditTrail, gatesBefore, type GateName, limitsOf, moveStage, previewStep } from '@twinwrite/control'
import { backfill } from '@twinwrite/backfill'
import { packageVersion, TwinwriteError } from '@twinwrite/core'
import { verify } from '@twinwrite/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShop, type Shop } from '../verify/shop.ts'

let shop: Shop

beforeAll(async () => {
  shop = await openShop('postgres', 'mysql', { orders: 10 })
})
afterAll(() => shop.close())

const strict = limitsOf()

async function closed(limits = strict): Promise<GateName[]> {
  const to = (await shop.migration.look()).stage === 'source-first' ? 'target-first' : 'target-only'
  const gates = await gatesBefore(shop.migration, to, limits)
  return gates.filter(({ open }) => !open).map(({ name }) => name)
}

async function refusal(work: Promise<unknown>): Promise<TwinwriteError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(TwinwriteError)
  return error as TwinwriteError
}

const clean = async (): Promise<void> => {
  expect(await verify(shop.operator()).done).toMatchObject({ clean: true })
}

describe('before the switch to the target', () => {
  it('asks for a clean full and reverse verification that is young and from after the last gap', async () => {
    expect(await closed()).toEqual(['verified'])
    await verify(shop.operator(), { reverse: false }).done
    expect(await closed()).toEqual(['verified'])
    await clean()
    expect(await closed()).toEqual([])
    expect(await closed(limitsOf({ verifiedMs: 0 }))).toEqual(['verified'])
    await shop.migration.setStage('source-only')
    await shop.migration.setStage('source-first')
    expect(await closed()).toEqual(['verified'])
    await clean()
    expect(await closed()).toEqual([])
  })

  it('asks for a backfill that was finished and counts, where one was begun', async () => {
    const run = backfill(shop.operator(), { way: 'live', rowsPerSecond: 5 })
    await expect.poll(() => closed(), { timeout: 10_000 }).toEqual(['backfill'])
    run.stop()
    await run.done
    expect(await closed()).toEqual(['backfill'])
    await backfill(shop.operator()).done
    expect(await closed()).toEqual([])
    await shop.migration.setStage('source-only')
    await shop.migration.setStage('source-first')
    await clean()
    expect(await closed()).toEqual(['backfill'])
    await backfill(shop.operator()).done
    expect(await closed()).toEqual([])
  })

  it('asks that no mismatch is open', async () => {
    await shop.plain.target('labels').where({ code: 'A' }).update({ text: 'wrong' })
    await verify(shop.operator()).done
    expect(await closed()).toEqual(['verified', 'mismatches'])
    await verify(shop.operator(), { repair: true }).done
    expect(await closed()).toEqual([])
  })

  it('asks for one version everywhere, and processes that have seen the stage', async () => {
    const store = shop.migration.stores.source
    const { epoch } = await shop.migration.look()
    const other = { id: 'other', host: 'web', pid: 7, orm: 'knex', stage: 'source-first' } as const
    await store.beat({ ...other, version: '9.9.9', epoch })
    expect(await closed()).toEqual(['versions'])
    await store.forget('other')
    await store.beat({ ...other, version: packageVersion, epoch: epoch - 1 })
    expect(await closed()).toEqual(['processes'])
    await store.forget('other')
    expect(await closed()).toEqual([])
  })

  it('asks for no marks and no lag, and no force opens these', async () => {
    await shop.migration.stores.source.addMark('orders', 'a test')
    expect(await closed()).toEqual(['marks'])
    const error = await refusal(moveStage(shop.migration, 'target-first', { force: true, reason: 'hurry' }))
    expect(error.code).toBe('TW_GATES_CLOSED')
    expect(error.message).toContain('marks: orders, asked for no table mark')
    await shop.migration.load()
    expect(await closed(limitsOf({ lagMs: 0 }))).toEqual([])
  })

  it('is refused by name with what opens it, and forced only with a reason', async () => {
    const limits = { verifiedMs: 0 }
    const error = await refusal(moveStage(shop.migration, 'target-first', { limits }))
    expect(error.code).toBe('TW_GATES_CLOSED')
    expect(error.message).toMatch(
      /verified: clean, .* ago, source primary, asked for .* Run `twinwrite verify[^.]*\.($| [A-Z])/,
    )
    expect((await refusal(moveStage(shop.migration, 'target-first', { limits, force: true }))).code).toBe(
      'TW_CONFIG_INVALID',
    )
    expect((await refusal(moveStage(shop.migration, 'target-only'))).code).toBe('TW_STAGE_STEP')
    const preview = await previewStep(shop.migration, 'target-first', limits)
    expect(preview).toMatchObject({
      kind: 'forward',
      openTransactions: [],
      journalEntries: 0,
      lastPausesMs: [],
    })
    const report = await moveStage(shop.migration, 'target-first', {
      limits,
      force: true,
      reason: 'the old server burns',
      by: 'ann',
    })
    expect(report.switched!.pauseMs).toBeGreaterThan(0)
    const [step] = await auditTrail(shop.migration)
    expect(step).toMatchObject({
      by: 'ann',
      from: 'source-first',
      to: 'target-first',
      reason: 'the old server burns',
      outcome: 'done',
      pauseMs: report.switched!.pauseMs,
    })
    expect(step!.forced.map(({ name }) => name)).toEqual(['verified'])
  })
})

it('a step to the present stage passes its barrier once more', async () => {
  const { stage } = await shop.migration.look()
  expect(await moveStage(shop.migration, stage)).toMatchObject({ from: stage, to: stage, switched: null })
})

it('the way back asks for nothing that takes time', async () => {
  expect(await closed()).toEqual(['verified'])
  const gates = await gatesBefore(shop.migration, 'source-first', limitsOf({ verifiedMs: 0 }))
  expect(gates.map(({ open }) => open)).not.toContain(false)
  await moveStage(shop.migration, 'source-first')
  expect((await previewStep(shop.migration, 'target-first')).lastPausesMs).toHaveLength(2)
})

it('a backfill that begins between the gates and the freeze keeps the switch away', async () => {
  await clean()
  let asked = 0
  const late = shop.migration.switchStage('target-first', {
    closed: () => Promise.resolve(asked++ === 0 ? [] : ['backfill: running']),
  })
  expect((await refusal(late)).message).toContain('closed meanwhile: backfill: running')
  expect(await shop.migration.look()).toMatchObject({ stage: 'source-first', frozen: false })
})

it('tells of a step whose controller died', async () => {
  const begun = { id: 'x', by: 'bob', from: 'source-first', to: 'target-first', reason: null, forced: [] }
  await shop.migration.stores.target.addAudit(JSON.stringify(begun))
  expect((await auditTrail(shop.migration, 1))[0]).toMatchObject({ by: 'bob', outcome: 'unknown' })
})

it('refuses limits that are none', () => {
  expect(() => limitsOf({ lagMs: -1 })).toThrow(/gate limit lagMs is -1/)
  expect(() => limitsOf({ verifyMs: 3 } as never)).toThrow(/no gate limit "verifyMs".*verifiedMs/)
})

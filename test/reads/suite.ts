// The read policy, proved with an app of each ORM: what is told of equal and different answers, what is left alone, and that the app's
// own reads never notice.

import type { RunningMigration } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { type OpenApp, openReads, until, type World } from './world.ts'

const all = { shadow: { rate: 1, settleMs: 10, timeoutMs: 3000 } }

const countersOf = async (migration: RunningMigration) => (await migration.status()).process.counters

/** The first reads are not sampled: what is to be known of the tables is asked for then. */
async function sampled({ app }: World): Promise<void> {
  await until(
    async () => {
      await app.all()
      return app.migration.process.counters
    },
    ({ shadowEqual }) => shadowEqual > 0,
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
}

export function readsSuite(open: OpenApp, sources: readonly Engine[]): void {
  let world: World | undefined
  afterEach(async () => {
    await world?.close()
    world = undefined
  })

  describe.each(sources)('reads from %s to postgres', (source) => {
    it('that are equal on both sides are counted, in source-first and with the sides exchanged', async () => {
      world = await openReads(open, source, { reads: all })
      const { app } = world
      for (const stage of ['source-first', 'target-first'] as const) {
        await app.toStage(stage)
        await app.add(`of ${stage}`)
        await app.settled()
        await sampled(world)
        const before = (await countersOf(app.migration)).shadowEqual
        const asked = 3
        for (let n = 0; n < asked; n++) {
          await app.all()
          const seen = (await countersOf(app.migration)).shadowEqual
          await app.named(`of ${stage}`)
          await until(
            () => countersOf(app.migration),
            (now) => now.shadowEqual > seen,
          )
        }
        const counters = await until(
          () => countersOf(app.migration),
          ({ shadowEqual }) => shadowEqual >= before + asked,
        )
        expect(counters).toMatchObject({ shadowDifferent: 0, shadowFailed: 0 })
      }
      expect((await app.migration.status()).reads?.differing).toEqual([])
    })

    it('find damage on the target, with shape and place but no value; ignored columns are no damage', async () => {
      world = await openReads(open, source, { reads: all })
      const { app, target } = world
      await app.toStage('source-first')
      await app.add('sound')
      await app.settled()
      await sampled(world)
      const { name, id, text } = app.table
      await target.query(
        `UPDATE "${name}" SET "${text}" = 'dented' WHERE "${id}" = (SELECT max("${id}") FROM "${name}")`,
      )
      const rows = await app.all()
      await until(
        () => countersOf(app.migration),
        ({ shadowDifferent }) => shadowDifferent === 1,
      )
      const [found] = (await app.migration.status()).reads!.differing
      expect(found).toMatchObject({
        count: 1,
        values: null,
        path: expect.stringMatching(new RegExp(String.raw`^\[${rows.length - 1}\]\.(name|title)$`)),
      })
      expect(found!.shape).toMatch(/customer|post/i)
      expect(JSON.stringify(found)).not.toMatch(/sound|dented/)
    })

    it('ignore what they are told to', async () => {
      const ignore = ({ path }: { path: string }): boolean => /\.(?:name|title)$/.test(path)
      world = await openReads(open, source, { reads: { shadow: { ...all.shadow, ignore } } })
      const { app, target } = world
      await app.toStage('source-first')
      await app.add('sound')
      await app.settled()
      await sampled(world)
      const { name, text } = app.table
      await target.query(`UPDATE "${name}" SET "${text}" = 'dented'`)
      const { shadowEqual } = app.migration.process.counters
      await app.all()
      await until(
        () => countersOf(app.migration),
        (counters) => counters.shadowEqual > shadowEqual,
      )
      expect(await countersOf(app.migration)).toMatchObject({ shadowDifferent: 0 })
    })

    it('in transactions, with locks, and writes never reach the target; nor does anything without the option', async () => {
      world = await openReads(open, source, { reads: all })
      const { app } = world
      await app.toStage('source-first')
      await sampled(world)
      await app.namedInTransaction('marked-one')
      await app.namedInBatch?.('marked-one')
      await app.namedLocked?.('marked-one')
      await app.named('marked-two')
      await until(
        () => world!.sentToTarget('marked-two'),
        (sent) => sent > 0,
      )
      await app.rawNamed?.('marked-three')
      if (app.rawNamed !== null)
        await until(
          () => world!.sentToTarget('marked-three'),
          (sent) => sent > 0,
        )
      expect(world.sentToTarget('marked-one')).toBe(0)
      await world.close()

      world = await openReads(open, source, {})
      await world.app.toStage('source-first')
      await world.app.named('marked-two')
      await world.app.all()
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(world.sentToTarget('marked-two')).toBe(0)
      const status = await world.app.migration.status()
      expect(status.reads).toBeNull()
      expect(() => world!.app.migration.rampReads(5)).toThrow('TW_CONFIG_INVALID')
    })

    it('of the app are not slower, and do not fail, while the target hangs (W7)', async () => {
      world = await openReads(open, source, { reads: { shadow: { ...all.shadow, timeoutMs: 300 } } })
      const { app, proxy } = world
      await app.toStage('source-first')
      await app.add('one')
      await app.settled()
      await sampled(world)
      const twenty = async (): Promise<number> => {
        const begun = performance.now()
        for (let n = 0; n < 20; n++) expect(await app.all()).not.toHaveLength(0)
        return performance.now() - begun
      }
      const before = await twenty()
      proxy.blackHole()
      expect(await twenty()).toBeLessThan(3 * before + 200)
      await until(
        () => app.migration.process.counters,
        ({ shadowFailed, shadowSkipped }) => shadowFailed >= 2 && shadowSkipped > 0,
      )
      await proxy.heal()
      const { shadowEqual } = app.migration.process.counters
      await until(
        async () => {
          await app.all()
          return app.migration.process.counters
        },
        (counters) => counters.shadowEqual > shadowEqual,
      )
    })

    it('of the ramp are answered by the target, but never before it holds what this process wrote', async () => {
      world = await openReads(open, source, { reads: { ramp: { percent: 100, timeoutMs: 2000 } } })
      const { app, target } = world
      await app.toStage('source-first')
      await app.add('first')
      await app.settled()
      const { name, text } = app.table
      await until(
        async () => {
          await app.all()
          return app.migration.process.counters
        },
        ({ rampServed }) => rampServed > 0,
      )
      const id = (await app.all()).at(-1)!.id

      // Nobody can apply the row while it is locked here.
      await target.query('BEGIN')
      await target.query(`SELECT * FROM "${name}" FOR UPDATE`)
      await app.rename(id, 'second')
      const { rampServed } = app.migration.process.counters
      for (let n = 0; n < 20; n++) {
        expect((await app.all()).at(-1)).toMatchObject({ name: 'second' })
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      expect(app.migration.process.counters.rampServed).toBe(rampServed)
      await target.query('ROLLBACK')
      await until(
        async () => {
          expect((await app.all()).at(-1)).toMatchObject({ name: 'second' })
          return app.migration.process.counters
        },
        (counters) => counters.rampServed > rampServed,
      )

      // Whose answer is it? The target's own.
      await target.query(`UPDATE "${name}" SET "${text}" = 'of the target'`)
      await until(
        async () => (await app.all()).at(-1)!.name,
        (seen) => seen === 'of the target',
      )
      // Never in a transaction.
      const { rampServed: servedBefore } = app.migration.process.counters
      expect(await app.namedInTransaction('of the target')).toEqual([])
      expect((await app.namedInBatch?.('of the target')) ?? []).toEqual([])
      expect(app.migration.process.counters.rampServed).toBe(servedBefore)
      app.migration.rampReads(0)
      expect((await app.all()).at(-1)).toMatchObject({ name: 'second' })
    })

    it('of the ramp fall back to the source while the target hangs', async () => {
      world = await openReads(open, source, { reads: { ramp: { percent: 100, timeoutMs: 50 } } })
      const { app, proxy } = world
      await app.toStage('source-first')
      await app.add('first')
      await app.settled()
      await until(
        async () => {
          await app.all()
          return app.migration.process.counters
        },
        ({ rampServed }) => rampServed > 0,
      )
      proxy.blackHole()
      for (let n = 0; n < 10; n++) expect((await app.all()).at(-1)).toMatchObject({ name: 'first' })
      expect(app.migration.process.counters.rampFellBack).toBeGreaterThan(0)
      await proxy.heal()
    })
  })
}

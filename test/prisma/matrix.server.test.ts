// Every operation of an app in every stage: the wrapped client answers as a plain one does, and both sides hold the same.

import { type Stage, stagePlan, stages } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firstOf } from '../long.ts'
import { openWorld, type World } from './fixture.ts'
import { nestedOperations } from './operations/nested.ts'
import type { Operation } from './operations/operation.ts'
import { rawOperations, readOperations } from './operations/reads.ts'
import { transactionOperations } from './operations/transactions.ts'
import { writeOperations } from './operations/writes.ts'
import { outcomeOf, withoutKeys } from './outcome.ts'

const pairs: readonly (readonly [Engine, Engine])[] = [
  ['postgres', 'mysql'],
  ['mysql', 'postgres'],
  ['mariadb', 'postgres'],
  ['sqlite', 'postgres'],
  ['postgres', 'sqlite'],
]

const operations = [...writeOperations, ...nestedOperations, ...readOperations, ...transactionOperations]

/** Whether the operation is one that the engines of this stage's primary and of the source have. */
function isPossible({ only }: Operation, source: Engine, primary: Engine): boolean {
  return only === undefined || (only.includes(source) && only.includes(primary))
}

describe.each(firstOf(pairs, 3))('Prisma, %s > %s', (source, target) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(source, target)
  })
  afterAll(async () => {
    await world.close()
  })

  describe.each(stages)('in %s', (stage: Stage) => {
    const plan = stagePlan(stage)
    const primary = plan.primary === 'source' ? source : target
    beforeAll(async () => {
      await emptied(world)
      await world.toStage(stage)
    })

    const raw = plan.primary === 'source' ? rawOperations : []
    const possible = [...operations, ...raw].filter((one) => isPossible(one, source, primary))
    it.each(possible.map((one) => [one.title, one] as const))('%s (W1)', async (_title, { run }) => {
      const { prisma, reference } = world
      const sameText = plan.primary === 'source'
      const answered = await outcomeOf(() => run(prisma, source), sameText)
      expect(answered).toEqual(await outcomeOf(() => run(reference, source), sameText))
    })

    it('and all databases hold the same afterwards (W3)', async () => {
      if (plan.journaled) {
        await world.settled()
        expect(await world.contents('source')).toEqual(await world.contents('target'))
      }
      expect(withoutKeys(await world.contents(plan.primary))).toEqual(
        withoutKeys(await world.contents('reference')),
      )
    })
  })
})

/** Takes all rows away, in the way that an app does. */
async function emptied({ prisma, reference }: World): Promise<void> {
  for (const client of [prisma, reference]) {
    await client.comment.deleteMany()
    await client.invoice.deleteMany()
    await client.membership.deleteMany()
    await client.profile.deleteMany()
    await client.post.deleteMany()
    await client.tag.deleteMany()
    await client.group.deleteMany()
    await client.user.deleteMany()
    await client.slot.deleteMany()
    await client.sample.deleteMany()
  }
}

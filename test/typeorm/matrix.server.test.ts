// Every operation of the lists, in every stage of several engine pairs: the app sees what plain TypeORM gives (W1), both sides
// hold the same (W3, W4, W5), and where nobody follows the other side is untouched (W9).

import { otherSide, stagePlan, type Side, type Stage } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builderOperations } from './builder-operations.ts'
import { type Contents, contentsOf, timeless } from './contents.ts'
import { setCounters } from './counters.ts'
import { Member } from './entities.ts'
import { entityOperations } from './entity-operations.ts'
import { firstOf } from '../long.ts'
import { openWorld, pairsOf, type World } from './fixture.ts'
import type { Operation } from './operation.ts'
import { transactionOperations } from './transaction-operations.ts'
import { treeOperations } from './tree-operations.ts'

const suites = {
  entities: entityOperations,
  builders: builderOperations,
  trees: treeOperations,
  transactions: transactionOperations,
} as const

const pairs: readonly (readonly [Engine, Engine])[] = [
  ['mysql', 'postgres'],
  ['mariadb', 'mariadb'],
  ['sqlite', 'sqlite'],
  ['postgres', 'mysql'],
]

interface Outcome {
  /** What the app saw, and what it sees without twinwrite. */
  readonly seen: unknown
  readonly plain: unknown
  /** The side that is primary, the other one now and before, and what plain TypeORM made. */
  readonly here: Contents
  readonly there: Contents
  readonly before: Contents
  readonly reference: Contents
}

const stages: readonly Stage[] = ['source-only', 'source-first', 'target-first', 'target-only']

describe.each(firstOf(pairs, 1))('from %s to %s', (source, target) => {
  describe.each(stages)('in %s', (stage) => {
    let world: World
    let base = 10_000
    const primary = stagePlan(stage, false).primary
    const isFollowed = stagePlan(stage, false).journaled

    beforeAll(async () => {
      const crosses = source !== target
      // Several statements in one text, as the app may allow its MySQL driver.
      const several = crosses && source === 'mysql' ? { options: { multipleStatements: true } } : {}
      world = await openWorld(source, target, { ownEntities: crosses, ...several })
      await world.toStage(stage)
    })
    afterAll(() => world?.close())

    describe.each(Object.entries(suites))('%s', (_name, operations) => {
      const possible = operations.filter(({ only }) => only === undefined || only.includes(source))
      // `$title` would be cut off.
      it.each(possible.map((one) => [one.title, one] as const))('%s', async (_title, operation) => {
        const { seen, plain, here, reference, there, before } = await outcomeOf(operation)
        expect(seen).toEqual(plain)
        expect(sorted(here)).toEqual(sorted(reference))
        expect(there).toEqual(isFollowed ? here : before)
      })
    })

    async function outcomeOf(operation: Operation): Promise<Outcome> {
      const { db, engines } = world
      base += 1000
      await Promise.all([
        setCounters(world.reference, source, base),
        setCounters(world.source, source, base),
        ...(primary === 'target' ? [setCounters(world.target, engines.target, base)] : []),
      ])
      const before = await sideContents(otherSide(primary))
      const plain = await runOn(operation, world.reference)
      const seen = await runOn(operation, db)
      if (isFollowed) await world.settled()
      return {
        seen,
        plain,
        here: await sideContents(primary),
        there: await sideContents(otherSide(primary)),
        reference: await referenceContents(),
        before,
      }
    }

    async function runOn(operation: Operation, db: World['db']): Promise<unknown> {
      Member.useDataSource(db)
      return comparable(await operation.run(db, source))
    }

    function sideContents(side: Side): Promise<Contents> {
      const named = pairsOf(world.source, world.target).map((pair) => [pair[side], pair.source] as const)
      return contentsOf(world[side], named)
    }

    function referenceContents(): Promise<Contents> {
      const pair = pairsOf(world.reference, world.reference)
      return contentsOf(
        world.reference,
        pair.map((one) => [one.source, one.source] as const),
      )
    }

    /** After the switch raw answers are the target's own: other names, and another driver's. */
    function comparable(value: unknown): unknown {
      if (Array.isArray(value)) return value.map(comparable)
      if (typeof value !== 'object' || value === null || value instanceof Date) return timeless(value)
      const members = Object.entries(value).filter(([name]) => primary === 'source' || name !== 'raw')
      return {
        kind: value.constructor.name,
        ...Object.fromEntries(members.map(([name, one]) => [name, comparable(one)])),
      }
    }
  })
})

function sorted(contents: Contents): unknown {
  const order = (left: unknown, right: unknown): number =>
    JSON.stringify(left).localeCompare(JSON.stringify(right))
  return Object.fromEntries(
    Object.entries(contents).map(([table, rows]) => [table, rows.map(timeless).sort(order)]),
  )
}

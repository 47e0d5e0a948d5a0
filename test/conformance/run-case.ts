// One case in one stage: the same rows everywhere, the case on the plain and on the wrapped client, and then all that must hold.

import { inspect } from 'node:util'
import { otherSide, TwinwriteError } from '@twinwrite/core'
import { type Case, caseContext } from './case.ts'
import { comparable, type Likeness } from './comparable.ts'
import { type Contents, differences } from './contents.ts'
import { firstDifferences } from './first-differences.ts'
import type { KnownDifference } from './known-difference.ts'
import type { Subject } from './subject.ts'
import type { World } from './world.ts'

/**
 * @param title of suite and case
 * @returns what does not hold, in sentences; null when the case is not for this pair
 */
export async function runCase<S extends Subject>(
  world: World<S>,
  one: Case<S>,
  title: string,
): Promise<string[] | null> {
  const { orm, pair, primary } = world
  if (one.engines !== undefined && !one.engines.includes(pair.source)) return null
  const known = knownDifference(world, title)
  if (known?.alike === null) return null
  const context = caseContext(pair.source, pair.target)
  await world.reset()
  const startOther = world.followed ? null : await world.contents(otherSide(primary))
  if (mustRefuse(world, one)) {
    const start = await world.contents(primary)
    const error = await one.run(world.wrapped, context).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    const wrong =
      error instanceof TwinwriteError && error.code === 'TW_DIALECT_CROSSED'
        ? []
        : [
            `it should be refused with TW_DIALECT_CROSSED, but ${error === undefined ? 'it ran' : `gave ${inspect(error)}`}`,
          ]
    return [...wrong, ...(await after(world, ['before', start], startOther))]
  }

  if (differs(world, one)) {
    await outcome(() => one.run(world.wrapped, context))
    return after(world, null, startOther)
  }

  const [expected, actual] = await Promise.all([
    outcome(() => one.run(world.plain, context)),
    outcome(() => one.run(world.wrapped, context)),
  ])
  if ('error' in expected) return [`the case fails without twinwrite: ${inspect(expected.error)}`]
  if ('error' in actual) {
    await world.drain()
    return [`it fails with twinwrite only: ${inspect(actual.error)}`]
  }
  const likeness: Likeness =
    primary === 'source' ? 'same' : pair.source === pair.target ? 'renamed' : 'crossed'
  const left = comparable(expected.value, likeness, pair.source, orm.jsonAsText)
  const right = comparable(actual.value, likeness, pair[primary], orm.jsonAsText)
  const wrong = differencesSeen(left, right, known)
  return [
    ...wrong,
    ...(await after(world, ['the plain database', await world.contents('plain')], startOther)),
  ]
}

function knownDifference<S extends Subject>(
  { orm, pair, primary }: World<S>,
  title: string,
): KnownDifference | undefined {
  if (primary === 'source') return undefined
  return orm.knownDifferences.find(
    (known) => known.title === title && known.source === pair.source && known.target === pair.target,
  )
}

function differencesSeen(expected: unknown, actual: unknown, known: KnownDifference | undefined): string[] {
  const found = firstDifferences(expected, actual)
  const { alike, why } = known ?? { alike: null }
  if (alike === null) return found.map((place) => `the app sees ${place}`)
  if (found.length === 0) return [`it differs no more, although ${why}`]
  return firstDifferences(alike(expected), alike(actual)).map((place) => `the app sees ${place}`)
}

function mustRefuse<S extends Subject>(
  { pair, primary }: World<S>,
  { refused, refusedTargets }: Case<S>,
): boolean {
  if (primary === 'source' || refused === undefined) return false
  if (refusedTargets !== undefined && !refusedTargets.includes(pair.target)) return false
  return refused === 'on-target' || pair.source !== pair.target
}

function differs<S extends Subject>({ pair, primary }: World<S>, { differsOn = [] }: Case<S>): boolean {
  return primary === 'target' && pair.source !== pair.target && differsOn.includes(pair.target)
}

/**
 * The primary holds what it should, and the other side the same, or exactly what it held before.
 * @param expected null: whatever it likes
 * @param startOther null: the other side follows
 */
async function after<S extends Subject>(
  world: World<S>,
  expected: readonly [name: string, contents: Contents] | null,
  startOther: Contents | null,
): Promise<string[]> {
  const { primary } = world
  const secondary = otherSide(primary)
  if (startOther === null) await world.drain()
  const [now, other] = await Promise.all([world.contents(primary), world.contents(secondary)])
  return [
    ...(expected === null ? [] : differences(expected, [`the ${primary}`, now])),
    ...(startOther === null
      ? differences([`the ${primary}`, now], [`the ${secondary}`, other])
      : differences([`the ${secondary} before`, startOther], [`the ${secondary} after`, other])),
  ]
}

async function outcome(work: () => Promise<unknown>): Promise<{ value: unknown } | { error: unknown }> {
  try {
    return { value: await work() }
  } catch (error) {
    return { error }
  }
}

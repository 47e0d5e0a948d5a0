// Several programs one after the other on the same rows, then the comparison of the two sides: the unit that passes or fails.

import { otherSide } from '@twinwrite/core'
import { comparable } from '../conformance/comparable.ts'
import { differences } from '../conformance/contents.ts'
import { firstDifferences } from '../conformance/first-differences.ts'
import { everyStep, type Program, type Step } from './program.ts'
import { runStep, type Seen } from './run-program.ts'
import type { World } from './world.ts'

export interface Failure {
  /** Place of the program in its unit; null when only the sides differ at the end. */
  readonly program: number | null
  readonly step: Step | null
  readonly wrong: readonly string[]
  /** The run itself broke off: what it used can't be trusted any more. */
  readonly broken?: true
}

/** Stops at the first thing that is wrong. @returns null when everything holds */
export async function runUnit(
  world: World,
  programs: readonly Program[],
  targetFirst: boolean,
): Promise<Failure | null> {
  await world.drain()
  await world.switchTo(targetFirst ? 'target' : 'source')
  await world.reset()
  for (const [index, program] of programs.entries()) {
    for (const step of program.steps) {
      const wrong = await runBoth(world, step)
      if (wrong.length > 0) return { program: index, step, wrong }
    }
    const wrong = differences(
      ['the plain database', await world.contents('plain', true)],
      [`the ${world.primary}`, await world.contents(world.primary, true)],
    )
    if (wrong.length > 0) return { program: index, step: null, wrong }
  }
  await world.drain()
  const secondary = otherSide(world.primary)
  const wrong = differences(
    [`the ${world.primary}`, await world.contents(world.primary, false)],
    [`the ${secondary}`, await world.contents(secondary, false)],
  )
  return wrong.length > 0 ? { program: null, step: null, wrong } : null
}

async function runBoth(world: World, step: Step): Promise<string[]> {
  const { engine } = world
  if (step.do === 'switch') {
    await world.switchTo(otherSide(world.primary))
    return []
  }
  const [expected, actual] = await Promise.all([
    runStep(world.plain, engine, step),
    runStep(world.wrapped, engine, step),
  ])
  if (burnsIds(step, engine)) await world.alignCounters()
  const likeness = world.primary === 'source' ? 'same' : 'moved'
  const told = (seen: readonly Seen[]): unknown => seen.map(({ saw }) => comparable(saw, likeness, engine))
  const places = firstDifferences(told(expected), told(actual))
  return places.map((place) => `the app sees ${place}${whose(place, expected)}`)
}

/** The statement of which a place like `[2].code` tells. */
function whose(place: string, seen: readonly Seen[]): string {
  const index = /^\[(\d+)\]/.exec(place)?.[1]
  const step = index === undefined ? undefined : seen[Number(index)]?.step
  return step === undefined ? '' : ` (of ${JSON.stringify(step)})`
}

/** Splitting and materialising inserts leaves other gaps, on MySQL and MariaDB only. */
function burnsIds(step: Step, engine: string): boolean {
  if (engine !== 'mysql' && engine !== 'mariadb') return false
  return [...everyStep(step)].some((one) => {
    if (one.do === 'upsert') return true
    if (one.do !== 'insert' && one.do !== 'batchInsert') return false
    return one.rows.some((row) => 'id' in row) && one.rows.some((row) => !('id' in row))
  })
}

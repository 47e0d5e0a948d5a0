// Runs a unit: its programs one after the other on the same rows, on both clients, then the comparison of the two sides.

import { setTimeout } from 'node:timers/promises'
import { otherSide } from '@twinwrite/core'
import { comparable } from '../conformance/comparable.ts'
import { differences } from '../conformance/contents.ts'
import { firstDifferences } from '../conformance/first-differences.ts'
import { losesHiddenIds, withoutIncidents } from './incidental.ts'
import { everyStep, type Step } from './program.ts'
import { runStep, type Seen } from './run-step.ts'
import type { Unit } from './unit.ts'
import type { World } from './world.ts'

export interface Failure {
  /** Place of the program in its unit; null when only the sides differ at the end. */
  readonly program: number | null
  readonly step: Step | null
  readonly wrong: readonly string[]
  /** The run itself broke off: what it used can't be trusted any more. */
  readonly broken?: true
}

/** Longest time for one step; every lock wait of the tests' servers ends long before. */
const stepMs = 60_000

/** Stops at the first thing that is wrong. @returns null when everything holds */
export async function runUnit(world: World, { stage, programs }: Unit): Promise<Failure | null> {
  await world.drain()
  await world.moveTo(stage)
  await world.begin()
  const state: UnitState = { hiddenIds: false }
  for (const [index, program] of programs.entries()) {
    for (const step of program.steps) {
      const wrong = await inTime(step, runBoth(world, step, state))
      if (wrong.length > 0) return { program: index, step, wrong }
    }
    const wrong = differences(
      ['the plain database', await world.contents('plain', true)],
      [`the ${world.primary}`, await world.contents(world.primary, true)],
    )
    if (wrong.length > 0) return { program: index, step: null, wrong }
  }
  const aside = firstDifferences(await world.unmapped('plain'), await world.unmapped('source'))
  if (aside.length > 0)
    return { program: null, step: null, wrong: aside.map((place) => `logs on the source: ${place}`) }
  if (!world.followed) return null
  await world.drain()
  const secondary = otherSide(world.primary)
  const wrong = differences(
    [`the ${world.primary}`, await world.contents(world.primary, false)],
    [`the ${secondary}`, await world.contents(secondary, false)],
  )
  return wrong.length > 0 ? { program: null, step: null, wrong } : null
}

async function inTime<T>(step: Step, work: Promise<T>): Promise<T> {
  const controller = new AbortController()
  const late = setTimeout(stepMs, undefined, { signal: controller.signal }).then(() => {
    throw new Error(`this step did not end within ${stepMs} ms: ${JSON.stringify(step)}`)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    controller.abort()
    await late.catch(() => undefined)
  }
}

interface UnitState {
  /** See `losesHiddenIds`. */
  hiddenIds: boolean
}

async function runBoth(world: World, step: Step, state: UnitState): Promise<string[]> {
  const { engine, plain, wrapped } = world
  const [expected, actual] = await Promise.all([
    runStep(plain, step),
    runStep(wrapped, step),
    step.do === 'move' ? world.moveTo(step.to) : null,
  ])
  if (step.do === 'move' || burnsIds(step, engine)) await world.alignCounters()
  state.hiddenIds ||= losesHiddenIds(expected)
  const likeness = world.primary === 'source' && step.do !== 'move' ? 'same' : 'moved'
  const told = (seen: readonly Seen[]): unknown =>
    seen.map((one) =>
      comparable(withoutIncidents(one, likeness === 'moved', state.hiddenIds), likeness, engine),
    )
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
    if (one.do !== 'insert' && one.do !== 'batchInsert' && one.do !== 'save') return false
    return one.rows.some((row) => 'id' in row) && one.rows.some((row) => !('id' in row))
  })
}

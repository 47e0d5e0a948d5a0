// The units of one ORM on one engine, in one world; a unit that fails is made smaller.

import { setTimeout } from 'node:timers/promises'
import { stages } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import type { Orm } from './orm.ts'
import type { Program } from './program.ts'
import { type Failure, runUnit } from './run-unit.ts'
import { shrink } from './shrink.ts'
import { stageOf, type Unit, unitOf, unitSize, variantOf } from './unit.ts'
import { type Variant, variants } from './variants.ts'
import { World } from './world.ts'

export interface FailedUnit extends Failure {
  readonly unit: Unit
  readonly smallest: readonly Program[]
}

export interface EngineReport {
  readonly orm: string
  readonly engine: Engine
  readonly programs: number
  readonly steps: number
  readonly failed: number
  readonly ms: number
  readonly failures: readonly FailedUnit[]
}

/** After so many failed units the rest is not run. */
const mostFailures = 5
/** Longest time in which a failing unit is made smaller. */
const shrinkMs = 60_000
/** Longest wait for the end of a world that can't be trusted any more. */
const endMs = 5_000

/** @param tell is given each failure as soon as it is as small as it gets */
export async function runEngine(
  orm: Orm,
  engine: Engine,
  { seed, programs, tell }: { seed: number; programs: number; tell: (failed: FailedUnit) => void },
): Promise<EngineReport> {
  const started = Date.now()
  const failures: FailedUnit[] = []
  const done: Unit[] = []
  for (const variant of Object.keys(variants) as Variant[]) {
    const units = unitsFrom(orm, engine, seed, programs).filter((unit) => variantOf(unit.seed) === variant)
    if (units.length === 0) continue
    let world = await World.open(orm, engine, variant)
    try {
      for (const unit of units) {
        if (failures.length === mostFailures) break
        done.push(unit)
        const failure = await tryUnit(world, unit)
        if (failure === null) continue
        const shrunk = await smallest(world, unit, failure)
        world = shrunk.world
        failures.push({ unit, ...shrunk.failure, smallest: shrunk.programs })
        tell(failures.at(-1)!)
      }
    } finally {
      await end(world)
    }
  }
  const all = done.flatMap((unit) => unit.programs)
  return {
    orm: orm.name,
    engine,
    programs: all.length,
    steps: all.reduce((sum, { steps }) => sum + steps.length, 0),
    failed: failures.length,
    ms: Date.now() - started,
    failures,
  }
}

/** In the order of the stages, since no way leads back from the last one. */
function unitsFrom(orm: Orm, engine: Engine, first: number, programs: number): Unit[] {
  const units: Unit[] = []
  for (let left = programs; left > 0; left -= unitSize) {
    units.push(unitOf(orm, engine, first + units.length, Math.min(unitSize, left)))
  }
  const place = ({ seed }: Unit): number => stages.indexOf(stageOf(seed))
  return units.sort((one, other) => place(one) - place(other))
}

async function tryUnit(world: World, unit: Unit): Promise<Failure | null> {
  try {
    return await runUnit(world, unit)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { program: null, step: null, wrong: [text], broken: true }
  }
}

/** What broke off may have left anything behind, such as an open transaction: then the next smaller unit gets a new world. */
async function smallest(
  given: World,
  unit: Unit,
  first: Failure,
): Promise<{ world: World; failure: Failure; programs: readonly Program[] }> {
  let [world, failure, isTrusted] = [given, first, first.broken !== true]
  const renew = async (): Promise<void> => {
    await end(world)
    world = await World.open(given.orm, given.engine, variantOf(unit.seed))
  }
  const until = Date.now() + shrinkMs
  const programs = await shrink(unit.programs, async (smaller) => {
    if (Date.now() > until) return false
    if (!isTrusted) await renew()
    const still = await tryUnit(world, { ...unit, programs: smaller })
    isTrusted = still?.broken !== true
    if (still === null || kindOf(still) !== kindOf(first)) return false
    failure = still
    return true
  })
  await renew()
  return { world, failure, programs }
}

/** Failures of another kind must not take the place of the one that was found. */
function kindOf({ step, wrong: [sentence = ''] }: Failure): string {
  return step === null
    ? 'rows'
    : sentence
        .replace(/ instead of .*$/s, '')
        .replaceAll(/\d+/g, '')
        .slice(0, 100)
}

/** Never rejects, and does not wait for what hangs. */
async function end(world: World): Promise<void> {
  const controller = new AbortController()
  const late = setTimeout(endMs, undefined, { signal: controller.signal }).catch(() => undefined)
  await Promise.race([world.end().catch(() => undefined), late])
  controller.abort()
}

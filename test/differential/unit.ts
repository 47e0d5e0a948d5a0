// Several programs that share one start and one comparison of the sides: what passes or fails. All of it follows from the seed.

import { type Stage, stages } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { type Random, seeded } from '../random.ts'
import { generate } from './generate.ts'
import type { Orm } from './orm.ts'
import type { Program } from './program.ts'
import { type Variant, variants } from './variants.ts'

export const unitSize = 8

export interface Unit {
  readonly seed: number
  /** In which it begins. */
  readonly stage: Stage
  readonly programs: readonly Program[]
}

/** Of ten units: one without a secondary at first, one without a secondary for good, three with the target as primary. */
const beginnings = [
  'source-only',
  'target-only',
  'target-first',
  'target-first',
  'target-first',
  'source-first',
  'source-first',
  'source-first',
  'source-first',
  'source-first',
] as const satisfies readonly Stage[]

export const stageOf = (seed: number): Stage => beginnings[seed % beginnings.length]!

/** One unit of four. */
export const variantOf = (seed: number): Variant => (seed % 4 === 3 ? 'careful' : 'usual')

export function unitOf(orm: Orm, engine: Engine, seed: number, count: number): Unit {
  const random = seeded(seed)
  const stage = stageOf(seed)
  // Without `undo` nothing leads out of target-only.
  const ways = stages.filter((one) => one !== 'target-only' || variants[variantOf(seed)].undo)
  const travels = ways.includes(stage) && (stage === 'source-only' || random.chance(0.3))
  let at: Stage = stage
  const programs = Array.from({ length: count }, (_, index) => {
    const moves = travels && index % 4 === 1 ? walk(ways, at, 1 + random.below(2), random) : []
    at = moves.at(-1) ?? at
    return generate(seed * 1000 + index, { orm, engine, moves })
  })
  return { seed, stage, programs }
}

function walk(ways: readonly Stage[], from: Stage, length: number, random: Random): Stage[] {
  const moves: Stage[] = []
  for (let at = ways.indexOf(from); moves.length < length;) {
    at = at === 0 ? 1 : at === ways.length - 1 ? at - 1 : at + random.pick([-1, 1, 1])
    moves.push(ways[at]!)
  }
  return moves
}

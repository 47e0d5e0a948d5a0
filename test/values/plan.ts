// What a round tries: all types at their edges, or some of them with random values and with targets of the generator's choice.

import type { Engine } from '@twinwrite/testkit'
import fc from 'fast-check'
import type { Pair, PlannedColumn } from './planned.ts'
import { typesOf } from './types/by-engine.ts'

/** @param share 1: all; else about so many of the values, taken from everywhere */
export function edges({ source }: Pair, share: number): PlannedColumn[] {
  return typesOf[source].map(({ declared, edges: values }, index) => ({
    declared,
    to: null,
    values: values.filter((_, position) => (position + index) % Math.round(1 / share) === 0),
  }))
}

/** Made smaller by fewer columns and fewer values. */
export function randomPlan({ source, target }: Pair): fc.Arbitrary<PlannedColumn[]> {
  const column = fc
    .tuple(fc.nat(typesOf[source].length - 1), fc.nat(typesOf[target].length - 1), fc.boolean())
    .chain(([from, to, proposed]): fc.Arbitrary<PlannedColumn> => {
      const type = typesOf[source][from]!
      const values = fc.array(fc.oneof(type.random, fc.constantFrom(...type.edges)), {
        minLength: 1,
        maxLength: 15,
      })
      const chosen = proposed ? null : declaredIn(target, to)
      return values.map((some) => ({ declared: type.declared, to: chosen, values: some }))
    })
  return fc.array(column, { minLength: 1, maxLength: 40, size: 'max' })
}

function declaredIn(engine: Engine, index: number): string {
  return typesOf[engine][index]!.declared
}

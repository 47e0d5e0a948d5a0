// What an ORM itself does otherwise on the two engines of a pair, by the name of the case and with the reason. What is left
// is compared as always; a case that does not differ any more is a failure, so that the list stays true.

import type { Engine } from '@twinwrite/testkit'

/** Holds while the target is primary. */
export interface KnownDifference {
  /** Suite and case. */
  readonly title: string
  readonly source: Engine
  readonly target: Engine
  readonly why: string
  /** Makes equal answers of the two engines' own; null: no row of the case can be had on both, so that it can't be run. */
  readonly alike: ((answer: unknown) => unknown) | null
}

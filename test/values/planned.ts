// What a round is asked to do.

import type { Engine } from '@twinwrite/testkit'

export interface Pair {
  readonly source: Engine
  readonly target: Engine
}

export interface PlannedColumn {
  readonly declared: string
  /** Declared type in the target; null: what is proposed. */
  readonly to: string | null
  /** SQL literals. */
  readonly values: readonly string[]
}

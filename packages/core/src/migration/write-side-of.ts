// What the app's connections to one side get of the running migration.

import type { Direction } from '../apply/direction.ts'
import type { Reporter } from '../events.ts'
import type { Migration } from '../mapping/config.ts'
import type { ReadPolicy } from '../reads/read-policy.ts'
import type { Follower } from '../relay/follower.ts'
import type { StageView } from '../stage-view.ts'
import type { WriteSide } from '../write/write-side.ts'
import type { SideRuntime } from './side-runtime.ts'
import { openStrictWrite } from './strict-write.ts'

export interface WriteSurroundings extends Pick<WriteSide, 'ownerOf'> {
  readonly migration: Migration
  readonly view: StageView
  readonly reporter: Reporter
  readonly follower: Follower
  readonly reads: ReadPolicy | null
  /** Null while nobody follows. */
  direction(): Direction | null
}

export function writeSideOf(runtime: SideRuntime, around: WriteSurroundings): WriteSide {
  const { view, reporter, follower, reads, ownerOf } = around
  const { uncaptured, armed, level, apply, applyBudgetMs } = around.migration
  const { side } = runtime
  const strict: WriteSide['strict'] = async (changes, readRows) => {
    const direction = around.direction()
    const usable = direction?.primarySide === side && follower.breaker === 'closed'
    return usable ? openStrictWrite(direction, changes, readRows) : null
  }
  return {
    side,
    get engine() {
      return runtime.engine
    },
    get dialect() {
      return runtime.dialect
    },
    get capturer() {
      return runtime.capturer
    },
    view,
    reporter,
    captureSide: () => runtime.captureSide(),
    ownerOf,
    uncaptured,
    armed,
    journaled: level !== 'unjournaled',
    strict: level === 'strict' ? strict : null,
    unsure: (tables) => reads?.wroteTables(tables()),
    committed: (changes) => {
      reads?.wrote(changes)
      return apply === 'await' ? follower.hintAndWait(changes, applyBudgetMs) : follower.hint(changes)
    },
  }
}

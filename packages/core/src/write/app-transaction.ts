// A transaction of the app: the stage it began with, what it touched, and what the server made of it.

import { ChangeSet } from '../change.ts'
import type { StageState } from '../stage-view.ts'

export class AppTransaction {
  /** The stage it began with; it stays on this side whatever happens. */
  readonly state: StageState
  readonly changes = new ChangeSet()
  /** From the BEGIN or SET statement; null: the session's default. */
  isolation: string | null
  /** PostgreSQL: a statement failed, the server will answer COMMIT with ROLLBACK. */
  failed = false
  /** The server has ended it: only a rollback may follow. */
  dead = false
  /** A statement took effect and its keys were not found: only a rollback may follow, to a savepoint at least. */
  uncaptured = false
  /** It wrote a mapped table, in a stage that leaves no journal entries. */
  wroteUnjournaled = false
  readonly #ended: (() => void) | undefined

  constructor(state: StageState, isolation: string | null, ended?: () => void) {
    this.state = state
    this.isolation = isolation
    this.#ended = ended
  }

  end(): void {
    this.#ended?.()
  }
}

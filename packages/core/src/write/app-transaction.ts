// A transaction of the app: the stage it began with, what it touched, and what the server made of it. Where it writes tables of
// another migration of the process, it has a part of that one beside it.

import { ChangeSet } from '../change.ts'
import type { StageState } from '../stage-view.ts'
import type { WriteSide } from './write-side.ts'

export class AppTransaction {
  /** The stage it began with; it stays on this side whatever happens. */
  readonly state: StageState
  readonly changes: ChangeSet
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
  /** What it wrote for other migrations. */
  readonly parts = new Map<WriteSide, AppTransaction>()
  readonly #ended: (() => void) | undefined

  constructor(
    state: StageState,
    isolation: string | null,
    ended?: () => void,
    changes: ChangeSet = new ChangeSet(),
  ) {
    this.state = state
    this.isolation = isolation
    this.#ended = ended
    this.changes = changes
  }

  /** Begins what it writes for another migration: in the stage that this one has now, whose writes begin only here. */
  begin(side: WriteSide, state: StageState): AppTransaction {
    const ended = state.plan.journaled ? undefined : side.view.unjournaled(state)
    const part = new AppTransaction(state, this.isolation, ended, this.changes.beside())
    this.parts.set(side, part)
    return part
  }

  savepoint(name: string): void {
    for (const { changes } of this.#all()) changes.savepoint(name)
  }

  release(name: string): void {
    for (const { changes } of this.#all()) changes.release(name)
  }

  rollbackTo(name: string): void {
    for (const { changes } of this.#all()) changes.rollbackTo(name)
    this.failed = false
    this.uncaptured = false
  }

  /** Rows it touched, of all migrations. */
  get size(): number {
    return this.#all().reduce((sum, { changes }) => sum + changes.size, 0)
  }

  end(): void {
    for (const part of this.parts.values()) part.end()
    this.#ended?.()
  }

  #all(): AppTransaction[] {
    return [this, ...this.parts.values()]
  }
}

// Which tables this process has written and the other side may not hold yet: a read of them must not go there. A write leaves its entry in
// the journal before it commits, and the entry is gone only after the row is applied; so the write has arrived as soon as the journal,
// read later, holds nothing that is older than it.

import type { Clock } from '../clock.ts'
import type { JournalState } from '../store.ts'

/** Ages are differences of a database's clock in whole milliseconds, elapsed time is of our own. */
export const clockErrorMs = 20

/** Whether all that was journaled before a moment of our clock has arrived, by a look into the journal that began at another one. */
export function arrived(state: JournalState, lookedAt: number, moment: number): boolean {
  if (lookedAt < moment) return false
  return state.oldestMs === null || state.oldestMs + clockErrorMs < lookedAt - moment
}

export class OwnWrites {
  readonly #clock: Clock
  /** When each table was last written. */
  readonly #written = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Before the app hears of a commit, or of one whose outcome is not known. */
  wrote(tables: Iterable<string>): void {
    const now = this.#clock.now()
    for (const table of tables) this.#written.set(table, now)
  }

  mayMiss(tables: readonly string[]): boolean {
    return tables.some((table) => this.#written.has(table))
  }

  /** @param state what a look into the journal of all writes said @param lookedAt when it began */
  looked(state: JournalState, lookedAt: number): void {
    for (const [table, at] of this.#written) if (arrived(state, lookedAt, at)) this.#written.delete(table)
  }
}

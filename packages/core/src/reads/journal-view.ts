// What the primary's journal said lately. Asked again in the background when somebody needs to know, at most one look at a time, on
// connections of our own.

import type { Clock } from '../clock.ts'
import { type JournalState, StoreError } from '../store.ts'

/** Between two looks (ms) while somebody asks. */
const restMs = 50

export class JournalView {
  readonly #clock: Clock
  readonly #read: () => Promise<JournalState>
  readonly #looked: (state: JournalState, lookedAt: number) => void
  #latest: { readonly state: JournalState; readonly at: number } | undefined
  #looking: Promise<void> | undefined
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(
    clock: Clock,
    read: () => Promise<JournalState>,
    looked: (state: JournalState, lookedAt: number) => void,
  ) {
    this.#clock = clock
    this.#read = read
    this.#looked = looked
  }

  /** The state, unless the latest look is older than `maxAgeMs`. Looks again soon in any case. */
  recent(maxAgeMs: number): JournalState | null {
    const now = this.#clock.now()
    if (this.#looking === undefined && now - this.#askedAt >= restMs) this.#look(now)
    return this.#latest !== undefined && now - this.#latest.at <= maxAgeMs ? this.#latest.state : null
  }

  #look(now: number): void {
    this.#askedAt = now
    this.#looking = this.#read()
      .then((state) => {
        this.#latest = { state, at: now }
        this.#looked(state, now)
      })
      .catch((error: unknown) => {
        this.#latest = undefined
        if (!(error instanceof StoreError)) throw error
      })
      .finally(() => {
        this.#looking = undefined
      })
  }
}

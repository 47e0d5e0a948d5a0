// Makes a long run wait while it would harm others, and says why. Every worker of a run passes the same throttle before each piece.

import type { Clock } from '../clock.ts'
import { StoreError } from '../store.ts'

/** Something that a run must not harm. */
export interface Brake {
  /** Why the run has to wait now, in words for an operator; null when it may go on. @throws StoreError it can't tell, so the run waits */
  look(): Promise<string | null>
}

export interface ThrottleOptions {
  /** Null: no limit. */
  readonly rowsPerSecond: number | null
  readonly brakes: readonly Brake[]
}

/** Milliseconds for which an answer of the brakes counts. */
const lookMs = 1000
/** Longest rest between two looks, so that a change of the limit or a stop is seen. */
const restMs = 250

export class Throttle {
  readonly #clock: Clock
  readonly #brakes: readonly Brake[]
  #rowsPerSecond: number | null
  /** When the rows that were let through are done at the limit. */
  #freeAt = 0
  #looked = -Infinity
  #looking: Promise<void> | undefined
  #braked: string | null = null
  #limited = 0

  constructor(clock: Clock, { rowsPerSecond, brakes }: ThrottleOptions) {
    this.#clock = clock
    this.#rowsPerSecond = rowsPerSecond
    this.#brakes = brakes
  }

  /** Why somebody waits now; null when nobody does. */
  get reason(): string | null {
    if (this.#braked !== null) return this.#braked
    return this.#limited > 0 && this.#rowsPerSecond !== null ? `limit of ${this.#rowsPerSecond} rows/s` : null
  }

  retune(rowsPerSecond: number | null): void {
    this.#rowsPerSecond = rowsPerSecond
    this.#freeAt = Math.min(this.#freeAt, this.#clock.now())
  }

  /** Resolves when a piece of so many rows may begin; rejects with the signal's reason. */
  async pass(rows: number, signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted()
      await this.#look()
      if (this.#braked === null) break
      await this.#clock.sleep(restMs, signal)
    }
    const due = this.#reserve(rows)
    this.#limited++
    try {
      while (this.#rowsPerSecond !== null && due > this.#clock.now())
        await this.#clock.sleep(Math.min(due - this.#clock.now(), restMs), signal)
    } finally {
      this.#limited--
    }
  }

  /** When a piece of so many rows may begin; those behind it wait for its rows, too. */
  #reserve(rows: number): number {
    const due = Math.max(this.#freeAt, this.#clock.now())
    const limit = this.#rowsPerSecond
    if (limit !== null) this.#freeAt = due + (rows * 1000) / limit
    return due
  }

  /** One look for all workers. */
  #look(): Promise<void> {
    if (this.#clock.now() - this.#looked < lookMs) return Promise.resolve()
    this.#looking ??= this.#askBrakes().finally(() => {
      this.#looked = this.#clock.now()
      this.#looking = undefined
    })
    return this.#looking
  }

  async #askBrakes(): Promise<void> {
    const reasons = await Promise.all(this.#brakes.map(asked))
    this.#braked = reasons.find((reason) => reason !== null) ?? null
  }
}

/** What can't be asked may be down because of us. */
async function asked(brake: Brake): Promise<string | null> {
  try {
    return await brake.look()
  } catch (error) {
    if (error instanceof StoreError) return `the ${error.side} does not say how it is: ${error.message}`
    throw error
  }
}

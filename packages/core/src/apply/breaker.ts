// Keeps a bad secondary from being tried by every write (PROTOCOL 5.8). Pure but for the clock, which is a port:
// the simulator runs it, so it can't be a library that reads the system's time.

import type { Clock } from '../clock.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerOptions {
  /** Consecutive failures that open it. */
  readonly failures: number
  /** Milliseconds from one probe to the next while it is open. */
  readonly probeMs: number
}

export class Breaker {
  readonly #clock: Clock
  readonly #options: BreakerOptions
  #failures = 0
  #openedAt = 0

  constructor(clock: Clock, options: BreakerOptions) {
    this.#clock = clock
    this.#options = options
  }

  get state(): BreakerState {
    if (this.#failures < this.#options.failures) return 'closed'
    return this.waitMs() > 0 ? 'open' : 'half-open'
  }

  /** Milliseconds until the next probe; 0 when the secondary may be tried. */
  waitMs(): number {
    if (this.#failures < this.#options.failures) return 0
    return Math.max(0, this.#openedAt + this.#options.probeMs - this.#clock.now())
  }

  succeeded(): void {
    this.#failures = 0
  }

  /** Returns true when this failure opened the breaker. */
  failed(): boolean {
    this.#failures++
    this.#openedAt = this.#clock.now()
    return this.#failures === this.#options.failures
  }
}

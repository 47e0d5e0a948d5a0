// How fast a long run was lately: an average since the beginning says nothing about when it ends.

import type { Clock } from '../clock.ts'

/** Milliseconds that count as lately. */
const windowMs = 30_000
/** Milliseconds whose rows are counted together. */
const slotMs = 500

export class RecentRate {
  readonly #clock: Clock
  readonly #slots: { at: number; rows: number }[] = []
  readonly #begun: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#begun = clock.now()
  }

  add(rows: number): void {
    const now = this.#clock.now()
    const last = this.#slots.at(-1)
    if (last !== undefined && now - last.at < slotMs) last.rows += rows
    else this.#slots.push({ at: now, rows })
    this.#forget(now)
  }

  /** Rows per second of the last half minute, or since the beginning when that is less. */
  perSecond(): number {
    const now = this.#clock.now()
    this.#forget(now)
    const span = Math.min(now - this.#begun, windowMs)
    const rows = this.#slots.reduce((sum, slot) => sum + slot.rows, 0)
    return span <= 0 ? 0 : (rows * 1000) / span
  }

  /** Milliseconds until so many rows are done at this rate; null while nothing moves. */
  etaMs(rowsLeft: number): number | null {
    const rate = this.perSecond()
    return rate > 0 ? (Math.max(0, rowsLeft) / rate) * 1000 : null
  }

  #forget(now: number): void {
    while (this.#slots.length > 0 && now - this.#slots[0]!.at >= windowMs) this.#slots.shift()
  }
}

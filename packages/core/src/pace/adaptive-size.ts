// How many rows the next piece of a long run takes, so that a piece lasts about as long as was asked: long ones hold locks and hide
// a kill, short ones waste round trips.

export interface SizeLimits {
  /** Milliseconds that a piece should last. */
  readonly targetMs: number
  readonly min: number
  readonly max: number
  readonly first: number
}

/** A piece never grows or shrinks by more than this factor at once: one slow answer is no reason to crawl. */
const maxStep = 2

export class AdaptiveSize {
  #limits: SizeLimits
  #rows: number

  constructor(limits: SizeLimits) {
    this.#limits = limits
    this.#rows = clamped(limits.first, limits)
  }

  /** Size of the next piece. */
  get rows(): number {
    return Math.round(this.#rows)
  }

  /** A piece of so many rows lasted so long. Pieces much smaller than asked for (the end of a table) teach nothing. */
  took(rows: number, ms: number): void {
    if (rows < this.#rows / 2) return
    const ideal = (rows * this.#limits.targetMs) / Math.max(ms, 0.1)
    const step = Math.min(Math.max(ideal / this.#rows, 1 / maxStep), maxStep)
    this.#rows = clamped(this.#rows * step, this.#limits)
  }

  retune(change: Partial<SizeLimits>): void {
    this.#limits = { ...this.#limits, ...change }
    this.#rows = clamped(this.#rows, this.#limits)
  }
}

function clamped(rows: number, { min, max }: SizeLimits): number {
  return Math.min(Math.max(rows, min, 1), max)
}

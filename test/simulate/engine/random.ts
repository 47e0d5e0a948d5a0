// Seeded randomness: one generator decides everything that happens in a simulated run, so a seed is a run.

/** xorshift128 (Marsaglia 2003), seeded through splitmix32 so that neighbouring seeds have nothing in common. */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: number) {
    let state = seed | 0
    const split = (): number => {
      state = (state + 0x9e3779b9) | 0
      let mixed = state ^ (state >>> 16)
      mixed = Math.imul(mixed, 0x21f0aaad)
      mixed ^= mixed >>> 15
      mixed = Math.imul(mixed, 0x735a2d97)
      return mixed ^ (mixed >>> 15)
    }
    this.#a = split()
    this.#b = split()
    this.#c = split()
    this.#d = split() | 1
  }

  /** Uniform in 0 .. 2^32-1. */
  bits(): number {
    let mixed = this.#d
    const first = this.#a
    this.#d = this.#c
    this.#c = this.#b
    this.#b = first
    mixed ^= mixed << 11
    mixed ^= mixed >>> 8
    this.#a = mixed ^ first ^ (first >>> 19)
    return this.#a >>> 0
  }

  /** Uniform in 0 .. limit-1. */
  below(limit: number): number {
    return this.bits() % limit
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return this.bits() / 0x1_0000_0000
  }

  /** True once in `times`; never when that is 0. */
  oneIn(times: number): boolean {
    return times > 0 && this.bits() % times === 0
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}

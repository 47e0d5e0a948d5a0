// Whether the next chunk of a table is tried as a whole. Where rows of it stand there already it is not taken, so that after each clash twice
// as many chunks go row by row before the next try.

/** Most chunks between two tries. */
const mostRest = 64

export class Clashes {
  readonly #tables = new Map<string, { rest: number; left: number }>()

  mayFill(table: string): boolean {
    const state = this.#tables.get(table)
    if (state === undefined || state.left === 0) return true
    state.left--
    return false
  }

  filled(table: string): void {
    this.#tables.delete(table)
  }

  clashed(table: string): void {
    const rest = Math.min(2 * (this.#tables.get(table)?.rest ?? 0.5), mostRest)
    this.#tables.set(table, { rest, left: rest })
  }
}

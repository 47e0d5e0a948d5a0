// The latest distinct reads that differed, each with its number and the first place where it did.

import type { Difference } from './difference.ts'

export interface DifferingShape {
  readonly shape: string
  readonly count: number
  /** Of the latest one. */
  readonly path: string
  /** Null unless option `showValues` is set. */
  readonly values: { readonly primary: string; readonly secondary: string } | null
  /** When it differed last; ISO 8601 by this process's clock. */
  readonly at: string
}

const kept = 20

export class DifferingShapes {
  readonly #shapes = new Map<string, DifferingShape>()
  readonly #showValues: boolean

  constructor(showValues: boolean) {
    this.#showValues = showValues
  }

  /** Latest first. */
  get list(): readonly DifferingShape[] {
    return [...this.#shapes.values()].toReversed()
  }

  add(shape: string, { path, primary, secondary }: Difference): void {
    const count = (this.#shapes.get(shape)?.count ?? 0) + 1
    const values = this.#showValues ? { primary, secondary } : null
    this.#shapes.delete(shape)
    this.#shapes.set(shape, { shape, count, path, values, at: new Date().toISOString() })
    const [oldest] = this.#shapes.keys()
    if (this.#shapes.size > kept) this.#shapes.delete(oldest!)
  }
}

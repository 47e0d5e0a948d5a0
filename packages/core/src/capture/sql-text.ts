// Builds a statement out of pieces of the app's statement and text of ours, with the bindings that each piece
// needs, and can tell where in the app's text a place of the new text came from. Upholds W1, W14.

import type { Column } from '../catalog.ts'
import type { SqlDialect } from '../dialect.ts'
import type { Placeholder, Range } from '../scan/statement.ts'
import type { Statement } from '../statement.ts'

/** Stands for a placeholder while the dialect builds an expression, which may use it more than once. */
const slot = '\u0001'

export class SqlText {
  readonly #source: Statement
  readonly #placeholders: readonly Placeholder[]
  readonly #dialect: SqlDialect
  readonly #numbered: boolean
  readonly #bindings: unknown[]
  readonly #places: (number | null)[]
  /** Number of each parameter of the source in the new text, where placeholders are numbered. */
  readonly #numbers: Map<number, number> | null
  readonly #pieces: { readonly at: number; readonly from: number; readonly length: number }[] = []
  #sql = ''

  /** @param purpose `rewrite`: the app's statement with additions; `extract`: a new statement with parts of it */
  constructor(
    dialect: SqlDialect,
    source: Statement,
    placeholders: readonly Placeholder[],
    purpose: 'rewrite' | 'extract',
  ) {
    this.#dialect = dialect
    this.#source = source
    this.#placeholders = placeholders
    this.#numbered = dialect.placeholder(1) !== dialect.placeholder(2)
    this.#numbers = this.#numbered && purpose === 'extract' ? new Map() : null
    this.#bindings = this.#numbered && purpose === 'rewrite' ? [...source.bindings] : []
    this.#places = this.#bindings.map((_, place) => place)
  }

  /** Text of ours; anything but constants must come from the dialect (W14). */
  add(sql: string): this {
    this.#sql += sql
    return this
  }

  /** A value of ours. */
  value(bound: unknown): this {
    return this.add(this.#bind(bound))
  }

  /** A canonical text as a value of the column's type. */
  typed(column: Column, text: string): this {
    const pieces = this.#dialect.typed(column, slot, text).split(slot)
    if (this.#numbered) return this.add(pieces.join(this.#bind(text)))
    for (const [index, piece] of pieces.entries()) this.add(index === 0 ? piece : this.#bind(text) + piece)
    return this
  }

  /** A piece of the app's statement with its parameters. */
  copy({ start, end }: Range): this {
    let from = start
    for (const { range, param } of this.#placeholders) {
      if (range.start < start || range.end > end) continue
      const marker = this.#marker(param, range)
      this.#piece(from, range.start)
      this.#sql += marker
      from = range.end
    }
    this.#piece(from, end)
    return this
  }

  /** From `start` to the end of the app's statement. */
  copyRest(start: number): this {
    return this.copy({ start, end: this.#source.sql.length })
  }

  /** Canonical text of a piece of the app's statement, stored in the column. */
  canonical(column: Column, range: Range): this {
    const pieces = this.#dialect.canonical(column, slot).split(slot)
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) this.copy(range)
      this.add(piece)
    }
    return this
  }

  build(): Statement {
    const taken = { from: this.#source, places: this.#places }
    return { sql: this.#sql, bindings: this.#bindings, taken }
  }

  /** Offset in the app's statement of an offset in the built one; null when that text is ours. */
  origin(offset: number): number | null {
    const piece = this.#pieces.findLast(({ at }) => at <= offset)
    if (piece === undefined || offset >= piece.at + piece.length) return null
    return piece.from + offset - piece.at
  }

  /** The placeholder must be added before the next value is bound. */
  #bind(bound: unknown, place: number | null = null): string {
    this.#bindings.push(bound)
    this.#places.push(place)
    return this.#dialect.placeholder(this.#bindings.length)
  }

  #piece(from: number, to: number): void {
    if (from >= to) return
    this.#pieces.push({ at: this.#sql.length, from, length: to - from })
    this.#sql += this.#source.sql.slice(from, to)
  }

  #marker(param: number, range: Range): string {
    const numbers = this.#numbers
    if (numbers !== null) {
      let number = numbers.get(param)
      if (number === undefined) {
        number = this.#bindings.length + 1
        numbers.set(param, number)
        return this.#bind(this.#source.bindings[param], param)
      }
      return this.#dialect.placeholder(number)
    }
    if (this.#numbered) return this.#source.sql.slice(range.start, range.end)
    return this.#bind(this.#source.bindings[param], param)
  }
}

// Columns whose values are not to leave the databases: shown as stars with a hash, by which equal values can still be told.

import { createHash } from 'node:crypto'

export class Mask {
  readonly #columns: ReadonlySet<string>

  /** @param columns as `table.column` */
  constructor(columns: readonly string[]) {
    this.#columns = new Set(columns)
  }

  shown(table: string, column: string, text: string | null): string | null {
    if (text === null || !this.#columns.has(`${table}.${column}`)) return text
    return `*** ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  }
}

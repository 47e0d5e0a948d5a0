// Columns whose values are not to leave the databases: shown as stars with a hash, by which equal values can still be told.

import { createHash } from 'node:crypto'
import { type Direction, type TableNames, TwinwriteError } from '@twinwrite/core'

export class Mask {
  readonly #columns: ReadonlySet<string>
  readonly #tables: ReadonlySet<string>

  /**
   * @param columns as `table.column`, with the column's name on either side: it is masked on both, and with it those that a conversion
   * of the table's rows may make of it
   * @throws TwinwriteError `TW_COLUMN_UNKNOWN`: a name that is mistyped would show what it should hide
   */
  constructor(
    columns: readonly string[],
    { tables }: Pick<Direction, 'tables'>,
    names: readonly TableNames[],
  ) {
    this.#tables = new Set(columns.map((column) => column.slice(0, column.lastIndexOf('.'))))
    this.#columns = new Set(
      columns.flatMap((column) => {
        const dot = column.lastIndexOf('.')
        const [table, name] = [column.slice(0, dot), column.slice(dot + 1)]
        const sides = tables.get(table)
        const known = sides === undefined ? [] : [...sides.from.table.columns, ...sides.to.table.columns]
        if (!known.some((one) => one.name === name)) throw unknown(column)
        const mapping = names.find((one) => one.mapping === table)
        const pairs = [...(mapping?.columns ?? [])]
        const others = pairs.filter((pair) => pair.includes(name)).flat()
        const paired = new Set(pairs.flat())
        const made = mapping?.converted === true ? known.filter((one) => !paired.has(one.name)) : []
        return [name, ...others, ...made.map((one) => one.name)].map((one) => `${table}.${one}`)
      }),
    )
  }

  /** Whether a column of the table is masked. */
  hides(table: string): boolean {
    return this.#tables.has(table)
  }

  shown(table: string, column: string, text: string | null): string | null {
    if (text === null || !this.#columns.has(`${table}.${column}`)) return text
    return `*** ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  }
}

function unknown(column: string): TwinwriteError {
  return new TwinwriteError('TW_COLUMN_UNKNOWN', `mask: there is no column ${JSON.stringify(column)}`, {
    hint: 'Write `table.column`, with the name of the mapping.',
  })
}

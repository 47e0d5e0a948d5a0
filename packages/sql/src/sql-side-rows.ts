// Rows of one side on a real server, to be compared.

import {
  encodeKey,
  type Key,
  type KeyedRow,
  type KeyRange,
  type Row,
  type Side,
  type SideRows,
  type SideTable,
} from '@twinwrite/core'
import { nothing, raw, type Sql, sql } from './sql-text.ts'
import { type ContextOptions, StoreContext } from './store/context.ts'
import { limitText } from './store/journal.ts'
import { inKeyOrder, withinRange } from './store/key-range.ts'

export class SqlSideRows implements SideRows {
  readonly side: Side
  readonly #context: StoreContext

  constructor(options: ContextOptions) {
    this.side = options.side
    this.#context = new StoreContext(options)
  }

  use(tables: ReadonlyMap<string, SideTable>): void {
    this.#context.mapped = tables
  }

  async estimate(table: string): Promise<number> {
    const { engine } = this.#context
    const { rows } = await this.#context.with((session) =>
      session.query(engine.estimate(this.#context.table(table))),
    )
    return Number(rows[0]?.[0] ?? 0)
  }

  async page(name: string, range: KeyRange, limit: number | null): Promise<readonly KeyedRow[]> {
    const table = this.#context.table(name)
    const first = limit === null ? nothing : sql` LIMIT ${limitText(limit)}`
    return this.#read(
      table,
      sql`SELECT ${this.#texts(table)} FROM ${raw(this.#context.engine.table(table.table))} t
        WHERE ${withinRange(this.#context, table, range)} ORDER BY ${inKeyOrder(this.#context, table)}${first}`,
    )
  }

  async byKey(name: string, keys: readonly Key[]): Promise<ReadonlyMap<Key, Row>> {
    if (keys.length === 0) return new Map()
    const table = this.#context.table(name)
    const { from, where } = this.#context.engine.rowsByKey(table, keys)
    const found = await this.#read(table, sql`SELECT ${this.#texts(table)} FROM ${from} WHERE ${where}`)
    return new Map(found.map(({ key, row }) => [key, row]))
  }

  async close(): Promise<void> {
    await this.#context.controlPool.close()
  }

  /** Canonical texts of all columns; those of the key are among them. */
  #texts({ columns }: SideTable): Sql {
    const { engine } = this.#context
    return raw(
      columns.map((column) => engine.values.canonical(column, `t.${engine.quote(column.name)}`)).join(', '),
    )
  }

  async #read(table: SideTable, statement: Sql): Promise<KeyedRow[]> {
    const { values } = this.#context.engine
    const { rows } = await this.#context.run(statement)
    const places = table.key.map(({ name }) => table.columns.findIndex((column) => column.name === name))
    try {
      return rows.map((given) => {
        const row = table.columns.map((column, index) => values.read(column, given[index]))
        return { key: encodeKey(places.map((place) => row[place] ?? '')), row }
      })
    } catch (error) {
      throw this.#context.failure(error)
    }
  }
}

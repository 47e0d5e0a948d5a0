// Rows of one side on a real server, to be compared.

import {
  type Column,
  columnOf,
  type Differing,
  type DirectedTable,
  encodeKey,
  type Key,
  type KeyedRow,
  type KeyRange,
  type Row,
  type Side,
  type SideRows,
  type SideTable,
  StoreError,
  type TimedRow,
} from '@twinwrite/core'
import { RangeComparison } from './compare/compare-range.ts'
import type { Answer } from './session.ts'
import { around, nothing, raw, type Sql, sql } from './sql-text.ts'
import { type ContextOptions, StoreContext } from './store/context.ts'
import { limitText } from './store/journal.ts'
import { inKeyOrder, keyTexts, withinRange } from './store/key-range.ts'
import { keyOf } from './store/range-keys.ts'

export class SqlSideRows implements SideRows {
  readonly side: Side
  readonly #context: StoreContext
  #comparison: RangeComparison | undefined

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

  async differing(
    other: SideRows,
    table: DirectedTable,
    range: KeyRange,
    rows: number,
    most: number,
  ): Promise<Differing | null> {
    if (!(other instanceof SqlSideRows)) return null
    this.#comparison ??= new RangeComparison(this.#context, other.#context)
    return this.#comparison.differing({ table, range, rows, most })
  }

  async byKey(name: string, keys: readonly Key[]): Promise<ReadonlyMap<Key, Row>> {
    if (keys.length === 0) return new Map()
    const table = this.#context.table(name)
    const { from, where } = this.#context.engine.rowsByKey(table, keys)
    const found = await this.#read(table, sql`SELECT ${this.#texts(table)} FROM ${from} WHERE ${where}`)
    return new Map(found.map(({ key, row }) => [key, row]))
  }

  async keyBeyond(name: string, after: Key | null, rows: number): Promise<Key | null> {
    const table = this.#context.table(name)
    const found = await this.#context.run(
      sql`SELECT ${keyTexts(this.#context, table)} FROM ${raw(this.#context.engine.table(table.table))} t
        WHERE ${withinRange(this.#context, table, { after, upTo: null })}
        ORDER BY ${inKeyOrder(this.#context, table)} LIMIT 1 OFFSET ${limitText(rows - 1)}`,
    )
    const [row] = found.rows
    return row === undefined ? null : keyOf(this.#context, table, row)
  }

  async newest(name: string, column: string): Promise<string | null> {
    const { engine } = this.#context
    const { table } = this.#context.table(name)
    const time = this.#timeColumn(name, column)
    const quoted = `t.${engine.quote(time.name)}`
    const { rows } = await this.#context.run(
      sql`SELECT ${raw(engine.values.canonical(time, quoted))} FROM ${raw(engine.table(table))} t
        WHERE ${raw(quoted)} IS NOT NULL ORDER BY ${raw(engine.times.order(time, quoted))} DESC LIMIT 1`,
    )
    return rows[0] === undefined ? null : engine.values.read(time, rows[0][0])
  }

  async changed(
    name: string,
    column: string,
    { time: from, after }: { readonly time: string | null; readonly after: Key | null },
    limit: number,
  ): Promise<readonly TimedRow[]> {
    const { engine } = this.#context
    const table = this.#context.table(name)
    const time = this.#timeColumn(name, column)
    const quoted = `t.${engine.quote(time.name)}`
    const order = engine.times.order(time, quoted)
    const than = (operator: '>' | '>=' | '='): Sql =>
      sql`${raw(`${order} ${operator} `)}${around((slot) => engine.times.bound(time, slot), from)}`
    const behind = withinRange(this.#context, table, { after, upTo: null })
    const later = after === null ? nothing : sql` AND (${than('>')} OR (${than('=')} AND ${behind}))`
    const since = from === null ? sql`${raw(quoted)} IS NOT NULL` : sql`${than('>=')}${later}`
    const answer = await this.#context.run(
      sql`SELECT ${this.#texts(table)}, ${raw(engine.values.canonical(time, quoted))}
        FROM ${raw(engine.table(table.table))} t WHERE ${since}
        ORDER BY ${raw(order)}, ${inKeyOrder(this.#context, table)} LIMIT ${limitText(limit)}`,
    )
    const width = table.columns.length
    return this.#rowsOf(table, answer.rows).map((row, index) => ({
      ...row,
      time: engine.values.read(time, answer.rows[index]![width])!,
    }))
  }

  async clockMs(): Promise<number> {
    const { rows } = await this.#context.run(sql`SELECT ${this.#context.engine.now}`)
    return Number(rows[0]![0])
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
    const { rows } = await this.#context.run(statement)
    return this.#rowsOf(table, rows)
  }

  #rowsOf(table: SideTable, rows: Answer['rows']): KeyedRow[] {
    const { values } = this.#context.engine
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

  #timeColumn(name: string, column: string): Column {
    const found = columnOf(this.#context.table(name).table, column)
    if (found !== undefined && (found.kind === 'instant' || found.kind === 'datetime')) return found
    const what = found === undefined ? 'is not there' : `is ${found.type}, no date and time`
    throw new StoreError(this.side, 'rejected', `${name}: column ${JSON.stringify(column)} ${what}`)
  }
}

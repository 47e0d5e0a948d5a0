// Whole tables of one side on a real server, on sessions of their own.

import type { Bulk, Key, KeyedRow, KeyRange, Side, SideTable } from '@twinwrite/core'
import { raw, sql } from './sql-text.ts'
import { type ContextOptions, StoreContext } from './store/context.ts'
import { limitText } from './store/journal.ts'
import { inKeyOrder, keyTexts, withinRange } from './store/key-range.ts'
import { keyOf } from './store/keys-after.ts'

export class SqlBulk implements Bulk {
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

  lastKey(table: string): Promise<Key | null> {
    return this.#keyOfOne(table, { after: null, upTo: null }, ' DESC', 0)
  }

  keyAt(table: string, after: Key | null, rows: number): Promise<Key | null> {
    return this.#keyOfOne(table, { after, upTo: null }, '', rows - 1)
  }

  async rows(name: string, range: KeyRange): Promise<readonly KeyedRow[]> {
    const table = this.#context.table(name)
    const { engine } = this.#context
    const texts = table.columns.map((column) =>
      engine.values.canonical(column, `t.${engine.quote(column.name)}`),
    )
    const { rows } = await this.#context.run(
      sql`SELECT ${keyTexts(this.#context, table)}, ${raw(texts.join(', '))} FROM ${raw(engine.table(table.table))} t
        WHERE ${withinRange(this.#context, table, range)} ORDER BY ${inKeyOrder(this.#context, table)}`,
    )
    const width = table.key.length
    return rows.map((row) => ({
      key: keyOf(this.#context, table, row),
      row: table.columns.map((column, index) => engine.values.read(column, row[width + index])),
    }))
  }

  async close(): Promise<void> {
    await this.#context.controlPool.close()
  }

  async #keyOfOne(
    name: string,
    range: KeyRange,
    direction: '' | ' DESC',
    skipped: number,
  ): Promise<Key | null> {
    const table = this.#context.table(name)
    const { rows } = await this.#context.run(
      sql`SELECT ${keyTexts(this.#context, table)} FROM ${raw(this.#context.engine.table(table.table))} t
        WHERE ${withinRange(this.#context, table, range)}
        ORDER BY ${inKeyOrder(this.#context, table, direction)} LIMIT 1 OFFSET ${limitText(skipped)}`,
    )
    return rows[0] === undefined ? null : keyOf(this.#context, table, rows[0])
  }
}

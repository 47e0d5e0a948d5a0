// Whole tables of one side on a real server, on sessions of their own.

import type {
  Bulk,
  DirectedTable,
  FillGuard,
  FillOutcome,
  Key,
  KeyedRow,
  KeyRange,
  Side,
  SideTable,
  SpareIndex,
} from '@twinwrite/core'
import { copyRange, guarded, isFenced } from './lines/fill.ts'
import { raw, sql } from './sql-text.ts'
import { type ContextOptions, StoreContext } from './store/context.ts'
import { limitText } from './store/journal.ts'
import { inKeyOrder, keyTexts, withinRange } from './store/key-range.ts'
import { keyOf, keysOf } from './store/range-keys.ts'
import { rowsWithin } from './store/range-rows.ts'
import { chunks } from './write/chunks.ts'

/** Keys in one look. */
const mostKeys = 5_000

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

  keyAt(table: string, range: KeyRange, rows: number): Promise<Key | null> {
    return this.#keyOfOne(table, range, '', rows - 1)
  }

  keys(table: string, range: KeyRange, limit: number): Promise<readonly Key[]> {
    return keysOf(this.#context, table, range, limit)
  }

  async present(name: string, keys: readonly Key[]): Promise<ReadonlySet<Key>> {
    const table = this.#context.table(name)
    const found = new Set<Key>()
    for (const some of chunks(keys, mostKeys)) {
      const { from, where } = this.#context.engine.rowsByKey(table, some)
      const { rows } = await this.#context.run(
        sql`SELECT ${keyTexts(this.#context, table)} FROM ${from} WHERE ${where}`,
      )
      for (const row of rows) found.add(keyOf(this.#context, table, row))
    }
    return found
  }

  rows(table: string, range: KeyRange): Promise<readonly KeyedRow[]> {
    return rowsWithin(this.#context, this.#context.table(table), range)
  }

  async fill(source: Bulk, table: DirectedTable, range: KeyRange, guard: FillGuard): Promise<FillOutcome> {
    if (!(source instanceof SqlBulk))
      throw new TypeError('rows are filled in from another database of this package')
    return guarded(this.#context, guard, (session) =>
      copyRange(source.#context, this.#context, session, table, range),
    )
  }

  empty(table: string, guard: FillGuard): Promise<FillOutcome> {
    const { engine } = this.#context
    const name = engine.table(this.#context.table(table).table)
    return guarded(this.#context, guard, async (session) => {
      const { affected } = await session.query({ sql: `DELETE FROM ${name}`, bindings: [] })
      return affected
    })
  }

  spareIndexes(table: string): Promise<readonly SpareIndex[]> {
    return this.#context.with((session) =>
      this.#context.engine.spareIndexes(session, this.#context.table(table)),
    )
  }

  async dropIndex(table: string, name: string, epoch: number): Promise<boolean> {
    const { engine, loadPool } = this.#context
    const statement = engine.dropIndex(this.#context.table(table), name)
    try {
      return await loadPool.with(async (session) => {
        const loading = await isFenced(this.#context, session, { role: 'loading', epoch })
        // Where a change of the schema ends the transaction, it runs beside the one that holds the fence.
        const ddl = { sql: statement, bindings: [] }
        if (loading && engine.ddlInTransaction) await session.query(ddl)
        else if (loading) await this.#context.with((other) => other.query(ddl))
        await session.query({ sql: loading ? 'COMMIT' : 'ROLLBACK', bindings: [] })
        return loading
      })
    } catch (error) {
      throw this.#context.failure(error)
    }
  }

  async createIndexes(table: string, indexes: readonly SpareIndex[]): Promise<void> {
    const { engine } = this.#context
    for (const statement of engine.createIndexes(this.#context.table(table), indexes))
      await this.#context.with((session) => session.query({ sql: statement, bindings: [] }))
  }

  async close(): Promise<void> {
    await Promise.all([this.#context.controlPool.close(), this.#context.loadPool.close()])
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

// The reads that capture itself sends: rows of a mapped table with their keys and some more canonical columns.

import type { Column } from '../catalog.ts'
import type { SqlDialect } from '../dialect.ts'
import type { Key } from '../key.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Statement } from '../statement.ts'
import type { CaptureSide } from './capture.ts'
import { captureTraits, type Reading } from './capture-traits.ts'
import { addTuples, type Tuple, tuplesPerRead } from './key-condition.ts'
import type { NativeConnection } from './native-connection.ts'
import { SqlText } from './sql-text.ts'
import { aliasesOf, keyReader, selectList, textOf } from './touched-key.ts'

/** A row that was read: its key, and canonical texts of the columns that were asked for. */
export interface ReadRow {
  readonly key: Key
  readonly values: ReadonlyMap<string, string | null>
}

/** Select list and reader of keys and extra columns of one table. */
export class RowReader {
  readonly list: string
  readonly #dialect: SqlDialect
  readonly #extras: readonly { readonly column: Column; readonly alias: string }[]
  readonly #keyAliases: readonly string[]
  readonly #key: (row: Record<string, unknown>) => Key

  /** @param prefix tells the columns of several tables in one list apart */
  constructor(
    side: CaptureSide,
    table: SideTable,
    reference: string | null,
    extras: readonly Column[],
    prefix = '',
  ) {
    const { dialect } = side
    this.#dialect = dialect
    this.#keyAliases = aliasesOf(table, prefix)
    this.#extras = extras.map((column, index) => ({ column, alias: `_tw_${prefix}x${index}` }))
    const aliases = [...this.#keyAliases, ...this.#extras.map(({ alias }) => alias)]
    this.list = selectList(dialect, reference, [...table.key, ...extras], aliases)
    this.#key = keyReader(dialect, table, prefix)
  }

  read(row: Record<string, unknown>): ReadRow {
    if (this.#extras.length === 0) return { key: this.#key(row), values: noValues }
    const values = new Map<string, string | null>()
    for (const { column, alias } of this.#extras) {
      const value = row[alias]
      values.set(column.name, value === null || value === undefined ? null : textOf(this.#dialect, value))
    }
    return { key: this.#key(row), values }
  }

  /** Null where an outer join found no row of this table. */
  readJoined(row: Record<string, unknown>): ReadRow | null {
    return this.#keyAliases.some((alias) => row[alias] === null) ? null : this.read(row)
  }
}

const noValues: ReadonlyMap<string, string | null> = new Map()

const nothing: Statement = { sql: '', bindings: [] }

/** A statement of ours that has nothing of the app's. */
export function ownText(side: CaptureSide): SqlText {
  return new SqlText(side.dialect, nothing, [], 'extract')
}

/** Rows whose columns equal one of the tuples (canonical texts). */
export async function readRows<R>(
  side: CaptureSide,
  connection: NativeConnection<R>,
  table: SideTable,
  columns: readonly Column[],
  tuples: readonly Tuple[],
  extras: readonly Column[],
  reading: Reading,
): Promise<ReadRow[]> {
  const { dialect } = side
  const reader = new RowReader(side, table, null, extras)
  const rows: ReadRow[] = []
  for (let start = 0; start < tuples.length; start += tuplesPerRead) {
    const text = ownText(side).add(`SELECT ${reader.list} FROM ${dialect.table(table.table)} WHERE `)
    addTuples(text, dialect, null, columns, tuples.slice(start, start + tuplesPerRead))
    text.add(captureTraits[dialect.engine].lock[reading])
    const response = await connection.own(text.build())
    for (const row of connection.shape.rows(response)) rows.push(reader.read(row))
  }
  return rows
}

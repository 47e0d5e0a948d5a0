// Journal entries and rows of some keys as one statement sees them, and so as one snapshot, without locks (PROTOCOL section 3, step 4).
// Upholds W3, W5.

import {
  encodeKey,
  type JournalEntry,
  type Key,
  type Row,
  type RowKey,
  type SideTable,
  type Snapshot,
} from '@twinwrite/core'
import { join, raw, type Sql, sql } from '../sql-text.ts'
import type { StoreContext } from './context.ts'
import { keysByTable } from './keys-by-table.ts'

/** The journal and each table are one part of a UNION, padded with NULLs to the same width. */
export async function snapshot(context: StoreContext, keys: readonly RowKey[]): Promise<Snapshot> {
  const byTable = keysByTable(keys)
  const parts = [...byTable].map(([mapping, some]) => ({ table: context.table(mapping), keys: [...some] }))
  if (parts.length === 0) return { journal: [], rows: new Map() }
  const width = Math.max(4, ...parts.map(({ table }) => table.key.length + table.columns.length))
  const selects = [
    journalSelect(context, keys, width),
    ...parts.map(({ table, keys: some }, index) => {
      const { from, where } = context.engine.rowsByKey(table, some)
      return sql`SELECT ${raw(String(index))}, ${padded(rowColumns(context, table), width)} FROM ${from} WHERE ${where}`
    }),
  ]
  const { rows } = await context.run(join(selects, ' UNION ALL '))
  try {
    return read(context, parts, byTable, rows)
  } catch (error) {
    throw context.failure(error)
  }
}

type Part = { readonly table: SideTable; readonly keys: readonly Key[] }

function read(
  context: StoreContext,
  parts: readonly Part[],
  asked: ReadonlyMap<string, ReadonlySet<Key>>,
  rows: readonly (readonly unknown[])[],
): Snapshot {
  const journal: JournalEntry[] = []
  const found = parts.map(() => new Map<Key, Row>())
  for (const row of rows) {
    const part = parts[Number(row[0])]
    if (part === undefined) journal.push(entryOf(row))
    else {
      const [key, texts] = rowOf(context, part.table, row)
      // Equality of the engine may find a row with another spelling of a key: that row was not asked for.
      if (asked.get(part.table.mapping)!.has(key)) found[Number(row[0])]!.set(key, texts)
    }
  }
  return { journal, rows: new Map(parts.map(({ table }, index) => [table.mapping, found[index]!])) }
}

function journalSelect(context: StoreContext, keys: readonly RowKey[], width: number): Sql {
  const { engine, tables } = context
  const { from, where } = engine.journalByKey(tables.journal, keys)
  const columns = ['j.id', 'j.tbl', 'j.row_key', 'j.attempts'].map((column) => engine.unionText(raw(column)))
  return sql`SELECT -1, ${padded(columns, width)} FROM ${from} WHERE ${context.mine('j')} AND ${where}`
}

function rowColumns({ engine }: StoreContext, table: SideTable): Sql[] {
  return [...table.key, ...table.columns].map((column) =>
    engine.unionText(raw(engine.values.canonical(column, `t.${engine.quote(column.name)}`))),
  )
}

function padded(columns: readonly Sql[], width: number): Sql {
  return join([...columns, ...Array.from({ length: width - columns.length }, () => raw('NULL'))], ', ')
}

function entryOf(row: readonly unknown[]): JournalEntry {
  const [, id, table, key, attempts] = row
  return { id: String(id), table: String(table), key: String(key), attempts: Number(attempts) }
}

function rowOf({ engine }: StoreContext, table: SideTable, row: readonly unknown[]): [Key, Row] {
  const width = table.key.length
  const key = encodeKey(table.key.map((column, index) => engine.values.read(column, row[1 + index]) ?? ''))
  return [key, table.columns.map((column, index) => engine.values.read(column, row[1 + width + index]))]
}

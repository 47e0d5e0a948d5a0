// Which rows of the secondary stand in the way of a write: holders of a unique value that moves, missing parents, blocking children. They
// join the batch and go as one unit with it, instead of being overwritten or dropped (PROTOCOL section 3, step 5; C15 to C17).

import {
  encodeKey,
  type Column,
  type ForeignKey,
  type Key,
  type Row,
  type RowKey,
  type SideTable,
  type TableRef,
  type TableWrite,
} from '@twinwrite/core'
import { join, raw, type Sql, sql } from '../sql-text.ts'
import type { StoreContext } from './context.ts'
import { keysByTable } from './keys-by-table.ts'

export async function inTheWay(
  context: StoreContext,
  writes: readonly TableWrite[],
  reason: 'unique' | 'foreign-key',
): Promise<RowKey[]> {
  const written = keysByTable(
    writes.flatMap(({ table, upserts, deletes }) => [
      ...upserts.map(({ key }) => ({ table, key })),
      ...deletes.map((key) => ({ table, key })),
    ]),
  )
  const found: RowKey[] = []
  for (const write of writes) {
    const table = context.table(write.table)
    if (reason === 'unique') found.push(...(await uniqueHolders(context, table, write)))
    else
      found.push(
        ...(await missingParents(context, table, write)),
        ...(await blockingChildren(context, table, write)),
      )
  }
  return found.filter(({ table, key }) => written.get(table)?.has(key) !== true)
}

/** Keys, other than the row's own, whose values this table must hold only once, as far as all their columns are mapped. */
export function otherUniques(table: SideTable): (readonly Column[])[] {
  const isRowKey = (names: readonly string[]): boolean =>
    names.length === table.key.length && table.key.every(({ name }) => names.includes(name))
  const keys = [table.table.key, ...table.table.uniques.map(({ columns }) => columns)]
  // Where texts fold, a row with another spelling of the same key is another row in the way.
  const folding = table.key.some((column) => column.foldsText)
  return keys
    .filter(
      (names): names is readonly string[] =>
        names !== null && names.length > 0 && (folding || !isRowKey(names)),
    )
    .map((names) => names.map((name) => table.columns.find((column) => column.name === name)))
    .filter((columns): columns is Column[] => columns.every((column) => column !== undefined))
}

async function uniqueHolders(context: StoreContext, table: SideTable, write: TableWrite): Promise<RowKey[]> {
  const found: RowKey[] = []
  for (const columns of otherUniques(table)) {
    const taken = tuples(table, columns, write)
    if (taken.length > 0) found.push(...(await rowsWith(context, table, columns, taken)))
  }
  return found
}

/** Distinct values of some columns in the rows to be written, leaving out those with a NULL. */
function tuples(table: SideTable, columns: readonly Column[], write: TableWrite): Key[] {
  const positions = columns.map(({ name }) => table.columns.findIndex((column) => column.name === name))
  const texts = write.upserts.map(({ row }: { row: Row }) =>
    positions.map((position) => row[position] ?? null),
  )
  return [
    ...new Set(
      texts.filter((parts): parts is string[] => parts.every((part) => part !== null)).map(encodeKey),
    ),
  ]
}

function keyTexts({ engine }: StoreContext, table: SideTable, alias: string): Sql {
  return join(
    table.key.map((column) => raw(engine.values.canonical(column, `${alias}.${engine.quote(column.name)}`))),
    ', ',
  )
}

function rowKeys(
  { engine }: StoreContext,
  table: SideTable,
  rows: readonly (readonly unknown[])[],
): RowKey[] {
  return rows.map((row) => ({
    table: table.mapping,
    key: encodeKey(table.key.map((column, index) => engine.values.read(column, row[index]) ?? '')),
  }))
}

/** Rows of a table in which some columns hold one of the given tuples of canonical texts. */
async function rowsWith(
  context: StoreContext,
  table: SideTable,
  columns: readonly Column[],
  wanted: readonly Key[],
): Promise<RowKey[]> {
  const { engine } = context
  const { from, where } = engine.rowsByKey({ ...table, key: columns }, wanted)
  const { rows } = await context.run(sql`SELECT ${keyTexts(context, table, 't')} FROM ${from} WHERE ${where}`)
  return rowKeys(context, table, rows)
}

async function missingParents(context: StoreContext, table: SideTable, write: TableWrite): Promise<RowKey[]> {
  const found: RowKey[] = []
  for (const key of table.table.foreignKeys) {
    const parent = mappedTable(context, key.parent)
    const columns = parent === undefined ? null : parentKeyColumns(table, parent, key)
    if (parent === undefined || columns === null) continue
    const wanted = tuples(table, columns, write)
    if (wanted.length === 0) continue
    const present = new Set((await rowsWith(context, parent, parent.key, wanted)).map((row) => row.key))
    found.push(
      ...wanted.filter((one) => !present.has(one)).map((one) => ({ table: parent.mapping, key: one })),
    )
  }
  return found
}

/** The child's columns in the order of the parent's row key; null when they don't tell that key. */
function parentKeyColumns(child: SideTable, parent: SideTable, key: ForeignKey): readonly Column[] | null {
  const columns = parent.key.map(({ name, kind }) => {
    const position = key.parentColumns.indexOf(name)
    return child.columns.find((column) => column.name === key.childColumns[position] && column.kind === kind)
  })
  return columns.every((column): column is Column => column !== undefined) ? columns : null
}

/** Children of rows that are to be deleted. */
async function blockingChildren(
  context: StoreContext,
  table: SideTable,
  write: TableWrite,
): Promise<RowKey[]> {
  const { engine } = context
  const found: RowKey[] = []
  if (write.deletes.length === 0) return found
  for (const key of table.table.referencedBy) {
    const child = mappedTable(context, key.child)
    if (child === undefined) continue
    const on = key.childColumns.map(
      (name, index) => `c.${engine.quote(name)} = t.${engine.quote(key.parentColumns[index]!)}`,
    )
    const { from, where } = engine.rowsByKey(table, write.deletes)
    const { rows } = await context.run(
      sql`SELECT ${keyTexts(context, child, 'c')} FROM ${from}
        JOIN ${raw(engine.table(child.table))} c ON ${raw(on.join(' AND '))} WHERE ${where}`,
    )
    found.push(...rowKeys(context, child, rows))
  }
  return found
}

/** A null schema is the default one, on whichever side of the comparison. */
export function mappedTable(context: StoreContext, ref: TableRef): SideTable | undefined {
  for (const table of context.mapped.values()) {
    const { schema, name } = table.table
    if (name === ref.name && (schema === ref.schema || schema === null || ref.schema === null)) return table
  }
  return undefined
}

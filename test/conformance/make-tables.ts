// Makes the tables on a side. The target has its columns in the opposite order, so that nothing can rely on positions.

import type { Side } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { typeOf } from './column-types.ts'
import { type PlainSession, quoted } from './plain-session.ts'
import { type ColumnSpec, type Kind, columnOf, columnOn, nameOn, tableOf, type TableSpec } from './tables.ts'

export async function makeTables(
  session: PlainSession,
  side: Side,
  tables: readonly TableSpec[],
  floatDecimals: readonly Engine[] = [],
): Promise<void> {
  const type = (kind: Kind): string => typeOf(session.engine, kind, floatDecimals)
  for (const table of tables) await session.query(createTable(session.engine, side, table, tables, type))
}

function createTable(
  engine: Engine,
  side: Side,
  table: TableSpec,
  all: readonly TableSpec[],
  type: (kind: Kind) => string,
): string {
  const name = (column: ColumnSpec): string => quoted(engine, columnOn(side, column))
  const rowid = engine === 'sqlite' && table.columns.some(isNumbered)
  const columns = table.columns.map((column) =>
    [
      name(column),
      type(column.kind),
      rowid && isNumbered(column) ? 'PRIMARY KEY AUTOINCREMENT' : '',
      column.required ? 'NOT NULL' : '',
      column.fallback === null ? '' : `DEFAULT ${column.fallback}`,
      column.unique ? 'UNIQUE' : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
  )
  if (side === 'target') columns.reverse()
  const key = table.key.map((column) => name(columnOf(table, column)))
  if (!rowid) columns.push(`PRIMARY KEY (${key.join(', ')})`)
  for (const column of table.columns) {
    if (column.parent === null) continue
    const parent = tableOf(column.parent.table, all)
    const parentName = quoted(engine, nameOn(side, parent))
    const parentColumn = name(columnOf(parent, column.parent.column))
    columns.push(`FOREIGN KEY (${name(column)}) REFERENCES ${parentName} (${parentColumn}) ON DELETE CASCADE`)
  }
  return `CREATE TABLE ${quoted(engine, nameOn(side, table))} (${columns.join(', ')})`
}

export const isNumbered = ({ kind }: ColumnSpec): boolean => kind === 'counter' || kind === 'serial'

// Reads keys back by values that the app's statement gave.

import type { Column } from '../catalog.ts'
import type { Key } from '../key.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Expr, InsertScan } from '../scan/statement.ts'
import type { CaptureRequest } from './capture.ts'
import { captureTraits, type Reading } from './capture-traits.ts'
import type { Evaluated } from './evaluated-cells.ts'
import { addCell } from './given-cells.ts'
import { type ReadRow, RowReader } from './read-rows.ts'
import { SqlText } from './sql-text.ts'
import { qualified } from './touched-key.ts'

/** Values of some columns: cells of the app's statement, or canonical texts. */
export type Cells = readonly (Expr | string)[]

/** Cells in one SELECT. */
const rowsPerRead = 2_000

/** Rows whose values of the columns equal one of these. */
export interface GivenRows {
  readonly columns: readonly Column[]
  readonly rows: readonly Cells[]
}

/** Rows whose value of the column is greater than this text; null: all rows. */
export interface GreaterRows {
  readonly column: Column
  readonly than: string | null
}

/** Keys of the rows whose key equals one of these. */
export async function readGiven<R>(
  request: CaptureRequest<R>,
  scan: InsertScan,
  table: SideTable,
  rows: readonly Cells[],
  evaluated: Evaluated,
): Promise<Key[]> {
  const found = await readByValues(
    request,
    scan,
    table,
    [{ columns: table.key, rows }],
    evaluated,
    [],
    'written',
  )
  return found.map(({ key }) => key)
}

/** Whether each of the rows, given by the values of one or several unique keys, is found by one of these. */
export async function areFound<R>(
  request: CaptureRequest<R>,
  scan: InsertScan,
  table: SideTable,
  rows: readonly (readonly GivenRows[])[],
  evaluated: Evaluated,
): Promise<boolean> {
  if (rows.length === 0) return true
  const read = (groups: readonly GivenRows[]): Promise<ReadRow[]> =>
    readByValues(request, scan, table, groups, evaluated, [], 'written')
  // All at once by the first key, of which each value is there at most once.
  const firsts = rows.map(([first]) => first!)
  const columns = firsts[0]!.columns
  if (firsts.every((first) => first.columns === columns)) {
    const found = await read([{ columns, rows: firsts.flatMap((first) => first.rows) }])
    if (found.length === rows.length) return true
  }
  for (const groups of rows) if ((await read(groups)).length === 0) return false
  return true
}

/** Rows of any of the groups, each once. */
export async function readByValues<R>(
  request: CaptureRequest<R>,
  scan: InsertScan,
  table: SideTable,
  groups: readonly GivenRows[],
  evaluated: Evaluated,
  extras: readonly Column[],
  reading: Reading,
  greater?: GreaterRows,
): Promise<ReadRow[]> {
  const { side, connection } = request
  const { dialect } = side
  const reader = new RowReader(side, table, null, extras)
  const rows = new Map<string, ReadRow>()
  const select = `SELECT ${reader.list} FROM ${dialect.table(table.table)} WHERE `
  const parts = groups.flatMap(({ columns, rows: all }) =>
    chunks(all).map((chunk) => (text: SqlText): void => {
      text.add(select)
      addIn(text, request, columns, chunk, evaluated)
      text.add(captureTraits[dialect.engine].lock[reading])
    }),
  )
  if (greater !== undefined) {
    parts.push((text) => {
      text.add(select)
      if (greater.than === null) text.add('1=1')
      else text.add(`${dialect.quote(greater.column.name)} > `).typed(greater.column, greater.than)
    })
  }
  // One unique key per part of a UNION: an OR over several would read, and lock, the whole table.
  for (const together of unions(parts)) {
    const text = new SqlText(dialect, request.call, scan.placeholders, 'extract')
    together.forEach((add, index) => {
      if (index > 0) text.add(' UNION ALL ')
      if (together.length > 1) text.add('(')
      add(text)
      if (together.length > 1) text.add(')')
    })
    for (const row of connection.shape.rows(await connection.own(text.build()))) {
      const read = reader.read(row)
      rows.set(read.key, read)
    }
  }
  return [...rows.values()]
}

const partsPerUnion = 10

function unions<T>(parts: readonly T[]): T[][] {
  const all: T[][] = []
  for (let start = 0; start < parts.length; start += partsPerUnion)
    all.push(parts.slice(start, start + partsPerUnion))
  return all
}

function chunks(rows: readonly Cells[]): (readonly Cells[])[] {
  const all: (readonly Cells[])[] = []
  for (let start = 0; start < rows.length; start += rowsPerRead)
    all.push(rows.slice(start, start + rowsPerRead))
  return all
}

function addIn<R>(
  text: SqlText,
  { side, call }: CaptureRequest<R>,
  columns: readonly Column[],
  rows: readonly Cells[],
  evaluated: Evaluated,
): void {
  const names = columns.map(({ name }) => qualified(side.dialect, null, name))
  const one = (cells: Cells): void => {
    if (columns.length > 1) text.add('(')
    columns.forEach((column, index) => {
      if (index > 0) text.add(', ')
      const cell = cells[index]!
      if (typeof cell === 'string') text.typed(column, cell)
      else addCell(text, column, cell, call.bindings, evaluated)
    })
    if (columns.length > 1) text.add(')')
  }
  text.add(columns.length > 1 ? `(${names.join(', ')}) IN (` : `${names[0]} IN (`)
  rows.forEach((cells, index) => {
    if (index > 0) text.add(', ')
    one(cells)
  })
  text.add(')')
}

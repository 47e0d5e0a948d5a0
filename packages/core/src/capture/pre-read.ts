// The keys that an UPDATE or DELETE is about to touch, read and locked by the statement's own clauses, and the
// statement bound to exactly those rows. Upholds W10 (failure case p): a predicate that is evaluated twice can
// hit different rows, so what was not read is not touched, also when nothing was read.

import { decodeKey } from '../key.ts'
import type { DeleteScan, UpdateScan } from '../scan/statement.ts'
import type { Captured, CaptureRequest, CaptureSide } from './capture.ts'
import { captureTraits } from './capture-traits.ts'
import { addTuples } from './key-condition.ts'
import { driverError } from './native-connection.ts'
import { isPassing } from './passing-failure.ts'
import { type ReadRow, RowReader } from './read-rows.ts'
import { refusal } from './refusal.ts'
import { SqlText } from './sql-text.ts'
import { qualified } from './touched-key.ts'
import type { WrittenTable } from './written-table.ts'
import type { Column } from '../catalog.ts'

/** What is read of one written table. */
export interface PreReadTable {
  readonly written: WrittenTable
  readonly reader: RowReader
}

/** Rows of each table, in the order asked; `missing`: an outer join gave rows without one of it. */
export interface PreRead {
  readonly rows: readonly ReadRow[]
  readonly missing: boolean
}

export function preReadTables(
  side: CaptureSide,
  tables: readonly { readonly written: WrittenTable; readonly extras: readonly Column[] }[],
): PreReadTable[] {
  return tables.map(({ written, extras }, index) => ({
    written,
    reader: new RowReader(side, written.table, written.reference, extras, index === 0 ? '' : `t${index}_`),
  }))
}

/** @throws TwinwriteError `TW_CAPTURE_REFUSED` for clauses that a SELECT can't repeat */
export function checkPreReadable(
  side: CaptureSide,
  written: WrittenTable,
  scan: UpdateScan | DeleteScan,
  sql: string,
): void {
  const { mapping } = written.table
  const where = scan.where === null ? '' : sql.slice(scan.where.start, scan.where.end)
  if (!captureTraits[side.dialect.engine].pins && /\brandom(blob)?\s*\(/i.test(where)) {
    throw refusal(mapping, 'A random() condition', 'Select the keys first, then write them by key.')
  }
  if (scan.currentOf) throw refusal(mapping, 'WHERE CURRENT OF', 'Name the row by its key.')
  if (scan.modifiers.includes('partition'))
    throw refusal(mapping, 'PARTITION (..)', 'Select the rows by WHERE.')
  if (scan.placeholders.some(({ name }) => name !== null)) {
    throw refusal(mapping, 'Named parameters in such a statement', 'Use positional parameters.')
  }
}

/** More to read in the same SELECT: text behind the select list, and a look at each row of the first table. */
export interface PreReadExtra {
  add(text: SqlText): void
  row(row: Record<string, unknown>, read: ReadRow): void
}

/** Runs the SELECT. Its failure is, as a rule, that of the statement itself, which is then run to say so in its own words. */
export async function preRead<R>(
  request: CaptureRequest<R>,
  scan: UpdateScan | DeleteScan,
  tables: readonly PreReadTable[],
  extra?: PreReadExtra,
): Promise<PreRead[]> {
  const { side, connection, call } = request
  const text = selectText(request, scan, tables, extra)
  let response: R
  try {
    response = await connection.own(text.build())
  } catch (error) {
    if (isPassing(side.dialect.engine, driverError(connection, error))) {
      const origin = (offset: number): number | null => text.origin(offset)
      throw connection.shape.failure(error, { original: call, sent: text.build(), origin })
    }
    await call.run(call)
    throw refusal(tables[0]!.written.table.mapping, `A read of ours failed (${String(error)}), which`)
  }
  const found = connection.shape.rows(response)
  return tables.map(({ reader }, index) => {
    const rows = new Map<string, ReadRow>()
    let missing = false
    for (const row of found) {
      const read = reader.readJoined(row)
      if (read === null) missing = true
      else if (!rows.has(read.key)) {
        rows.set(read.key, read)
        if (index === 0) extra?.row(row, read)
      }
    }
    return { rows: [...rows.values()], missing }
  })
}

function selectText<R>(
  { side, call }: CaptureRequest<R>,
  scan: UpdateScan | DeleteScan,
  tables: readonly PreReadTable[],
  extra: PreReadExtra | undefined,
): SqlText {
  const { dialect } = side
  const traits = captureTraits[dialect.engine]
  const text = new SqlText(dialect, call, scan.placeholders, 'extract')
  if (scan.withRange !== null) text.copy(scan.withRange).add(' ')
  text.add(`SELECT ${tables.map(({ reader }) => reader.list).join(', ')}`)
  extra?.add(text)
  text.add(' FROM ')
  const others = scan.kind === 'update' ? scan.from : scan.using
  if (scan.joins !== null) text.copy(scan.joins)
  else {
    text.add(scan.only ? 'ONLY ' : '').copy(scan.targets[0]!.range)
    if (scan.alias !== null) text.add(` AS ${dialect.quote(scan.alias)}`)
    if (others !== null) text.add(', ').copy(others)
  }
  if (scan.where !== null) text.add(' WHERE ').copy(scan.where)
  if (scan.orderBy !== null) text.add(' ').copy(scan.orderBy)
  if (scan.limit !== null) text.add(' ').copy(scan.limit)
  text.add(traits.lock.locked)
  // Rows of joined tables are only read, as the statement itself does.
  if (others !== null && traits.lock.locked !== '') text.add(` OF ${tables[0]!.written.reference}`)
  return text
}

/** The app's statement, touching none but the rows that were read. `returning`: text of ours behind it. */
export function pinnedText<R>(
  { side, call }: CaptureRequest<R>,
  scan: UpdateScan | DeleteScan,
  tables: readonly PreReadTable[],
  read: readonly PreRead[],
  returning: string,
): SqlText {
  const text = new SqlText(side.dialect, call, scan.placeholders, 'rewrite')
  let from = 0
  if (captureTraits[side.dialect.engine].pins) {
    if (scan.where === null) {
      text.copy({ start: 0, end: scan.whereAt }).add(' WHERE ')
      from = scan.whereAt
    } else {
      text.copy({ start: 0, end: scan.where.start }).add('(').copy(scan.where).add(') AND ')
      from = scan.where.end
    }
    // Without it the condition would make an inner join of the outer one, and maybe another plan.
    const outer =
      scan.joins !== null && /\b(left|right)\b/i.test(call.sql.slice(scan.joins.start, scan.joins.end))
    tables.forEach((table, index) => {
      if (index > 0) text.add(' AND ')
      addPin(text, side, table.written, read[index]!, outer)
    })
  }
  if (returning === '') return text.copyRest(from)
  text.copy({ start: from, end: scan.insertReturningAt }).add(returning)
  return text.copyRest(scan.insertReturningAt)
}

function addPin(
  text: SqlText,
  side: CaptureSide,
  { table, reference }: WrittenTable,
  read: PreRead,
  outer: boolean,
): void {
  const { dialect } = side
  const tuples = read.rows.map(({ key }) => decodeKey(key, table.key.length))
  const column = qualified(dialect, reference, table.key[0]!.name)
  text.add('(')
  if (tuples.length === 0) text.add(captureTraits[dialect.engine].never(column))
  else addTuples(text, dialect, reference, table.key, tuples)
  if (outer && (read.missing || read.rows.length > 0)) text.add(` OR ${column} IS NULL`)
  text.add(')')
}

/** Changes of the rows that were read. */
export function changesOf(
  tables: readonly PreReadTable[],
  read: readonly PreRead[],
  op: 'update' | 'delete',
): Captured<never>['changes'] {
  return tables.flatMap(({ written }, index) =>
    read[index]!.rows.map(({ key }) => ({ table: written.table.mapping, key, op })),
  )
}

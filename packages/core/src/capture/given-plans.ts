// Plans for engines where keys come from given values, generated ids and reads (MySQL, MariaDB).

import type { SideTable } from '../mapping/side-table.ts'
import type { DeleteScan, InsertScan, UpdateScan } from '../scan/statement.ts'
import type { WriteScan } from '../write/write-side.ts'
import { BoundCapture, type BoundTable } from './bound-capture.ts'
import type { CaptureSide } from './capture.ts'
import type { CapturePlan } from './capture-plan.ts'
import { captureTraits } from './capture-traits.ts'
import { DefaultKeyCapture } from './default-key-capture.ts'
import { reactionsTo, type RowEvent } from './foreign-key-actions.ts'
import { InsertCapture } from './insert-capture.ts'
import { type InsertRows, insertRows } from './insert-rows.ts'
import { InsertSelectCapture } from './insert-select-capture.ts'
import { assignedColumns } from './key-assignment.ts'
import { MovingCapture } from './moving-capture.ts'
import { refusal } from './refusal.ts'
import { ReplaceCapture } from './replace-capture.ts'
import { ReturningCapture } from './returning-capture.ts'
import { UnlessKeyKept } from './unless-key-kept.ts'
import { UpsertCapture } from './upsert-capture.ts'
import type { WrittenTable } from './written-table.ts'

/** Null when no mapped table is written after all. @throws TwinwriteError `TW_CAPTURE_REFUSED` */
export function givenPlan(
  side: CaptureSide,
  written: readonly WrittenTable[],
  scan: WriteScan,
  sql: string,
): CapturePlan | null {
  switch (scan.kind) {
    case 'insert':
      return insertPlan(side, written[0]!, scan, sql)
    case 'update':
      return updatePlan(side, written, scan, sql)
    case 'delete':
      return deletePlan(side, written, scan, sql)
  }
}

function insertPlan(side: CaptureSide, written: WrittenTable, scan: InsertScan, sql: string): CapturePlan {
  const { table } = written
  const rows = insertRows(side, table, scan)
  const reactions = scan.verb === 'replace' ? reactionsTo(side, table, { op: 'delete' }) : []
  const folds = table.key.some(({ foldsText }) => foldsText)
  const evicts = scan.verb === 'replace' && (table.table.uniques.length > 0 || reactions.length > 0 || folds)
  if (scan.returning !== null) {
    if (evicts) throw refusal(table.mapping, 'REPLACE .. RETURNING', 'Leave RETURNING out.')
    const returning = new ReturningCapture(side, written, scan)
    if (rows === null || !assignsKey(side, table, scan)) return returning
    return new UpsertCapture(side, table, scan, rows, sql, returning)
  }
  if (rows === null) {
    if (scan.onDuplicate !== null) throw refusal(table.mapping, 'INSERT .. SELECT .. ON DUPLICATE KEY UPDATE')
    if (evicts) throw refusal(table.mapping, 'REPLACE .. SELECT')
    return new InsertSelectCapture(side, table, scan, sql)
  }
  if (scan.verb === 'insert' && scan.onDuplicate === null && leavesKey(table, scan, rows)) {
    if (captureTraits[side.dialect.engine].insertReturning)
      return new DefaultKeyCapture(side, written, scan, rows)
  }
  if (scan.onDuplicate !== null) return new UpsertCapture(side, table, scan, rows, sql)
  return evicts ? new ReplaceCapture(table, scan, rows, reactions) : new InsertCapture(table, scan, rows)
}

/** Whether a key column is left to a default that only the database knows. */
function leavesKey(table: SideTable, scan: InsertScan, rows: InsertRows): boolean {
  if (scan.ignore !== null) return false
  return table.key.some(({ name, counter, hasDefault }) => {
    if (counter || !hasDefault) return false
    for (let row = 0; row < rows.count; row++) {
      const cell = rows.cell(row, name)
      if (cell === null || cell.type === 'default') return true
    }
    return false
  })
}

/** Returned rows have their keys after the update: an assignment of the key loses the old one. */
function assignsKey(side: CaptureSide, table: SideTable, { onDuplicate }: InsertScan): boolean {
  if (onDuplicate === null) return false
  const columns = assignedColumns(side, table, onDuplicate.assignments)
  const referenced = reactionsTo(side, table, { op: 'update', columns }).length > 0
  return referenced || table.key.some(({ name }) => columns.has(name))
}

function updatePlan(
  side: CaptureSide,
  written: readonly WrittenTable[],
  scan: UpdateScan,
  sql: string,
): CapturePlan | null {
  const tables: BoundTable[] = []
  let moving: BoundTable | null = null
  for (const one of written) {
    const columns = assignedTo(side, one, written, scan)
    if (columns.size === 0) continue
    const event: RowEvent = { op: 'update', columns }
    const table = { written: one, reactions: reactionsTo(side, one.table, event) }
    tables.push(table)
    if (one.table.key.some(({ name }) => columns.has(name))) moving = table
  }
  if (tables.length === 0) return null
  if (scan.multiTable) checkIndependent(tables[0]!.written, scan, sql)
  if (moving === null) return new BoundCapture(side, tables, scan, sql)
  if (scan.multiTable) {
    throw refusal(
      moving.written.table.mapping,
      'UPDATE of several tables that changes a key',
      'Update the key alone.',
    )
  }
  const plan = new MovingCapture(side, moving.written, scan, sql, moving.reactions)
  if (moving.reactions.length > 0) return plan
  return new UnlessKeyKept(side, moving.written, scan, new BoundCapture(side, [moving], scan, sql), plan)
}

/** Columns of one of the tables that the statement assigns; an unqualified name belongs to the one table that has it. */
function assignedTo(
  side: CaptureSide,
  { table, target }: WrittenTable,
  written: readonly WrittenTable[],
  scan: UpdateScan,
): Set<string> {
  if (!scan.multiTable) return assignedColumns(side, table, scan.assignments)
  const own = scan.assignments.filter(({ qualifier, column }) => {
    if (qualifier !== null) return qualifier.toLowerCase() === (target.alias ?? target.name).toLowerCase()
    const owners = written.filter((one) => hasColumn(one, column))
    if (owners.length > 1) {
      throw refusal(
        table.mapping,
        `UPDATE of several tables with the unqualified column "${column}"`,
        'Qualify it.',
      )
    }
    return owners[0]?.target === target
  })
  return assignedColumns(side, table, own)
}

/**
 * When one statement writes several tables, the servers change rows of the first table of their plan while they still join:
 * what a later row joins with then depends on the plan, and a bound statement may have another one.
 */
function checkIndependent({ table }: WrittenTable, scan: UpdateScan, sql: string): void {
  const qualifiers = new Set(scan.assignments.map(({ qualifier }) => qualifier?.toLowerCase()))
  if (qualifiers.size <= 1) return
  const conditions = [scan.joins, scan.where].map((range) =>
    range === null ? '' : sql.slice(range.start, range.end),
  )
  const names = [...conditions.join(' ').toLowerCase().matchAll(columnName)]
  const read = scan.assignments.find(({ column, qualifier }) =>
    names.some(
      ([, owner, name]) =>
        name === column.toLowerCase() && (owner === undefined || owner === qualifier?.toLowerCase()),
    ),
  )
  if (read === undefined) return
  throw refusal(
    table.mapping,
    `UPDATE of several tables that joins or selects by "${read.column}", which it assigns,`,
    'Update one table at a time.',
  )
}

/** A word with the word before its dot. */
const columnName = /(?:([\w$\u0080-\uffff]+)`?\s*\.\s*`?)?([\w$\u0080-\uffff]+)/g

function hasColumn({ table }: WrittenTable, column: string): boolean {
  return table.table.columns.some(({ name }) => name.toLowerCase() === column.toLowerCase())
}

function deletePlan(
  side: CaptureSide,
  written: readonly WrittenTable[],
  scan: DeleteScan,
  sql: string,
): CapturePlan {
  if (scan.returning !== null) {
    const one = written[0]!
    if (reactionsTo(side, one.table, { op: 'delete' }).length > 0) {
      throw refusal(
        one.table.mapping,
        'DELETE .. RETURNING of a parent whose children go with it',
        'Leave RETURNING out.',
      )
    }
    return new ReturningCapture(side, one, scan)
  }
  const tables = written.map((one) => ({
    written: one,
    reactions: reactionsTo(side, one.table, { op: 'delete' }),
  }))
  return new BoundCapture(side, tables, scan, sql)
}

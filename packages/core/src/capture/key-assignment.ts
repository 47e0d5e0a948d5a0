// Which columns a statement assigns, and whether an assignment can change the row's key.

import type { Column } from '../catalog.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Assignment, Expr, InsertScan, UpdateScan } from '../scan/statement.ts'
import { keyPredicate } from '../scan/scan.ts'
import type { CaptureSide } from './capture.ts'
import { insertRows } from './insert-rows.ts'
import { refusal } from './refusal.ts'
import { givenOf, provenText } from './proven-text.ts'
import { sameColumn } from './written-table.ts'

/** The assignment of a column; `SET id = id` is none. */
export function assignmentOf(
  side: CaptureSide,
  assignments: readonly Assignment[],
  column: string,
): Assignment | undefined {
  return assignments.find((one) => sameColumn(side, one.column, column) && !isItself(side, one, column))
}

function isItself(side: CaptureSide, { value, qualifier }: Assignment, column: string): boolean {
  return value.type === 'column' && sameColumn(side, value.name, column) && value.qualifier === qualifier
}

/** Columns of the table that the assignments change, by their names in the catalog. */
export function assignedColumns(
  side: CaptureSide,
  table: SideTable,
  assignments: readonly Assignment[],
): Set<string> {
  const names = table.table.columns.map(({ name }) => name)
  return new Set(names.filter((name) => assignmentOf(side, assignments, name) !== undefined))
}

/**
 * Refuses an upsert whose DO UPDATE may give the row that it meets another key: the old one appears nowhere. `id = excluded.id`
 * is harmless where the row was met by `id` (Knex's `merge()` writes it), and so is the value that was proposed, given again
 * (Prisma's `upsert` with `id` in `create` and `update`).
 * @param bindings null: before any call
 * @returns whether it depends on the values of each call
 */
export function refuseUpsertOfKey(
  side: CaptureSide,
  table: SideTable,
  scan: InsertScan,
  bindings: readonly unknown[] | null,
): boolean {
  const { onConflict } = scan
  if (onConflict === null || onConflict.action === 'nothing') return false
  const met = conflictColumns(side, table, scan)
  const referenced = table.table.referencedBy.flatMap((key) =>
    reacts(key.onUpdate) ? key.parentColumns : [],
  )
  let depends = false
  for (const column of table.table.columns) {
    const isKey = table.key.some(({ name }) => name === column.name)
    if (!isKey && !referenced.includes(column.name)) continue
    const assignment = assignmentOf(side, onConflict.assignments, column.name)
    if (assignment === undefined) continue
    const { value } = assignment
    const isMet = !column.foldsText && met.some((name) => sameColumn(side, name, column.name))
    if (isMet && value.type === 'inserted' && sameColumn(side, value.name, column.name)) continue
    if (isMet && value.type === 'placeholder') {
      depends = true
      if (bindings === null || isProposed(side, table, scan, column, value, bindings)) continue
    }
    throw refusal(
      table.mapping,
      `ON CONFLICT DO UPDATE that assigns "${column.name}"`,
      `Leave "${column.name}" out of what the upsert updates (Knex: name the columns in merge([...])).`,
    )
  }
  return depends
}

/** Whether a bound value is the one that the only proposed row has for the column. */
function isProposed(
  side: CaptureSide,
  table: SideTable,
  scan: InsertScan,
  column: Column,
  value: Expr,
  bindings: readonly unknown[],
): boolean {
  const rows = insertRows(side, table, scan)
  const cell = rows?.count === 1 ? rows.cell(0, column.name) : null
  if (cell === null || cell.type === 'default') return false
  const [assigned, proposed] = [givenOf(value, bindings), givenOf(cell, bindings)]
  const isPlain = typeof assigned === 'string' || typeof assigned === 'number' || typeof assigned === 'bigint'
  return isPlain && assigned === proposed
}

const reacts = (action: string): boolean => action !== 'no action' && action !== 'restrict'

/** Columns in which the row that an upsert meets equals the proposed one. */
function conflictColumns(side: CaptureSide, table: SideTable, { onConflict }: InsertScan): readonly string[] {
  const target = onConflict?.target ?? null
  const key = table.key.map(({ name }) => name)
  if (target === null) return table.table.uniques.length === 0 ? key : []
  if (target.type === 'columns') return target.columns
  if (target.type === 'expression') return []
  const unique = table.table.uniques.find(({ name }) => sameColumn(side, name, target.name))
  // Every unique constraint but that of the key stands in `uniques`.
  return unique === undefined ? key : (unique.columns ?? [])
}

/** Whether the update gives each row the key that its WHERE already asks for: `SET id = 5, .. WHERE id = 5`. */
export function keepsKey(
  side: CaptureSide,
  table: SideTable,
  scan: UpdateScan,
  bindings: readonly unknown[],
): boolean {
  const match = keyPredicate(
    scan,
    table.key.map(({ name }) => name),
  )
  if (match === null) return false
  return table.key.every((column, index) => {
    const assignment = assignmentOf(side, scan.assignments, column.name)
    if (assignment === undefined) return true
    const [asked, ...more] = match.values[index]!
    if (asked === undefined || more.length > 0 || column.foldsText) return false
    const text = provenText(column, asked, bindings)
    return text !== null && text === provenText(column, assignment.value, bindings)
  })
}

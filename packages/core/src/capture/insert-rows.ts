// The rows that an INSERT gives, as one table of cells, however it is written: VALUES, SET, DEFAULT VALUES.

import type { Column } from '../catalog.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Expr, InsertScan } from '../scan/statement.ts'
import type { CaptureSide } from './capture.ts'
import { isNull } from './proven-text.ts'
import { refusal } from './refusal.ts'
import { sameColumn } from './written-table.ts'

export interface InsertRows {
  readonly count: number
  /** What is given for a column; null: the column is left out. */
  cell(row: number, column: string): Expr | null
}

/** Null for INSERT .. SELECT. @throws TwinwriteError `TW_CAPTURE_REFUSED` when cells can't be told apart by column */
export function insertRows(side: CaptureSide, table: SideTable, scan: InsertScan): InsertRows | null {
  const { source } = scan
  switch (source.type) {
    case 'select':
      return null
    case 'default':
      return { count: 1, cell: () => null }
    case 'set':
      return {
        count: 1,
        cell: (_, column) =>
          source.assignments.find((one) => sameColumn(side, one.column, column))?.value ?? null,
      }
    case 'values': {
      const { rows } = source
      const names = insertedColumns(table, scan)
      const positions = new Map<string, number>()
      const position = (column: string): number => {
        let at = positions.get(column)
        if (at === undefined) {
          at = names.findIndex((name) => sameColumn(side, name, column))
          positions.set(column, at)
        }
        return at
      }
      const given = rows[0]?.length ?? 0
      if (given !== 0 && scan.columns === null && given !== names.length) {
        throw refusal(
          table.mapping,
          'INSERT without a column list that fits the table',
          'Name the columns: INSERT INTO t (a, b) VALUES ..',
        )
      }
      return { count: rows.length, cell: (row, column) => rows[row]![position(column)] ?? null }
    }
  }
}

/** Columns that the values of an INSERT are for, in order. */
export function insertedColumns(table: SideTable, scan: InsertScan): readonly string[] {
  return scan.columns?.map(({ name }) => name) ?? table.table.columns.map(({ name }) => name)
}

/**
 * What becomes of a column of one row:
 * - `value`: this expression; `null`: NULL
 * - `counter`: the database's next number; `default`: another default that only the database knows
 */
export type Given =
  | { readonly type: 'value'; readonly value: Expr }
  | { readonly type: 'null' }
  | { readonly type: 'counter' }
  | { readonly type: 'default' }

export function givenFor(column: Column, cell: Expr | null, bindings: readonly unknown[]): Given {
  const left = cell === null || cell.type === 'default'
  if (left || isNull(cell, bindings)) {
    if (column.counter) return { type: 'counter' }
    return left && (column.hasDefault || column.generated) ? { type: 'default' } : { type: 'null' }
  }
  return { type: 'value', value: cell }
}

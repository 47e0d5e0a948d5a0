// For each row that an INSERT gives, the unique keys by which it can meet rows that are there already.

import type { SideTable } from '../mapping/side-table.ts'
import type { Expr } from '../scan/statement.ts'
import { type ComputedCell, isComputed } from './evaluated-cells.ts'
import type { InsertRows } from './insert-rows.ts'
import type { GivenRows } from './read-given.ts'
import { refusal } from './refusal.ts'
import { type ComparableUnique, uniqueValues } from './unique-values.ts'

export interface GivenUniques {
  /** Values by unique key; keys that no row gives are left out. */
  readonly groups: readonly (GivenRows & { readonly unique: ComparableUnique })[]
  /** Rows that can meet no other. */
  readonly alone: number
  /** Cells that must be worked out before they can be compared. */
  readonly computed: readonly ComputedCell[]
}

/** @throws TwinwriteError `TW_CAPTURE_REFUSED` when a unique value is left to a default, or bound as an array */
export function givenUniques(
  table: SideTable,
  uniques: readonly ComparableUnique[],
  rows: InsertRows,
  bindings: readonly unknown[],
  construct: string,
): GivenUniques {
  const computed: ComputedCell[] = []
  const given = uniques.map((): Expr[][] => [])
  let alone = 0
  for (let row = 0; row < rows.count; row++) {
    let meets = false
    for (const [index, unique] of uniques.entries()) {
      const values = uniqueValues(table, unique, rows, row, bindings, construct)
      if (values === null) continue
      meets = true
      given[index]!.push(values)
      for (const [part, value] of values.entries()) {
        if (value.type === 'placeholder') refuseArray(table, bindings[value.param])
        else if (isComputed(value)) computed.push({ cell: value, column: unique.columns[part]! })
      }
    }
    if (!meets) alone++
  }
  const groups = uniques.flatMap((unique, index) =>
    given[index]!.length > 0 ? [{ unique, columns: unique.columns, rows: given[index]! }] : [],
  )
  return { groups, alone, computed }
}

function refuseArray(table: SideTable, binding: unknown): void {
  if (Array.isArray(binding)) {
    throw refusal(table.mapping, 'An array bound to one parameter', 'Bind each value by itself.')
  }
}

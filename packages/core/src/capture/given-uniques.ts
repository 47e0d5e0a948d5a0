// For each row that an INSERT gives, the unique keys by which it can meet rows that are there already.

import type { SideTable } from '../mapping/side-table.ts'
import type { Expr } from '../scan/statement.ts'
import { type ComputedCell, isComputed } from './evaluated-cells.ts'
import type { InsertRows } from './insert-rows.ts'
import type { GivenRows } from './read-given.ts'
import { isFoundAgain, isRounded } from './found-again.ts'
import { refusal, storedOtherwise } from './refusal.ts'
import { type ComparableUnique, uniqueValues } from './unique-values.ts'

export interface GivenUniques {
  /** Values by unique key; keys that no row gives are left out. */
  readonly groups: readonly (GivenRows & { readonly unique: ComparableUnique })[]
  /** Rows that can meet no other. */
  readonly alone: number
  /** Rows that may not be found again by what they give, each with its values by unique key. */
  readonly doubtful: readonly (readonly GivenRows[])[]
  /** Cells that must be worked out before they can be compared. */
  readonly computed: readonly ComputedCell[]
}

/** @throws TwinwriteError `TW_CAPTURE_REFUSED` when a unique value is left to a default, bound as an array, or surely rounded */
export function givenUniques(
  table: SideTable,
  uniques: readonly ComparableUnique[],
  rows: InsertRows,
  bindings: readonly unknown[],
  construct: string,
): GivenUniques {
  const computed: ComputedCell[] = []
  const given = uniques.map((): Expr[][] => [])
  const doubtful: GivenRows[][] = []
  let alone = 0
  for (let row = 0; row < rows.count; row++) {
    const own: GivenRows[] = []
    let doubts = false
    for (const [index, unique] of uniques.entries()) {
      const values = uniqueValues(table, unique, rows, row, bindings, construct)
      if (values === null) continue
      own.push({ columns: unique.columns, rows: [values] })
      given[index]!.push(values)
      for (const [part, value] of values.entries()) {
        const column = unique.columns[part]!
        if (value.type === 'placeholder') refuseArray(table, bindings[value.param])
        else if (isComputed(value)) computed.push({ cell: value, column })
        if (isRounded(column, value, bindings)) throw storedOtherwise(table, construct)
        doubts ||= !isFoundAgain(column, value, bindings)
      }
    }
    if (own.length === 0) alone++
    if (doubts) doubtful.push(own)
  }
  const groups = uniques.flatMap((unique, index) =>
    given[index]!.length > 0 ? [{ unique, columns: unique.columns, rows: given[index]! }] : [],
  )
  return { groups, alone, doubtful, computed }
}

function refuseArray(table: SideTable, binding: unknown): void {
  if (Array.isArray(binding)) {
    throw refusal(table.mapping, 'An array bound to one parameter', 'Bind each value by itself.')
  }
}

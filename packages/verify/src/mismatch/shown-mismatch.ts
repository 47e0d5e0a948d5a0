// A confirmed mismatch as people and programs get to see it, with what is masked left out.

import {
  differingColumns,
  type Direction,
  type Key,
  type Mismatch,
  type MismatchKind,
  type MismatchRecord,
  type Row,
  type SideTable,
} from '@twinwrite/core'
import type { Mask } from './mask.ts'

/** Canonical texts by column. */
export type Image = Readonly<Record<string, string | null>>

export interface Difference {
  /** Of the secondary. */
  readonly column: string
  readonly expected: string | null
  readonly found: string | null
}

export interface ShownMismatch {
  readonly table: string
  readonly key: Key
  readonly kind: MismatchKind
  readonly primary: Image | null
  readonly secondary: Image | null
  /** Columns that differ, where both sides have the row. */
  readonly differences: readonly Difference[]
}

export function shownMismatch(direction: Direction, mismatch: Mismatch, mask: Mask): ShownMismatch {
  const { table, key, kind, primary, secondary, expected } = mismatch
  const { from, to } = direction.tables.get(table)!
  return {
    table,
    key,
    kind,
    primary: image(from, primary, mask),
    secondary: image(to, secondary, mask),
    differences: differences(direction, mismatch, mask, expected),
  }
}

export function recordOf({ table, key, kind, ...rest }: ShownMismatch): MismatchRecord {
  return { table, key, kind, body: JSON.stringify(rest) }
}

export function ofRecord({ table, key, kind, body }: MismatchRecord): ShownMismatch {
  const rest = JSON.parse(body) as Omit<ShownMismatch, 'table' | 'key' | 'kind'>
  return { table, key, kind: kind as MismatchKind, ...rest }
}

function differences(
  direction: Direction,
  { table: name, secondary }: Mismatch,
  mask: Mask,
  expected: Row | null,
): Difference[] {
  const table = direction.tables.get(name)!
  if (secondary === null || expected === null) return []
  const wrong = new Set(differingColumns(table, expected, secondary))
  return table.to.columns.flatMap(({ name: column }, index) =>
    wrong.has(column)
      ? [
          {
            column,
            expected: mask.shown(name, column, expected[index] ?? null),
            found: mask.shown(name, column, secondary[index] ?? null),
          },
        ]
      : [],
  )
}

function image({ mapping, columns }: SideTable, row: Row | null, mask: Mask): Image | null {
  if (row === null) return null
  return Object.fromEntries(
    columns.map(({ name }, index) => [name, mask.shown(mapping, name, row[index] ?? null)]),
  )
}

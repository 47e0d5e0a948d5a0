// For each column of a scratch source table, what values may be made up for it.

import {
  type Column,
  columnOf,
  findTable,
  type SideCatalog,
  type SideTable,
  type TableNames,
} from '@twinwrite/core'
import type { TableSettings } from './definition.ts'
import { type Counterpart, heldByBoth } from './held-by-both.ts'

/** By column. */
export type MadeColumns = ReadonlyMap<string, Column>

/** @param target catalog of the scratch target @param names those of the mapping, with its columns */
export function madeColumns(
  { columns, table }: SideTable,
  target: SideCatalog,
  { names, settings }: { readonly names: TableNames; readonly settings: TableSettings },
): MadeColumns {
  const other = findTable(target.tables, names.target, target.engine)
  const counterpart = (name: string): Counterpart => {
    const isKey = table.key.includes(name)
    // Functions of whole rows leave the key alone.
    if (settings.columns.get(name)?.convert || (settings.convert !== null && !isKey)) return 'converted'
    const to = names.columns?.get(name)
    return other === undefined || to === undefined ? null : (columnOf(other, to) ?? null)
  }
  return new Map(columns.map((column) => [column.name, heldByBoth(column, counterpart(column.name))]))
}

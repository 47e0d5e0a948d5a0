// One table mapping while it is being checked: what the config says, beside what the catalogs know.

import type { EngineName, Table } from '../catalog.ts'
import type { Side } from '../stage.ts'
import type { TableSettings } from './config.ts'
import type { ColumnPair, Pairing } from './pair-columns.ts'

/** One side's database as read from its catalog. */
export interface SideCatalog {
  readonly engine: EngineName
  /** `schema` is null for tables of the connection's default schema. */
  readonly tables: readonly Table[]
}

export interface MappedTable {
  readonly name: string
  readonly settings: TableSettings
  readonly table: Readonly<Record<Side, Table>>
  readonly engine: Readonly<Record<Side, EngineName>>
  readonly pairing: Pairing
  /** Null when the tables have no key in common. */
  readonly key: readonly ColumnPair[] | null
}

/** The column of the other side whose values are equal exactly when those of `name` are; undefined where there is none. */
export function counterpart(mapped: MappedTable, side: Side, name: string): string | undefined {
  const other: Side = side === 'source' ? 'target' : 'source'
  for (const pair of [...mapped.pairing.pairs, ...mapped.pairing.generated]) {
    if (pair[side].name === name) return pair.convert === null ? pair[other].name : undefined
  }
  return undefined
}

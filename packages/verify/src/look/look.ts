// The first look: rows of both sides side by side, without locks. What differs is only suspected.

import {
  type DirectedTable,
  equalRows,
  type Key,
  type KeyedRow,
  type Row,
  type RowKey,
  type SideRows,
} from '@twinwrite/core'

/** Where a look through a table stands; what is before it has been compared. */
export interface Position {
  /** `reverse`: rows of the secondary, each to be found on the primary. */
  readonly phase: 'forward' | 'reverse'
  readonly after: Key | null
  /** Of the row at `after`, where the order is that of a time. */
  readonly time?: string
}

export const beginning: Position = { phase: 'forward', after: null }

/** What one chunk has shown. */
export interface Look {
  /** Rows compared. */
  readonly rows: number
  readonly suspects: readonly RowKey[]
  /** Where to go on; null at the end. */
  readonly next: Position | null
  /** Milliseconds that the chunk took; since the one before when left out. */
  readonly ms?: number
}

export interface LookContext {
  readonly name: string
  readonly table: DirectedTable
  readonly primary: SideRows
  readonly secondary: SideRows
  /** See `wasPrimary`. */
  readonly bothWays: boolean
  readonly reverse: boolean
  /** Rows of the next chunk. */
  size(): number
  /** Chunks that may be compared at a time. */
  lanes(): number
}

/** Keys of rows that differ, or that only one of the two has. */
export function suspected(
  { name, table, bothWays }: LookContext,
  primary: ReadonlyMap<Key, Row>,
  secondary: ReadonlyMap<Key, Row>,
): RowKey[] {
  const suspects: RowKey[] = []
  for (const [key, row] of primary) {
    const other = secondary.get(key)
    if (other === undefined || !equalRows(table, row, other, bothWays)) suspects.push({ table: name, key })
  }
  for (const key of secondary.keys()) if (!primary.has(key)) suspects.push({ table: name, key })
  return suspects
}

export function mapOf(rows: readonly KeyedRow[]): Map<Key, Row> {
  return new Map(rows.map(({ key, row }) => [key, row]))
}

/** A collation may answer with a row of another spelling. */
export function onlyKnown(found: ReadonlyMap<Key, Row>, asked: ReadonlyMap<Key, unknown>): Map<Key, Row> {
  return new Map([...found].filter(([key]) => asked.has(key)))
}

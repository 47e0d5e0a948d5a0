// Foreign keys with actions: the server deletes or updates child rows by itself, and no RETURNING tells of them.
// The children are read and locked before the statement; the lock on their parents keeps new ones out. Upholds W3,
// W10 (failure case m). A child that is not mapped was judged when the mapping was checked.

import { type Column, columnOf, type ForeignKey, type ReferentialAction } from '../catalog.ts'
import type { Change } from '../change.ts'
import { decodeKey } from '../key.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { CaptureSide } from './capture.ts'
import type { Reading } from './capture-traits.ts'
import type { NativeConnection } from './native-connection.ts'
import { type ReadRow, readRows } from './read-rows.ts'
import { refusal } from './refusal.ts'

/** What happens to rows of a table: they go, or some of their columns change. */
export type RowEvent =
  | { readonly op: 'delete' }
  | { readonly op: 'update'; readonly columns: ReadonlySet<string> }

/** What a foreign key does to mapped children when such a thing happens to their parents. */
export interface Reaction {
  readonly foreignKey: ForeignKey
  readonly child: SideTable
  readonly event: RowEvent
  /** The children's own keys follow the parent's new values. */
  readonly movesKey: boolean
}

const acting: ReadonlySet<ReferentialAction> = new Set<ReferentialAction>([
  'cascade',
  'set null',
  'set default',
])

/** Whether the server changes children by itself. */
export function acts({ onDelete, onUpdate }: ForeignKey): boolean {
  return acting.has(onDelete) || acting.has(onUpdate)
}

/** The tables, and all mapped ones below them by such foreign keys. */
export function withChildren(
  side: CaptureSide,
  tables: readonly SideTable[],
  follows: (foreignKey: ForeignKey) => boolean,
): readonly SideTable[] {
  const all = new Set(tables)
  for (const { table } of all) {
    for (const foreignKey of table.referencedBy) {
      const child = follows(foreignKey) ? side.find(foreignKey.child) : undefined
      if (child !== undefined) all.add(child)
    }
  }
  return [...all]
}

/** @throws TwinwriteError `TW_CAPTURE_REFUSED` where an action gives children a key that nobody knows */
export function reactionsTo(side: CaptureSide, table: SideTable, event: RowEvent): Reaction[] {
  return table.table.referencedBy.flatMap((foreignKey): Reaction[] => {
    const action = event.op === 'delete' ? foreignKey.onDelete : foreignKey.onUpdate
    const meant = event.op === 'delete' || foreignKey.parentColumns.some((name) => event.columns.has(name))
    const child = side.find(foreignKey.child)
    if (!meant || !acting.has(action) || child === undefined) return []
    if (event.op === 'delete' && action === 'cascade') {
      return [{ foreignKey, child, event: { op: 'delete' }, movesKey: false }]
    }
    const columns = new Set(foreignKey.childColumns)
    const movesKey = child.key.some(({ name }) => columns.has(name))
    if (movesKey && action !== 'cascade') {
      throw refusal(
        table.mapping,
        `${foreignKey.name} (${action}), which changes keys of "${child.mapping}",`,
      )
    }
    return [{ foreignKey, child, event: { op: 'update', columns }, movesKey }]
  })
}

/** Columns of the parent that must be read to find the children. */
export function referencedColumns(table: SideTable, reactions: readonly Reaction[]): Column[] {
  const names = new Set(reactions.flatMap(({ foreignKey }) => foreignKey.parentColumns))
  return table.table.columns.filter(({ name }) => names.has(name))
}

/**
 * Children (and their children) that the server will change along with these rows of `table`.
 * The rows must be locked, and hold the `referencedColumns`.
 */
export async function expandActions<R>(
  side: CaptureSide,
  connection: NativeConnection<R>,
  table: SideTable,
  reactions: readonly Reaction[],
  rows: readonly ReadRow[],
): Promise<Change[]> {
  const changes: Change[] = []
  const seen = new Set<string>()
  const expand = async (
    parent: SideTable,
    found: readonly Reaction[],
    parents: readonly ReadRow[],
  ): Promise<void> => {
    for (const { foreignKey, child, event } of found) {
      const next = reactionsTo(side, child, event)
      const children = await childrenOf(side, connection, parent, child, foreignKey, parents, next, 'locked')
      const fresh = children.filter(({ key }) => {
        const row = `${child.mapping}\u0000${event.op}\u0000${key}`
        return !seen.has(row) && seen.add(row)
      })
      for (const { key } of fresh) changes.push({ table: child.mapping, key, op: event.op })
      if (fresh.length > 0 && next.length > 0) await expand(child, next, fresh)
    }
  }
  await expand(table, reactions, rows)
  return changes
}

/**
 * The new keys of children whose keys followed their parents.
 * @param rows the parents as they are after the statement
 */
export async function movedChildren<R>(
  side: CaptureSide,
  connection: NativeConnection<R>,
  table: SideTable,
  reactions: readonly Reaction[],
  rows: readonly ReadRow[],
): Promise<Change[]> {
  const changes: Change[] = []
  for (const { foreignKey, child, event, movesKey } of reactions) {
    if (!movesKey || rows.length === 0) continue
    const next = reactionsTo(side, child, event)
    const children = await childrenOf(side, connection, table, child, foreignKey, rows, next, 'written')
    for (const { key } of children) changes.push({ table: child.mapping, key, op: 'insert' })
    changes.push(...(await movedChildren(side, connection, child, next, children)))
  }
  return changes
}

function childrenOf<R>(
  side: CaptureSide,
  connection: NativeConnection<R>,
  parent: SideTable,
  child: SideTable,
  foreignKey: ForeignKey,
  parents: readonly ReadRow[],
  reactions: readonly Reaction[],
  reading: Reading,
): Promise<ReadRow[]> {
  const columns = foreignKey.childColumns.map((name) => columnOf(child.table, name)!)
  const tuples = new Map<string, string[]>()
  for (const row of parents) {
    const tuple = foreignKey.parentColumns.map((name) => valueOf(parent, row, name))
    if (tuple.every((text) => text !== null)) tuples.set(JSON.stringify(tuple), tuple)
  }
  const extras = referencedColumns(child, reactions)
  return readRows(side, connection, child, columns, [...tuples.values()], extras, reading)
}

function valueOf(table: SideTable, row: ReadRow, name: string): string | null {
  const read = row.values.get(name)
  if (read !== undefined) return read
  const index = table.key.findIndex((column) => column.name === name)
  return decodeKey(row.key, table.key.length)[index] ?? null
}

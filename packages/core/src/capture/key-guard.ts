// MySQL and MariaDB: an upsert that gives the row it meets the key of the row it was to insert (`id = VALUES(id)`, which
// Knex's `merge()` writes): the key that goes appears nowhere. So the statement is bound to keys that are known: it fails, as
// a whole, when it meets a row with another one, and is run again when those rows were read and locked. Upholds W10.

import { encodeKey, type Key } from '../key.ts'
import type { Column } from '../catalog.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Assignment, Expr } from '../scan/statement.ts'
import type { CaptureSide } from './capture.ts'
import type { InsertRows } from './insert-rows.ts'
import { givenOf, provenText } from './proven-text.ts'
import type { SqlText } from './sql-text.ts'

/** Kinds whose values pass an IF() unchanged. */
const guarded: ReadonlySet<Column['kind']> = new Set([
  'integer',
  'decimal',
  'text',
  'bytes',
  'uuid',
  'date',
  'time',
  'datetime',
])

export function canGuard({ key }: SideTable): boolean {
  return key.every(({ kind }) => guarded.has(kind))
}

/**
 * Keys that the rows give, as far as their texts can be told. Since the guard compares exactly, a text that is stored in
 * another form is never taken for it.
 */
export function givenKeys(table: SideTable, rows: InsertRows, bindings: readonly unknown[]): Key[] {
  const keys: Key[] = []
  for (let row = 0; row < rows.count; row++) {
    const parts = table.key.map((column) => textOf(column, rows.cell(row, column.name), bindings))
    if (parts.every((part) => part !== null)) keys.push(encodeKey(parts))
  }
  return keys
}

function textOf(column: Column, cell: Expr | null, bindings: readonly unknown[]): string | null {
  if (cell === null) return null
  const given = givenOf(cell, bindings)
  return column.kind === 'text' && typeof given === 'string' ? given : provenText(column, cell, bindings)
}

/** No length reaches it, and no server adds to it. */
const greatest = '18446744073709551615'

/** Adds the value of the assignment, for rows whose whole key is one of these; an error for others. */
export function addGuarded(
  text: SqlText,
  { dialect }: CaptureSide,
  { key, table }: SideTable,
  { value }: Assignment,
  keys: readonly (readonly string[])[],
): void {
  const own = key.map((column) => `${dialect.quote(table.name)}.${dialect.quote(column.name)}`)
  // Hexadecimal: exact in every collation, and the same in every character set of a connection.
  const texts = key.map((column, index) => `HEX(${dialect.canonical(column, own[index]!)})`)
  text.add(`IF(IF(${texts.length === 1 ? texts[0]! : `CONCAT_WS('-', ${texts.join(', ')})`} IN (''`)
  for (const parts of keys) text.add(', ').value(parts.map(hex).join('-'))
  text.add(`), TRUE, LENGTH(${own[0]!}) + 1 + ${greatest}), `).copy(value.range).add(', NULL)')
}

const hex = (part: string): string => Buffer.from(part, 'utf8').toString('hex').toUpperCase()

/** ER_DATA_OUT_OF_RANGE, by the guard's own sum. */
export function isGuardFailure(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('errno' in error) || error.errno !== 1690) return false
  return 'message' in error && String(error.message).includes(`+ ${greatest}`)
}

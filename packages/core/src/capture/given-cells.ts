// Values that an INSERT gives, as conditions for reading their rows back: in the form in which the column compares
// with them as it stores them.

import type { Column } from '../catalog.ts'
import type { Expr } from '../scan/statement.ts'
import type { Evaluated } from './evaluated-cells.ts'
import { givenOf } from './proven-text.ts'
import type { SqlText } from './sql-text.ts'

/** Adds the cell as an operand that is compared with the column. */
export function addCell(
  text: SqlText,
  column: Column,
  cell: Expr,
  bindings: readonly unknown[],
  evaluated: Evaluated,
): void {
  const known = evaluated.get(cell)
  if (known !== undefined) {
    if (known.text === null) text.add('NULL')
    else text.typed(column, known.text)
    return
  }
  const fixedBytes = column.kind === 'bytes' && column.length !== null && /^binary/i.test(column.type)
  if (fixedBytes) text.add('CAST(')
  const given = givenOf(cell, bindings)
  if (column.kind === 'text' && isNumberLike(given)) {
    // A text column compared with a number is compared as numbers, without its index, and '5.0' equals 5.
    text.value(typeof given === 'boolean' ? String(Number(given)) : String(given))
  } else if (column.kind === 'text' && cell.type === 'literal' && cell.literal === 'number') {
    text.value(cell.value)
  } else text.copy(cell.range)
  // Shorter values are stored padded.
  if (fixedBytes) text.add(` AS BINARY(${column.length}))`)
}

function isNumberLike(value: unknown): value is number | bigint | boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
}

/** Whether the server can only store the value by cutting it, which it does outside of strict mode. */
export function isTooLong(column: Column, cell: Expr, bindings: readonly unknown[]): boolean {
  const given = givenOf(cell, bindings)
  if (column.length === null) return false
  if (typeof given === 'string') return [...given].length > column.length
  return given instanceof Uint8Array && given.length > column.length
}

// The canonical text of a given value where it is beyond doubt: the server stores exactly this text, and equality
// with it holds for no other. What is not proven is asked from the server. Upholds W4.

import type { Column } from '../catalog.ts'
import type { Expr } from '../scan/statement.ts'

/**
 * Text that the server stores when it is given this value for the column; null when that is not certain.
 * @param bindings values of the statement's parameters
 */
export function provenText(column: Column, value: Expr, bindings: readonly unknown[]): string | null {
  const given = givenOf(value, bindings)
  return given === undefined ? null : textOfValue(column, given)
}

/**
 * As {@link provenText}, for a value that a column is compared with: rows with another text never match.
 * Folding collations match other spellings; beyond 2^53 a server may compare numbers given as text as floating point.
 */
export function provenMatch(column: Column, value: Expr, bindings: readonly unknown[]): string | null {
  if (column.foldsText) return null
  const text = provenText(column, value, bindings)
  if (text === null || column.kind !== 'integer') return text
  return Number.isSafeInteger(Number(text)) ? text : null
}

/** A value as bound or written; undefined when it is computed. */
export function givenOf(value: Expr, bindings: readonly unknown[]): unknown {
  if (value.type === 'placeholder') return value.cast === null ? (bindings[value.param] ?? null) : undefined
  if (value.type !== 'literal' || value.cast !== null) return undefined
  return value.literal === 'boolean' ? value.value === 'true' : value.value
}

/** Whether a value was given and is NULL. */
export function isNull(value: Expr, bindings: readonly unknown[]): boolean {
  return givenOf(value, bindings) === null
}

function textOfValue(column: Column, given: unknown): string | null {
  switch (column.kind) {
    case 'integer':
      return integerText(column, given)
    case 'text':
      return typeof given === 'string' && isPlainText(column, given) ? given : null
    case 'uuid':
      return typeof given === 'string' && uuid.test(given) ? given.toLowerCase() : null
    case 'bytes':
      return given instanceof Uint8Array && fits(column, given.length)
        ? Buffer.from(given).toString('hex')
        : null
    default:
      return null
  }
}

/** Whether a canonical text that the server made of some value is surely what the column holds when it is given that value. */
export function isStoredAs(column: Column, text: string): boolean {
  switch (column.kind) {
    case 'integer':
      return integerText(column, text) === text
    case 'text':
      return isPlainText(column, text)
    case 'uuid':
      return uuid.test(text) && text === text.toLowerCase()
    case 'bytes':
      return /^([0-9a-f]{2})*$/.test(text) && fits(column, text.length / 2)
    default:
      return false
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const integer = /^(0|-?[1-9]\d{0,19})$/

function integerText(column: Column, given: unknown): string | null {
  const text =
    typeof given === 'string' || typeof given === 'bigint' || Number.isSafeInteger(given) ? String(given) : ''
  if (!integer.test(text) || column.range === null) return null
  const value = BigInt(text)
  return value >= BigInt(column.range.min) && value <= BigInt(column.range.max) ? text : null
}

/** Characters that every character set has, and that no session setting makes something else of. */
const plainText = /^[\w.:@/+=,-]+(?: [\w.:@/+=,-]+)*$/

function isPlainText(column: Column, text: string): boolean {
  return plainText.test(text) && (column.length === null || text.length <= column.length)
}

/** A fixed length is padded when it is not met. */
function fits(column: Column, length: number): boolean {
  if (column.length === null) return /blob|bytea/i.test(column.type)
  return /^binary/i.test(column.type) ? length === column.length : length <= column.length
}

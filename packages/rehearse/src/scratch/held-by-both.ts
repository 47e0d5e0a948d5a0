// What values may be made up for a column: those that its counterpart on the other side takes too. Told as a column, the narrower of both.

import type { Column, ColumnKind } from '@twinwrite/core'

/** `converted`: what becomes of its values is the user's own code; null: they stay on their side. */
export type Counterpart = Column | 'converted' | null

/** Kinds in whose values a conversion may expect anything. */
const expected: ReadonlySet<ColumnKind> = new Set(['text', 'bytes', 'json'])

/** A column that holds what both hold; of kind `native` where nobody can make up a value. */
export function heldByBoth(own: Column, other: Counterpart): Column {
  const unknown: Column = { ...own, kind: 'native' }
  if (isOfOwnForm(own)) return unknown
  if (other === null) return own
  if (other === 'converted') return expected.has(own.kind) ? unknown : own
  if (isOfOwnForm(other)) return unknown
  switch (own.kind) {
    case 'text':
      return other.kind === 'text' ? shorter(own, other) : writtenAsText(own, other)
    case 'bytes':
      if (other.kind === 'uuid')
        return own.length !== null && own.length < 16 ? unknown : { ...own, type: 'binary(16)', length: 16 }
      return shorter(own, other)
    case 'integer':
      return { ...own, range: within(own.range, integersOf(other)) }
    case 'decimal': {
      const digits = [own, other].map(digitsOf).filter((most) => most !== null)
      return { ...own, precision: digits.length === 0 ? null : Math.min(...digits), scale: 0 }
    }
    case 'float32':
    case 'float64':
      return other.kind === 'integer' ? { ...own, kind: 'integer', range: other.range } : own
    case 'enum':
      if (other.labels === null) return own
      return { ...own, labels: own.labels?.filter((label) => other.labels!.includes(label)) ?? null }
    default:
      return own
  }
}

/** CHAR(n) and BINARY(n), which fill values up. */
export function isFilledUp({ type }: Column): boolean {
  return /^(char|character|bpchar|nchar|binary)\b(?! varying)/i.test(type)
}

/** Texts that only look like any text: labels of a SET, addresses. */
function isOfOwnForm({ kind, type }: Column): boolean {
  return kind === 'native' || (kind === 'text' && /^(set\b|inet[46]\b)/i.test(type))
}

function shorter(own: Column, other: Column): Column {
  const lengths = [own.length, other.length].filter((length) => length !== null)
  const { type } = isFilledUp(other) ? other : own
  return { ...own, type, length: lengths.length === 0 ? null : Math.min(...lengths) }
}

/** A text that the other side takes for a value of its kind. */
function writtenAsText(own: Column, other: Column): Column {
  const { kind, type, length, precision, scale, labels } = other
  if (kind === 'uuid' && own.length !== null && own.length < 36) return { ...own, kind: 'native' }
  const range = kind === 'integer' ? within(integersOf(own), other.range) : null
  return { ...own, kind, type, length, precision, scale, labels, range }
}

type Range = Column['range']

function within(one: Range, other: Range): Range {
  if (one === null || other === null) return one ?? other
  const [min, max] = [larger(one.min, other.min), larger(one.max, other.max)]
  return { min, max: max === one.max ? other.max : one.max }
}

function larger(one: string, other: string): string {
  return BigInt(one) > BigInt(other) ? one : other
}

/** Integers that it holds exactly; null: any. */
function integersOf(column: Column): Range {
  switch (column.kind) {
    case 'integer':
      return column.range
    case 'decimal':
      return ofDigits(digitsOf(column))
    case 'float32':
      return ofDigits(7)
    case 'float64':
      return ofDigits(15)
    case 'text':
      return ofDigits(column.length)
    case 'boolean':
    case 'bits':
      return { min: '0', max: '1' }
    default:
      return null
  }
}

/** Of no engine has an integer more than 20. */
function ofDigits(digits: number | null): Range {
  return digits === null || digits > 20 ? null : { min: '0', max: '9'.repeat(Math.max(1, digits)) }
}

/** Digits in front of the point; null: any. */
function digitsOf({ kind, range, precision, scale }: Column): number | null {
  if (kind === 'decimal') return precision === null ? null : Math.max(0, precision - (scale ?? 0))
  return kind === 'integer' && range !== null ? range.max.length - 1 : null
}

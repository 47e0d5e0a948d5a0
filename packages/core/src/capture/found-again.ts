// Whether a row is found again by the value that it was given. MySQL and MariaDB round and cut what they store: 1.5 becomes
// 2 in a column of whole numbers, and then no row equals 1.5; with IGNORE or outside of strict mode they do much more.
// Upholds W10: a row that nobody finds would be lost in silence.

import type { Column } from '../catalog.ts'
import type { Expr } from '../scan/statement.ts'
import { givenOf } from './proven-text.ts'

const wholeNumber = /^\s*([+-]?\d+)(?:\.0*)?\s*$/
const fraction = /^\s*[+-]?\d*\.\d*[1-9]\d*\s*$/
const decimal = /^\s*[+-]?(\d*)(?:\.(\d*))?\s*$/
const day = /^\d{4}-\d\d-\d\d$/
const time = /^(?:(\d{4}-\d\d-\d\d)[ T])?\d\d:\d\d:\d\d(?:\.(\d+))?$/
/** Characters that every character set has. */
const everywhere = /^[ -~]*$/

/** False: that is in doubt. Cells that the server has worked out are in no doubt. */
export function isFoundAgain(column: Column, cell: Expr, bindings: readonly unknown[]): boolean {
  const given = givenOf(cell, bindings)
  if (given === undefined || typeof given === 'boolean') return true
  const text = typeof given === 'number' || typeof given === 'bigint' ? String(given) : given
  if (typeof text !== 'string')
    return given instanceof Date ? isStoredDate(column, given) : column.kind === 'bytes'
  switch (column.kind) {
    case 'integer':
    case 'boolean':
      return isWithin(column, wholeNumber.exec(text)?.[1])
    case 'decimal': {
      const digits = decimal.exec(text)
      return digits !== null && fits(column, digits[1]!, digits[2] ?? '')
    }
    case 'text':
      // A fixed length goes without the blanks at its end.
      return everywhere.test(text) && !(/^char\b/i.test(column.type) && text.endsWith(' '))
    case 'bytes':
    case 'uuid':
      return true
    case 'date':
      return isDay(text)
    case 'time':
    case 'datetime':
    case 'instant': {
      const parts = time.exec(text)
      return (
        parts !== null &&
        (parts[1] === undefined || isDay(parts[1])) &&
        (parts[2] ?? '').length <= (column.scale ?? 0)
      )
    }
    default:
      return false
  }
}

/** Whether the server surely stores another value than the one that is given. */
export function isRounded(column: Column, cell: Expr, bindings: readonly unknown[]): boolean {
  if (column.kind !== 'integer') return false
  const given = givenOf(cell, bindings)
  if (typeof given === 'number') return !Number.isInteger(given)
  return typeof given === 'string' && fraction.test(given)
}

/** Drivers write a Date with its milliseconds. */
function isStoredDate({ kind, scale }: Column, given: Date): boolean {
  if (kind !== 'datetime' && kind !== 'instant') return kind === 'text'
  return given.getMilliseconds() === 0 || (scale ?? 0) >= 3
}

function isWithin({ range }: Column, digits: string | undefined): boolean {
  if (digits === undefined) return false
  if (range === null) return true
  const value = BigInt(digits.replace(/^\+/, ''))
  return value >= BigInt(range.min) && value <= BigInt(range.max)
}

function fits({ precision, scale }: Column, whole: string, part: string): boolean {
  if (part.length > (scale ?? 0)) return false
  return precision === null || whole.replace(/^0+/, '').length <= precision - (scale ?? 0)
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return day.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

// Whether a row is found again by the value that it was given. MySQL and MariaDB round and cut what they store: 1.5 becomes
// 2 in a column of whole numbers, and then no row equals 1.5. Upholds W10: a row that nobody finds would be lost in silence.

import type { Column } from '../catalog.ts'
import type { Expr } from '../scan/statement.ts'
import { givenOf } from './proven-text.ts'

const wholeNumber = /^\s*[+-]?\d+(?:\.0*)?\s*$/
const fraction = /^\s*[+-]?\d*\.\d*[1-9]\d*\s*$/
const decimal = /^\s*[+-]?\d*(?:\.(\d*))?\s*$/
const day = /^\d{4}-\d\d-\d\d$/
const time = /^(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d(?:\.(\d+))?$/

/** False: that is in doubt. Cells that the server has worked out are in no doubt. */
export function isFoundAgain(column: Column, cell: Expr, bindings: readonly unknown[]): boolean {
  const given = givenOf(cell, bindings)
  if (given === undefined) return true
  const text = typeof given === 'number' || typeof given === 'bigint' ? String(given) : given
  switch (column.kind) {
    case 'integer':
    case 'boolean':
      return typeof given === 'boolean' || (typeof text === 'string' && wholeNumber.test(text))
    case 'decimal':
      return typeof text === 'string' && places(decimal, text) <= (column.scale ?? 0)
    case 'text':
      // A fixed length goes without the blanks at its end.
      return !(/^char\b/i.test(column.type) && typeof text === 'string' && text.endsWith(' '))
    case 'bytes':
    case 'uuid':
      return true
    case 'date':
      return typeof text === 'string' && day.test(text)
    case 'time':
    case 'datetime':
    case 'instant':
      if (given instanceof Date) return given.getMilliseconds() === 0 || (column.scale ?? 0) >= 3
      return typeof text === 'string' && places(time, text) <= (column.scale ?? 0)
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

/** Digits behind the point; infinite for a text of another form. */
function places(form: RegExp, text: string): number {
  const found = form.exec(text)
  return found === null ? Number.POSITIVE_INFINITY : (found[1] ?? '').length
}

// Whether two meanings are one value.

import type { Engine } from '@twinwrite/testkit'
import type { Form } from './form.ts'
import { of } from './meaning.ts'

export interface Told {
  readonly engine: Engine
  readonly form: Form
  /** See meaning.ts. */
  readonly meaning: string
}

export function isSame(left: Told, right: Told): boolean {
  return left.meaning === right.meaning || isSameAs(left, right) || isSameAs(right, left)
}

function isSameAs(left: Told, right: Told): boolean {
  const [a, b] = [left.meaning.slice(2), right.meaning.slice(2)]
  switch (`${left.meaning[0]}${right.meaning[0]}`) {
    case 'nn':
      return (
        isSameNumber(left.form, a, right.form, b) ||
        (isZero(left) && isZero(right) && [left, right].some(hasPlainZero))
      )
    case 'Bn':
      return b === (a === 'true' ? '1e0' : '0')
    case 'Bz':
      return /^0*$/.test(b.slice(0, -1)) && b.endsWith(a === 'true' ? '1' : '0')
    case 'ub':
      return a === b
    case 'dl':
      return b === `${a} 00:00:00`
    case 'li':
      return isSameMoment(a, b)
    case 'xt':
      return a === b
    default:
      return (
        right.meaning.startsWith('t:') &&
        of(left.form, Buffer.from(b, 'hex').toString('utf8')) === left.meaning
      )
  }
}

/** Databases take all zeros for equal. */
export const isZero = ({ meaning }: Told): boolean => /^n:-?0$/.test(meaning)

/** Whether its zero has no sign. */
const hasPlainZero = ({ engine }: Told): boolean => engine === 'mariadb' || engine === 'sqlite'

/** A 32-bit float is the number that its shortest text says, to whatever holds more digits. */
function isSameNumber(left: Form, a: string, right: Form, b: string): boolean {
  if (left === 'float32' || right === 'float32')
    return Object.is(Math.fround(Number(a)), Math.fround(Number(b)))
  // Only floats have a zero with a sign.
  return left === 'float64' && right === 'number' && Number(a) === Number(b)
}

function isSameMoment(local: string, micros: string): boolean {
  const parts = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(local)
  if (parts === null || !/^-?\d+$/.test(micros)) return local === micros
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  return BigInt(date.getTime()) * 1000n + BigInt((parts[7] ?? '').padEnd(6, '0')) === BigInt(micros)
}

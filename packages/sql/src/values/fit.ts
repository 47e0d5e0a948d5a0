// Whether a column holds a canonical text exactly. Servers cut, round and pad some values in silence (digits of decimals and
// seconds, trailing blanks, bits of floats): such a value is refused here, so that a row is blocked where everybody
// sees it instead of being changed. Losses that the user accepted were cut by core before. Upholds W5, W11.

import type { Column } from '@twinwrite/core'
import { decimalText, float32Text, float64Text } from './number-text.ts'

/** A value that the column can't hold unchanged. */
export class Misfit extends Error {
  override readonly name = 'Misfit'

  constructor(column: Column, why: string) {
    super(`column ${JSON.stringify(column.name)} (${column.type}): ${why}`)
  }
}

const integer = /^-?\d+$/
const decimal = /^-?(\d+)(?:\.(\d+))?$/
const float = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/
const bytes = /^(?:[0-9a-f]{2})*$/
/** A scale below zero. */
const coarse = /^numeric\(\d+,-(\d+)\)$/
const fraction = /\.(\d+)(?: BC)?$/
const nonFinite: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity'])

/** CHAR(n) and BINARY(n), which bring every value to their length. */
export function isPadded(column: Column): boolean {
  return /^(?:char|character|bpchar|binary|nchar)\b(?! varying)/i.test(column.type)
}

/** @throws Misfit */
export function checkFit(column: Column, text: string): void {
  switch (column.kind) {
    case 'integer':
      return checkInteger(column, text)
    case 'decimal':
      return checkDecimal(column, text)
    case 'float32':
      return checkFloat(column, text, float32Text)
    case 'float64':
      return checkFloat(column, text, float64Text)
    case 'text':
      return checkText(column, text)
    case 'bytes':
      return checkBytes(column, text)
    case 'time':
    case 'datetime':
      return checkFraction(column, fraction.exec(text)?.[1]?.length ?? 0)
    case 'instant':
      if (integer.test(text) && text !== '0')
        checkFraction(column, 6 - Math.min(6, /0*$/.exec(text)![0].length))
      return
    case 'enum':
      if (column.labels?.includes(text) === false)
        throw new Misfit(column, `${JSON.stringify(text)} is none of its labels`)
      return
    case 'bits':
      if (column.length !== null && !/varying|varbit/i.test(column.type) && text.length !== column.length) {
        throw new Misfit(column, `holds exactly ${column.length} bits`)
      }
  }
}

function checkInteger(column: Column, text: string): void {
  if (!integer.test(text)) throw new Misfit(column, `${JSON.stringify(text)} is no integer`)
  const { range } = column
  // Most integers are shorter than the limits, and short ones need no big arithmetic.
  if (range === null || (range.min.startsWith('-') && text.length < range.max.length)) return
  const number = BigInt(text)
  if (number < BigInt(range.min) || number > BigInt(range.max))
    throw new Misfit(column, `${text} is out of range`)
}

function checkDecimal(column: Column, text: string): void {
  if (nonFinite.has(text)) return
  const parts = decimal.exec(text)
  if (parts === null) throw new Misfit(column, `${JSON.stringify(text)} is no decimal number`)
  const digits = parts[2]?.length ?? 0
  if (column.scale !== null && digits > column.scale) {
    throw new Misfit(column, `${text} has more than ${column.scale} fraction digits`)
  }
  const zeros = Number(coarse.exec(column.type)?.[1] ?? 0)
  if (zeros > 0 && !parts[1]!.endsWith('0'.repeat(zeros)) && Number(text) !== 0)
    throw new Misfit(column, `${text} would be rounded`)
}

function checkFloat(column: Column, text: string, shortest: (value: number) => string): void {
  if (nonFinite.has(text)) return
  if (!float.test(text)) throw new Misfit(column, `${JSON.stringify(text)} is no number`)
  const digits = decimal.exec(decimalText(text) ?? '')?.[2]?.length ?? 0
  if (column.scale !== null && digits > column.scale)
    throw new Misfit(column, `${text} has more than ${column.scale} fraction digits`)
  const held = shortest(Number(text))
  if (held === text || decimalText(held) === decimalText(text)) return
  throw new Misfit(column, `${text} has more digits than it holds`)
}

function checkText(column: Column, text: string): void {
  if (column.labels !== null) checkSet(column, column.labels, text)
  if (column.length === null) return
  if (text.length > column.length && [...text].length > column.length) {
    throw new Misfit(column, `a text of more than ${column.length} characters`)
  }
  if (isPadded(column) && text.endsWith(' '))
    throw new Misfit(column, 'does not keep blanks at the end of a text')
}

/** Any other text becomes another list, and a number one of bits. */
function checkSet(column: Column, labels: readonly string[], text: string): void {
  const given = text === '' ? [] : text.split(',')
  if (given.join() !== labels.filter((label) => given.includes(label)).join())
    throw new Misfit(column, `${JSON.stringify(text)} is no list of its labels, in their order`)
}

function checkBytes(column: Column, text: string): void {
  if (!bytes.test(text)) throw new Misfit(column, 'no bytes')
  if (column.length === null) return
  const length = text.length / 2
  if (length > column.length) throw new Misfit(column, `more than ${column.length} bytes`)
  if (isPadded(column) && length < column.length)
    throw new Misfit(column, `holds exactly ${column.length} bytes`)
}

function checkFraction(column: Column, digits: number): void {
  if (digits > (column.scale ?? 6))
    throw new Misfit(column, `more than ${column.scale ?? 6} fraction digits of a second`)
}

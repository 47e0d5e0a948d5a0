// Brings the canonical text of one column to the canonical text that its counterpart will hold. Where a loss was accepted (fraction
// digits, time of day, float width), the text is cut here and not by the server, so that all engines cut alike and a
// comparison of both sides finds them equal. A text that the counterpart can't hold is refused, never changed. Upholds W5, W11.

import type { Column, ColumnKind } from '../catalog.ts'
import { TwinwriteError } from '../errors.ts'
import { isCanonical, isStray, strayWords } from './canonical-text.ts'
import { type EngineColumn, isCoarse } from './lossy.ts'

/** Text of a value that is not NULL. */
export type Convert = (text: string) => string

/** The change of text between two columns; null when the same text stands on both sides. */
export function conversion(from: Column, to: Column): Convert | null {
  // Row by row, so that a number which would be rounded is refused.
  if (isCoarse(to) && from.type !== to.type && from.kind !== 'text') return (text) => text
  if (from.kind === to.kind) return narrowing(from, to)
  switch (to.kind) {
    case 'integer':
      if (from.kind === 'boolean') return (text) => digit[text] ?? text
      return from.kind === 'text' || (from.kind === 'decimal' && from.scale === 0)
        ? null
        : (text) => rounded(text, 0)
    case 'decimal':
      // A column of texts may hold other spellings of a number than the canonical one; `guard` refuses what is none.
      if (from.kind === 'text') return decimalSpelling
      return from.kind === 'float32' || from.kind === 'float64' ? (text) => rounded(text, to.scale) : null
    case 'float32':
      return from.kind === 'text' ? spelledAs(float32Text) : cutTo(to, float32Text)
    case 'float64':
      if (from.kind === 'text') return spelledAs(float64Text)
      return from.kind === 'float32' && to.scale === null ? null : cutTo(to, float64Text)
    case 'boolean':
      return from.kind === 'integer' || from.kind === 'bits' ? booleanText : null
    case 'bits': {
      const zeros = from.kind === 'boolean' ? Number(/\((\d+)\)/.exec(to.type)?.[1] ?? 1) - 1 : 0
      return from.kind === 'boolean' ? (text) => '0'.repeat(zeros) + (digit[text] ?? text) : null
    }
    case 'uuid':
      return from.kind === 'bytes' ? dashed : null
    case 'bytes':
      return from.kind === 'uuid' ? (text) => text.replaceAll('-', '') : null
    case 'date':
      return from.kind === 'datetime' ? (text) => text.replace(/ [\d:.]+/, '') : null
    case 'datetime':
      if (from.kind === 'date')
        return (text) => (endless.has(text) ? text : text.replace(/( BC)?$/, ' 00:00:00$1'))
      return from.kind === 'instant' ? (text) => cutFraction(utcText(text), to.scale) : null
    case 'instant':
      return from.kind === 'datetime' ? (text) => microseconds(cutFraction(text, to.scale)) : null
    default:
      return null
  }
}

/** A TINYINT(1) holds other numbers, too, which stay what they are. */
const digit: Readonly<Record<string, string>> = { true: '1', false: '0' }

function decimalSpelling(text: string): string {
  return /^-?\d+(\.\d+)?$/.test(text) ? rounded(text, null) : text
}

/** To the digits of a FLOAT(M,D) first. */
function cutTo({ scale }: Column, float: Convert): Convert {
  return scale === null ? float : (text) => float(rounded(text, scale))
}

/** The float's own spelling of the same number; a text with more digits than it holds stays what it is, to be refused. */
function spelledAs(float: Convert): Convert {
  return (text) => {
    const held = float(text)
    const number = scientific(text)
    return number !== null && number === scientific(held) ? held : text
  }
}

/** The same for all spellings of a number; null for what is none. */
function scientific(text: string): string | null {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text)
  if (parts === null) return null
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return `${sign}0`
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}

/**
 * Refuses texts that the counterpart can't hold and that some servers would silently turn into something else (`NaN` into 0); null
 * when there is no such text. The function gets the text as `conversion` left it and throws TW_SECONDARY_REJECTED.
 */
export function guard(from: EngineColumn, to: EngineColumn, table: string): Check | null {
  const refuse = (text: string): never => {
    const what = from.engine === 'sqlite' && isStray(text) ? strayWords(text) : JSON.stringify(text)
    throw new TwinwriteError(
      'TW_SECONDARY_REJECTED',
      `${table}: column ${JSON.stringify(to.column.name)} (${to.engine} ${to.column.type}) cannot hold ${what}`,
      { table, hint: 'Correct the row, or convert the column with `up` and `down`.' },
    )
  }
  const check = kindGuard(from, to, refuse)
  // What is no text to one of the two would be another one, or bytes, to the other.
  if ((from.engine === 'sqlite') === (to.engine === 'sqlite')) return check
  return (text) => {
    if (isStray(text)) refuse(text)
    check?.(text)
  }
}

type Check = (text: string) => void

function kindGuard(from: EngineColumn, to: EngineColumn, refuse: (text: string) => never): Check | null {
  const kind = to.column.kind
  const twins = from.engine === 'postgres' && to.engine === 'postgres'
  if (
    from.column.kind !== kind &&
    (from.column.kind === 'text' ||
      from.column.kind === 'boolean' ||
      (asWritten.has(kind) && !(twins && dated.has(kind))))
  )
    return (text) => void (isCanonical(kind, text) || refuse(text))
  if (from.engine !== to.engine) {
    // A column of SQLite takes values of any type, and some servers would make something of them.
    if (from.engine === 'sqlite' && kind !== 'text' && !inexact.has(kind))
      return (text) => void (isCanonical(kind, text) || refuse(text))
  }
  if (from.engine === 'postgres' && to.engine !== 'postgres' && dated.has(from.column.kind)) {
    return (text) => void (endless.has(text) && refuse(text))
  }
  if (!inexact.has(from.column.kind) || (from.engine === to.engine && from.column.kind === kind)) return null
  const finiteOnly = kind === 'integer' || (inexact.has(kind) && to.engine !== 'postgres')
  if (!finiteOnly) return null
  return (text) => void (nonFinite.has(text) && refuse(text))
}

/** Kinds whose texts are the same on every server, so that what looks otherwise is of another kind. */
const asWritten: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['boolean', 'uuid', 'datetime', 'instant'])
const dated: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['date', 'datetime', 'instant'])
const endless: ReadonlySet<string> = new Set(['infinity', '-infinity'])
const inexact: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['decimal', 'float32', 'float64'])
const nonFinite: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity'])

/** Same kind: only what an accepted loss cuts. */
function narrowing(from: Column, to: Column): Convert | null {
  const { scale } = to
  if (scale === null || (from.scale !== null && from.scale <= scale)) return null
  switch (from.kind) {
    case 'decimal':
      return (text) => rounded(text, scale)
    case 'float32':
      return cutTo(to, float32Text)
    case 'float64':
      return cutTo(to, float64Text)
    case 'time':
    case 'datetime':
      return (text) => cutFraction(text, scale)
    case 'instant':
      return (text) => cutMicroseconds(text, scale)
    default:
      return null
  }
}

/** Number without exponent and with at most `scale` fraction digits (null: all), half away from zero. */
function rounded(text: string, scale: number | null): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text)
  if (parts === null) return text
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts
  const point = whole.length + Number(exponent)
  const digits = `${'0'.repeat(Math.max(0, -point))}${whole}${fraction}`.padEnd(point, '0')
  const start = Math.max(0, point)
  let value = BigInt(digits.slice(0, start) || '0')
  let rest = digits.slice(start)
  if (scale !== null && rest.length > scale) {
    const scaled = BigInt(digits.slice(0, start + scale) || '0') + (rest.charAt(scale) >= '5' ? 1n : 0n)
    const all = scaled.toString().padStart(scale + 1, '0')
    value = BigInt(all.slice(0, all.length - scale))
    rest = all.slice(all.length - scale)
  }
  rest = rest.replace(/0+$/, '')
  const number = rest === '' ? String(value) : `${value}.${rest}`
  return number === '0' ? '0' : sign + number
}

/** A number too large for a float is left as it is, for the server to refuse. */
function float64Text(text: string): string {
  const value = Number(text)
  return Number.isFinite(value) ? numberText(value) : text
}

/** Shortest text that reads back to the same 32-bit float. */
function float32Text(text: string): string {
  const value = Math.fround(Number(text))
  if (!Number.isFinite(value)) return text
  if (value === 0) return numberText(value)
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === value) return numberText(shorter)
  }
  return String(Number(value.toPrecision(9)))
}

/** Anything but zero and one is left as it is, for the guard to refuse. */
function booleanText(text: string): string {
  if (/^0+$/.test(text)) return 'false'
  return /^0*1$/.test(text) ? 'true' : text
}

/** The sign of a zero is part of a float. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

function dashed(text: string): string {
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function cutFraction(text: string, scale: number | null): string {
  if (scale === null) return text
  return text.replace(/\.(\d+)(?= BC$|$)/, (_, digits: string) => {
    const kept = digits.slice(0, scale).replace(/0+$/, '')
    return kept === '' ? '' : `.${kept}`
  })
}

function cutMicroseconds(text: string, scale: number): string {
  if (!/^-?\d+$/.test(text)) return text
  const unit = 10n ** BigInt(Math.max(0, 6 - scale))
  const value = BigInt(text)
  return String(value - (((value % unit) + unit) % unit))
}

const dateTime = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/

/** UTC date and time to microseconds since 1970; a text that is none is left for the server to refuse. */
function microseconds(text: string): string {
  const parts = dateTime.exec(text)
  if (parts === null) return text
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
  // Zero dates, and days that no month has, are left for the server, too.
  if (year < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return text
  date.setUTCHours(hour, minute, second)
  return String(BigInt(date.getTime()) * 1000n + BigInt((parts[7] ?? '').padEnd(6, '0')))
}

function utcText(text: string): string {
  if (!/^-?\d+$/.test(text)) return text
  const value = BigInt(text)
  const fraction = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n
  const date = new Date(Number((value - fraction) / 1000n))
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1) return text
  const iso = date.toISOString().replace(/^\+0*(?=\d{5})/, '')
  const digits = fraction.toString().padStart(6, '0').replace(/0+$/, '')
  return `${iso.slice(0, iso.indexOf('T'))} ${iso.slice(iso.indexOf('T') + 1, -5)}${digits === '' ? '' : `.${digits}`}`
}

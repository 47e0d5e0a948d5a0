// What a server's text means, in a form in which two engines can be compared: one letter for the class, then the value.
//   n number, t text (hex of UTF-8), b bytes (hex), u UUID (hex), B boolean, d date, c clock time, l local date and time,
//   i instant (microseconds since 1970), j JSON, z bits, x text of a type that no other engine has (hex), r text that is no UTF-8 (hex)

import { isUtf8 } from 'node:buffer'
import type { Engine } from '@twinwrite/testkit'
import type { Form } from './form.ts'
import { jsonForm } from './json-form.ts'
import { floatForm, plainNumber } from './number-form.ts'

const utf8 = (hex: string): string => Buffer.from(hex, 'hex').toString('utf8')
const hexOf = (text: string): string => Buffer.from(text, 'utf8').toString('hex')
const textMeaning = (text: string): string => `t:${hexOf(text)}`

/** @param type the column's declaration, from which the width of bits is known @param given by `reading` */
export function meaning(engine: Engine, form: Form, type: string, given: string): string {
  if (engine === 'sqlite') return meaningOfSqlite(form, given)
  switch (form) {
    case 'text':
      return `t:${given.toLowerCase()}`
    case 'padded':
      return textMeaning(utf8(given).replace(/ +$/, ''))
    case 'json':
      return of(form, utf8(given))
    case 'native':
      return `x:${given.toLowerCase()}`
    case 'bits':
      return engine === 'postgres' ? of(form, given) : `z:${wideBits(type, given)}`
    case 'float32':
      return `n:${floatForm(given, Math.fround)}`
    case 'instant':
      return engine === 'postgres' ? `i:${epochMicros(given)}` : `i:${utcMicros(given)}`
    default:
      return of(form, given)
  }
}

/** What a text means that is written as other columns of this form are; a text where it is none. */
export function of(form: Form, text: string): string {
  switch (form) {
    case 'number': {
      const number = plainNumber(text)?.replace(/^-0$/, '0')
      return number === undefined ? textMeaning(text) : `n:${number}`
    }
    case 'float32':
    case 'float64':
      return plainNumber(text) === null ? textMeaning(text) : `n:${floatForm(text)}`
    case 'bytes':
      return `b:${text.toLowerCase()}`
    case 'uuid':
      return /^[0-9a-f-]{36}$/.test(text) ? `u:${text.replaceAll('-', '')}` : textMeaning(text)
    case 'boolean':
      return /^(true|false)$/.test(text) ? `B:${text}` : textMeaning(text)
    case 'date':
      return /^\d{4,}-\d\d-\d\d( BC)?$|^-?infinity$/.test(text) ? `d:${text}` : textMeaning(text)
    case 'time':
      return /^-?\d\d+:\d\d:\d\d(\.\d+)?$/.test(text) ? `c:${trimmed(text)}` : textMeaning(text)
    case 'datetime':
      return /^\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( BC)?$|^-?infinity$/.test(text)
        ? `l:${trimmed(text)}`
        : textMeaning(text)
    case 'instant':
      return `i:${text}`
    case 'json': {
      const form = jsonForm(text)
      return form === null ? textMeaning(text) : `j:${form}`
    }
    case 'bits':
      return `z:${text}`
    default:
      return textMeaning(text)
  }
}

/** Without zeros at the end of the fraction. */
function trimmed(time: string): string {
  return time.replace(/(\.\d*?)0+(?= |$)/, '$1').replace(/\.(?= |$)/, '')
}

function wideBits(type: string, hex: string): string {
  return BigInt(`0x${hex || '0'}`)
    .toString(2)
    .padStart(Number(/\((\d+)\)/.exec(type)?.[1] ?? 1), '0')
}

function epochMicros(seconds: string): string {
  if (/infinity/i.test(seconds)) return seconds.toLowerCase()
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(seconds)!
  return String(BigInt(`${sign}${whole}${fraction.padEnd(6, '0').slice(0, 6)}`))
}

/** Of a date and time in UTC; zero dates are no instants. */
function utcMicros(text: string): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(text)
  if (parts === null || text.startsWith('0000')) return text.replace(/\.0+$/, '')
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number)
  const seconds = Date.UTC(year!, month! - 1, day, hour, minute, second) / 1000
  return epochMicros(`${seconds}.${parts[7] ?? ''}0`)
}

function meaningOfSqlite(form: Form, given: string): string {
  const [, storage, value = ''] = /^(integer|real|text|blob) (.*)$/s.exec(given)!
  if (storage === 'blob') return `b:${value.toLowerCase()}`
  if (storage === 'text') {
    if (!isUtf8(Buffer.from(value, 'hex'))) return `r:${value.toLowerCase()}`
    const text = utf8(value)
    if (form === 'datetime') return datetimeOfSqlite(text)
    return of(form === 'native' || form === 'bytes' ? 'text' : form, text)
  }
  if (form === 'boolean' && /^[01]$/.test(value)) return `B:${value === '1'}`
  if (form === 'json') return of(form, value)
  if (form === 'datetime' && storage === 'integer') return localOfMillis(value)
  return storage === 'real' ? `n:${floatForm(value)}` : `n:${plainNumber(value)!}`
}

/** As clients of JavaScript write it. */
function datetimeOfSqlite(text: string): string {
  const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)Z?$/.exec(text)
  return of('datetime', iso === null ? text : `${iso[1]} ${iso[2]}`)
}

function localOfMillis(millis: string): string {
  const date = new Date(Number(millis))
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1
    ? `n:${plainNumber(millis)!}`
    : of(
        'datetime',
        date
          .toISOString()
          .replace('T', ' ')
          .replace('Z', '')
          .replace(/^\+0*(?=\d{5})/, ''),
      )
}

// The form of canonical texts by kind (see ColumnKind), for texts that come from the user or from a column of another kind.

import type { Column, ColumnKind } from '../catalog.ts'

/** Before the hexadecimal digits of bytes that stand in a column of a kind without bytes, which SQLite allows, and no other engine. */
export const strayBytes = '\u0000blob '

/** Before the hexadecimal digits of a text that no string can hold, or that begins as a stray one: SQLite keeps texts that are no UTF-8. */
export const strayText = '\u0000text '

export function isStray(text: string): boolean {
  return text.charCodeAt(0) === 0 && (text.startsWith(strayText) || text.startsWith(strayBytes))
}

/** For a person. */
export function strayWords(text: string): string {
  const what = text.startsWith(strayText) ? 'a text that is not valid UTF-8' : 'bytes'
  return `${what} (${text.slice(strayText.length)})`
}

const fraction = '(\\.\\d*[1-9])?'

/** Null: any text may be one. */
const forms: Record<ColumnKind, RegExp | null> = {
  integer: /^(0|-?[1-9]\d*)$/,
  decimal: /^(-?\d+(\.\d*[1-9])?|NaN|-?Infinity)$/,
  float32: /^(-?\d+(\.\d+)?(e[+-]?\d+)?|NaN|-?Infinity)$/,
  float64: /^(-?\d+(\.\d+)?(e[+-]?\d+)?|NaN|-?Infinity)$/,
  text: null,
  bytes: /^([0-9a-f]{2})*$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  boolean: /^(true|false)$/,
  date: /^\d{4,}-\d\d-\d\d$/,
  time: new RegExp(`^-?\\d{2,3}:\\d\\d:\\d\\d${fraction}$`),
  datetime: new RegExp(`^\\d{4,}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d${fraction}$`),
  instant: /^-?\d+$/,
  json: null,
  bits: /^[01]*$/,
  enum: null,
  native: null,
}

/** Whether the text can be the canonical text of a column of this kind. */
export function isCanonical(kind: ColumnKind, text: string): boolean {
  return forms[kind]?.test(text) ?? true
}

/** Text of a moment for a column of dates and times, in UTC and whole seconds: a column may keep no fractions. */
export function momentText({ kind }: Column, ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (kind === 'instant') return String(BigInt(seconds) * 1_000_000n)
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
}

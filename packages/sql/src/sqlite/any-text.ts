// SQLite keeps any bytes as a text, and JavaScript can't hold those that are no UTF-8: better-sqlite3 gives U+FFFD for them (and writes such
// texts itself, for a string with half a surrogate pair). So texts are read as hexadecimal digits where that may be:
// on the app's connection where a text is not plain ASCII, in our own sessions where a text that was read has a U+FFFD. Upholds W4, W5.

import { isUtf8 } from 'node:buffer'
import { isStray, strayBytes, strayText } from '@twinwrite/core'

/** A text that no string can hold. */
export class RawText {
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }
}

/** SQL that says what any expression gives, to the byte. */
export function exactly(e: string): string {
  const digits = `lower(hex(${e}))`
  return (
    `CASE typeof(${e}) WHEN 'text' THEN CASE WHEN ${e} GLOB '*[^ -~]*' OR ${hasNul(e)} THEN ${marked(strayText)} || ${digits} ELSE ${e} END` +
    ` WHEN 'blob' THEN ${marked(strayBytes)} || ${digits} ELSE ${e} END`
  )
}

/** SQL: whether a text has a NUL, behind which most functions see nothing. */
export function hasNul(e: string): string {
  return `instr(CAST(${e} AS BLOB), x'00') > 0`
}

/** Canonical text of a string that `exactly` gave. */
export function readText(given: string): string {
  if (!given.startsWith(strayText)) return given
  const text = textOrBytes(digitsOf(given))
  return typeof text !== 'string' || isStray(text) ? given : text
}

/** What better-sqlite3 should have given where `exactly` gave this. */
export function readValue(given: unknown): unknown {
  if (typeof given !== 'string' || !isStray(given)) return given
  return given.startsWith(strayBytes) ? digitsOf(given) : textOrBytes(digitsOf(given))
}

function textOrBytes(bytes: Buffer): string | RawText {
  return isUtf8(bytes) ? bytes.toString('utf8') : new RawText(bytes)
}

export function strayOf(given: Buffer | RawText): string {
  return Buffer.isBuffer(given) ? strayBytes + given.toString('hex') : strayText + given.bytes.toString('hex')
}

/** What a stray canonical text stands for. */
export function givenBy(stray: string): Buffer | RawText {
  const bytes = digitsOf(stray)
  return stray.startsWith(strayBytes) ? bytes : new RawText(bytes)
}

/** SQL of what a stray canonical text stands for, given the SQL of the text, which stands in it once. @param skipped bytes at the beginning */
export function strayValue(text: string, expression: string, skipped = 0): string {
  // Functions of texts end at the NUL of the mark.
  const bytes = `unhex(substr(CAST(${expression} AS BLOB), ${strayText.length + 1 + 2 * skipped}))`
  return text.startsWith(strayBytes) ? bytes : `+CAST(${bytes} AS TEXT)`
}

const digitsOf = (stray: string): Buffer => Buffer.from(stray.slice(strayText.length), 'hex')

function marked(mark: string): string {
  return `char(0) || '${mark.slice(1)}'`
}

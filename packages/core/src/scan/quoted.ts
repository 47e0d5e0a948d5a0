// Where quoted texts and comments end. Every function takes the position behind the opening and gives the
// position behind the closing, or -1 when there is none.

import { isLetter, isNamePart } from './character.ts'

const backslash = 92
const newline = 10
const carriageReturn = 13

/** `quote` doubled stands for itself. */
export function quotedEnd(sql: string, at: number, quote: string): number {
  for (;;) {
    const close = sql.indexOf(quote, at)
    if (close < 0) return -1
    if (sql.charCodeAt(close + 1) !== quote.charCodeAt(0)) return close + 1
    at = close + 2
  }
}

/** As {@link quotedEnd}, with backslash escapes. */
export function escapedEnd(sql: string, at: number, quote: string): number {
  const quoteCode = quote.charCodeAt(0)
  while (at < sql.length) {
    const code = sql.charCodeAt(at)
    if (code === backslash) at += 2
    else if (code !== quoteCode) at++
    else if (sql.charCodeAt(at + 1) === quoteCode) at += 2
    else return at + 1
  }
  return -1
}

/**
 * PostgreSQL joins strings that only white space with a newline (and line comments) separates. Given the
 * position behind a closing quote, the position behind the next opening quote, or -1.
 */
export function continuation(sql: string, at: number): number {
  let newlines = false
  for (; at < sql.length; at++) {
    const code = sql.charCodeAt(at)
    if (code === newline || code === carriageReturn) newlines = true
    else if (code === 45 && sql.charCodeAt(at + 1) === 45) at = lineEnd(sql, at, true) - 1
    else if (code !== 32 && code !== 9 && code !== 12) return code === 39 && newlines ? at + 1 : -1
  }
  return -1
}

/** The opening `$tag$` of PostgreSQL's dollar quotes at `at`, or null. */
export function dollarTag(sql: string, at: number): string | null {
  let end = at + 1
  if (isLetter(sql.charCodeAt(end))) {
    while (isNamePart(sql.charCodeAt(end)) && sql.charCodeAt(end) !== 36) end++
  }
  return sql.charCodeAt(end) === 36 ? sql.slice(at, end + 1) : null
}

/** Position of the character that ends a line comment, or the end of the text. */
export function lineEnd(sql: string, at: number, returnEndsLine: boolean): number {
  const feed = sql.indexOf('\n', at)
  const end = feed < 0 ? sql.length : feed
  if (!returnEndsLine) return end
  // Not indexOf on the whole text: many comments and no carriage return would cost a full pass each.
  for (let index = at; index < end; index++) if (sql.charCodeAt(index) === carriageReturn) return index
  return end
}

/** End of a block comment; comments nest in PostgreSQL. */
export function blockCommentEnd(sql: string, at: number, nested: boolean): number {
  if (!nested) {
    const close = sql.indexOf('*/', at)
    return close < 0 ? -1 : close + 2
  }
  let depth = 1
  for (; at < sql.length; at++) {
    const code = sql.charCodeAt(at)
    const next = sql.charCodeAt(at + 1)
    if (code === 42 && next === 47) {
      at++
      if (--depth === 0) return at + 1
    } else if (code === 47 && next === 42) {
      at++
      depth++
    }
  }
  return -1
}

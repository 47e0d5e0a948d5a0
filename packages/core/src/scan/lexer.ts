// Text -> tokens with exact ranges, for the four dialects. Comments and white space leave no token.
// Linear in the length of the text. What a server could read in another way than we do is a fault
// (W10), never a guess.

import { isDigit, isHexDigit, isLetter, isNamePart, isSpace } from './character.ts'
import { hashStep, keywordAt } from './keyword.ts'
import { lexicons, type Lexicon } from './lexicon.ts'
import { blockCommentEnd, continuation, dollarTag, escapedEnd, lineEnd, quotedEnd } from './quoted.ts'
import type { OpaqueReason, ScanDialect } from './statement.ts'
import { mark, stringStyle, tk, type Tokens } from './token.ts'

/** Why a text has no tokens. */
export type LexFault = Extract<
  OpaqueReason,
  'unterminated' | 'illegal-character' | 'unbalanced' | 'executable-comment' | 'spliced-placeholder'
>

/** Greatest number of bound values that any of the servers takes. */
const mostParams = 65_535

/** Fills `out` with the tokens of `sql`; gives the fault that stopped it, or null. */
export function lex(sql: string, dialect: ScanDialect, out: Tokens): LexFault | null {
  const lexicon = lexicons[dialect]
  out.begin(sql)
  if (lexicon.nulEnds && sql.includes('\0')) {
    out.finish()
    return 'illegal-character'
  }
  const lexer = new Lexer(sql, lexicon, out)
  const fault = lexer.run()
  out.finish()
  return fault
}

class Lexer {
  readonly #sql: string
  readonly #length: number
  readonly #lexicon: Lexicon
  readonly #out: Tokens
  readonly #open: number[] = []
  #at = 0
  #params = 0
  #paramNames: Map<string, number> | null = null

  constructor(sql: string, lexicon: Lexicon, out: Tokens) {
    this.#sql = sql
    this.#length = sql.length
    this.#lexicon = lexicon
    this.#out = out
  }

  run(): LexFault | null {
    while (this.#at < this.#length) {
      const code = this.#sql.charCodeAt(this.#at)
      if (isSpace(code)) {
        this.#at++
        continue
      }
      const fault = isLetter(code) ? this.#word() : isDigit(code) ? this.#number() : this.#special(code)
      if (fault !== null) return fault
    }
    return this.#open.length > 0 ? 'unbalanced' : null
  }

  #peek(offset: number): number {
    const at = this.#at + offset
    return at < this.#length ? this.#sql.charCodeAt(at) : 0
  }

  #word(): LexFault | null {
    const start = this.#at
    const sql = this.#sql
    if (sql.charCodeAt(start) === 0xfeff && this.#lexicon.namedParams) return 'illegal-character'
    let hash = 0
    let at = start
    for (; at < this.#length; at++) {
      const code = sql.charCodeAt(at)
      if (!isNamePart(code)) break
      hash = hashStep(hash, code)
    }
    if (at === start + 1 && at < this.#length) {
      const prefixed = this.#prefixed(sql.charCodeAt(start), at)
      if (prefixed !== undefined) return prefixed
    }
    this.#at = at
    this.#out.push(tk.word, start, at, keywordAt(sql, start, at, hash), 0)
    return null
  }

  /** A string whose kind a letter before the quote tells; undefined when the letter is a name. */
  #prefixed(letter: number, at: number): LexFault | null | undefined {
    const next = this.#sql.charCodeAt(at)
    const lexicon = this.#lexicon
    if (next === 39) {
      if (lexicon.postgresStrings && (letter | 32) === 101) return this.#string(1, true, tk.string)
      if (lexicon.prefixes.includes(String.fromCharCode(letter))) {
        return this.#string(1, lexicon.backslash && (letter | 32) === 110, tk.other)
      }
    } else if (lexicon.postgresStrings && next === 38 && (letter | 32) === 117) {
      const quote = this.#sql.charCodeAt(at + 1)
      if (quote === 39) return this.#string(2, false, tk.other)
      if (quote === 34) return 'illegal-character'
    }
    return undefined
  }

  /** A '..' literal whose opening quote stands `offset` characters ahead. */
  #string(offset: number, backslash: boolean, kind: number): LexFault | null {
    const start = this.#at
    const sql = this.#sql
    const open = start + offset
    const quote = sql.charCodeAt(open) === 34 ? '"' : "'"
    let end = backslash ? escapedEnd(sql, open + 1, quote) : quotedEnd(sql, open + 1, quote)
    if (this.#lexicon.postgresStrings) {
      while (end >= 0) {
        const more = continuation(sql, end)
        if (more < 0) break
        kind = tk.other
        end = backslash ? escapedEnd(sql, more, quote) : quotedEnd(sql, more, quote)
      }
    }
    return this.#push(kind, end, backslash ? stringStyle.backslash : stringStyle.plain)
  }

  /** Pushes the token from here to `end` and goes on behind it; -1 means that it never ends. */
  #push(kind: number, end: number, aux: number): LexFault | null {
    if (end < 0) return 'unterminated'
    this.#out.push(kind, this.#at, end, 0, aux)
    this.#at = end
    return null
  }

  #number(): LexFault | null {
    const sql = this.#sql
    const start = this.#at
    const names = this.#lexicon.digitNames
    let end = start
    const based = this.#peek(1) | 32
    if (sql.charCodeAt(start) === 48 && (based === 120 || based === 98 || based === 111)) {
      end += 2
      while (isHexDigit(sql.charCodeAt(end)) || (sql.charCodeAt(end) === 95 && !this.#lexicon.digitNames))
        end++
    } else {
      end = this.#digits(end)
      const exponent = names ? this.#exponent(end) : end
      if (exponent > end) end = exponent
      else if (!(names && isNamePart(sql.charCodeAt(end)))) {
        if (sql.charCodeAt(end) === mark.dot) end = this.#digits(end + 1)
        end = this.#exponent(end)
        return this.#numberToken(end)
      }
    }
    if (names && isNamePart(sql.charCodeAt(end)) && !/^\d+e/i.test(sql.slice(start, end))) return this.#word()
    return this.#numberToken(end)
  }

  #numberToken(end: number): LexFault | null {
    if (!this.#lexicon.digitNames && isNamePart(this.#sql.charCodeAt(end))) return 'illegal-character'
    return this.#push(tk.number, end, 0)
  }

  #digits(at: number): number {
    for (;;) {
      const code = this.#sql.charCodeAt(at)
      if (
        !isDigit(code) &&
        !(code === 95 && !this.#lexicon.digitNames && isDigit(this.#sql.charCodeAt(at + 1)))
      )
        return at
      at++
    }
  }

  #exponent(at: number): number {
    if ((this.#sql.charCodeAt(at) | 32) !== 101) return at
    const next = this.#sql.charCodeAt(at + 1)
    const first = next === mark.plus || next === mark.minus ? at + 2 : at + 1
    return isDigit(this.#sql.charCodeAt(first)) ? this.#digits(first) : at
  }

  #special(code: number): LexFault | null {
    const lexicon = this.#lexicon
    const next = this.#peek(1)
    switch (code) {
      case 39: // '
        return this.#string(0, lexicon.backslash, tk.string)
      case 34: // "
        if (lexicon.doubleQuote === 'string') return this.#string(0, lexicon.backslash, tk.string)
        return this.#push(tk.name, quotedEnd(this.#sql, this.#at + 1, '"'), 0)
      case 96: // `
        if (lexicon.backtickNames) return this.#push(tk.name, quotedEnd(this.#sql, this.#at + 1, '`'), 0)
        break
      case 45: // -
        if (next === 45 && (!lexicon.dashNeedsSpace || this.#peek(2) <= 32 || this.#peek(2) === 127))
          return this.#line()
        break
      case 35: // #
        if (lexicon.hashComments) return this.#line()
        if (lexicon.namedParams) return 'illegal-character'
        break
      case 47: // /
        if (next === 42) return this.#block()
        break
      case 36: // $
        return this.#dollar()
      case 63: // ?
        if (lexicon.questionParams) return this.#question()
        break
      case 58: // :
      case 64: // @
        if (lexicon.namedParams) return this.#namedParam()
        break
      case 46: // .
        return this.#dot(next)
      case 91: // [
        if (lexicon.bracketNames) {
          const close = this.#sql.indexOf(']', this.#at)
          return this.#push(tk.name, close < 0 ? -1 : close + 1, 0)
        }
        if (lexicon.postgresStrings) return this.#opening(code)
        break
      case 93: // ]
        if (lexicon.postgresStrings) return this.#closing(code, mark.bracket)
        break
      case 40: // (
        return this.#opening(code)
      case 41: // )
        return this.#closing(code, mark.open)
      case 11: // vertical tab
        if (!lexicon.verticalTab) return 'illegal-character'
        this.#at++
        return null
    }
    if (code < 32 || code === 127) return 'illegal-character'
    return this.#mark(code)
  }

  #mark(code: number): null {
    this.#out.push(tk.mark, this.#at, this.#at + 1, code, 0)
    this.#at++
    return null
  }

  #opening(code: number): null {
    this.#open.push(this.#out.count)
    return this.#mark(code)
  }

  #closing(code: number, partner: number): LexFault | null {
    const open = this.#open.pop()
    const out = this.#out
    if (open === undefined || out.code[open] !== partner) return 'unbalanced'
    this.#mark(code)
    out.match[open] = out.count - 1
    out.match[out.count - 1] = open
    return null
  }

  #dot(next: number): LexFault | null {
    const out = this.#out
    const previous = out.count - 1
    const qualifies =
      this.#lexicon.digitNames &&
      previous >= 0 &&
      out.kind[previous] === tk.word &&
      out.end[previous] === this.#at
    if (qualifies && isNamePart(next)) {
      this.#mark(mark.dot)
      return this.#word()
    }
    if (!isDigit(next)) return this.#mark(mark.dot)
    const end = this.#exponent(this.#digits(this.#at + 1))
    return this.#numberToken(end)
  }

  #line(): null {
    this.#at = lineEnd(this.#sql, this.#at, this.#lexicon.returnEndsLine)
    return null
  }

  #block(): LexFault | null {
    const lexicon = this.#lexicon
    const body = this.#at + 2
    if (lexicon.executable.some((opening) => this.#sql.startsWith(opening, body))) return 'executable-comment'
    const end = blockCommentEnd(this.#sql, body, lexicon.nestedComments)
    if (end < 0 && !lexicon.openComments) return 'unterminated'
    this.#at = end < 0 ? this.#length : end
    return null
  }

  #dollar(): LexFault | null {
    const lexicon = this.#lexicon
    if (lexicon.digitNames) return this.#word()
    if (lexicon.namedParams) return this.#namedParam()
    if (isDigit(this.#peek(1))) return this.#numberedParam()
    const tag = dollarTag(this.#sql, this.#at)
    if (tag === null) return 'illegal-character'
    const close = this.#sql.indexOf(tag, this.#at + tag.length)
    return this.#push(tk.string, close < 0 ? -1 : close + tag.length, stringStyle.dollar)
  }

  #numberedParam(): LexFault | null {
    let end = this.#at + 1
    while (isDigit(this.#sql.charCodeAt(end))) end++
    const number = Number(this.#sql.slice(this.#at + 1, end))
    if (number < 1 || number > mostParams || isNamePart(this.#sql.charCodeAt(end))) return 'illegal-character'
    return this.#push(tk.placeholder, end, number - 1)
  }

  #question(): LexFault | null {
    // `??` is spliced in as a name by mysql2 and sqlstring: the text is not what the server will see.
    if (this.#lexicon.digitNames && this.#peek(1) === 63) return 'spliced-placeholder'
    let end = this.#at + 1
    if (!this.#lexicon.namedParams || !isDigit(this.#peek(1)))
      return this.#push(tk.placeholder, end, this.#params++)
    while (isDigit(this.#sql.charCodeAt(end))) end++
    const number = Number(this.#sql.slice(this.#at + 1, end))
    if (number < 1 || number > mostParams) return 'illegal-character'
    this.#params = Math.max(this.#params, number)
    return this.#push(tk.placeholder, end, number - 1)
  }

  #namedParam(): LexFault | null {
    let end = this.#at + 1
    while (isNamePart(this.#sql.charCodeAt(end))) end++
    const next = this.#sql.charCodeAt(end)
    // The Tcl forms $a::b and $a(b) are left to those who want them.
    if (end === this.#at + 1 || next === mark.open || next === mark.colon) return 'illegal-character'
    const name = this.#sql.slice(this.#at, end)
    this.#paramNames ??= new Map()
    let param = this.#paramNames.get(name)
    if (param === undefined) {
      param = this.#params++
      this.#paramNames.set(name, param)
    }
    return this.#push(tk.placeholder, end, param)
  }
}

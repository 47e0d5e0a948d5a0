// A position in the tokens of one statement, and the questions that all clause parsers ask there.
// A parser that meets what it does not know refuses; the statement then is opaque (W10).

import { cutPostgresName, foldPostgresName, unquote } from './identifier.ts'
import { grammars, type Grammar } from './grammar.ts'
import { kw, type CodeSet } from './keyword.ts'
import { decodeString } from './literal.ts'
import type { OpaqueReason, Range, ScanDialect, TableName } from './statement.ts'
import { mark, stringStyle, tk, type Tokens } from './token.ts'

/** Thrown by parsers, caught where the statement is classified; never leaves the scanner. */
export class Refusal extends Error {
  readonly reason: OpaqueReason

  constructor(reason: OpaqueReason) {
    super(reason)
    this.reason = reason
  }
}

export class Cursor {
  readonly tokens: Tokens
  readonly dialect: ScanDialect
  readonly grammar: Grammar
  /** Index of the current token. */
  at = 0
  /** Index behind the statement's last token, semicolons left out. */
  readonly stop: number

  constructor(tokens: Tokens, dialect: ScanDialect, stop: number) {
    this.tokens = tokens
    this.dialect = dialect
    this.grammar = grammars[dialect]
    this.stop = stop
  }

  refuse(reason: OpaqueReason = 'unexpected-syntax'): never {
    throw new Refusal(reason)
  }

  get done(): boolean {
    return this.at >= this.stop
  }

  /** Code of the token `ahead` of the current one; 0 behind the end. */
  code(ahead = 0): number {
    const at = this.at + ahead
    return at < this.stop ? (this.tokens.code[at] as number) : 0
  }

  kind(ahead = 0): number {
    const at = this.at + ahead
    return at < this.stop ? (this.tokens.kind[at] as number) : tk.end
  }

  /** Steps over the token if it has this code. */
  accept(code: number): boolean {
    if (this.code() !== code) return false
    this.at++
    return true
  }

  expect(code: number): void {
    if (!this.accept(code)) this.refuse()
  }

  /** Range from token `from` up to, not including, token `to`. */
  range(from: number, to: number): Range {
    return { start: this.tokens.start[from] as number, end: this.endBefore(to) }
  }

  /** Offset behind the token before index `to`. */
  endBefore(to: number): number {
    return to === 0 ? 0 : (this.tokens.end[to - 1] as number)
  }

  /** Index behind the group that opens at `index`, or behind the single token there. */
  after(index: number): number {
    const partner = this.tokens.match[index] as number
    return partner > index ? partner + 1 : index + 1
  }

  /** The current token must open a parenthesis; steps behind its partner and gives the index inside. */
  group(): { from: number; to: number } {
    if (this.code() !== mark.open) this.refuse()
    const from = this.at + 1
    this.at = this.after(this.at)
    return { from, to: this.at - 1 }
  }

  /**
   * Index of the first word of `set`, from `from` on, outside of all parentheses; `to` when there is none.
   * A word behind a dot or AS is a name, FROM behind DISTINCT an operator.
   */
  find(set: CodeSet, from: number, to = this.stop): number {
    const { code, kind } = this.tokens
    for (let index = from; index < to; index = this.after(index)) {
      if (kind[index] !== tk.word || set[code[index] as number] !== 1) continue
      if (this.follows(index)) continue
      if (code[index] === kw.FROM && code[index - 1] === kw.DISTINCT) continue
      if (code[index] === kw.RETURNING && !this.grammar.returning) continue
      return index
    }
    return to
  }

  /** Whether the word at `index` is a name because of a dot or AS before it. */
  follows(index: number): boolean {
    const { code } = this.tokens
    const before = code[index - 1]
    return before === mark.dot || (before === kw.AS && code[index - 2] !== mark.dot)
  }

  /** Whether the token at `index` can be a name. */
  isName(index: number): boolean {
    if (index >= this.stop) return false
    const kind = this.tokens.kind[index]
    return kind === tk.word || kind === tk.name || (kind === tk.string && this.grammar.stringNames)
  }

  nameAt(index: number): string {
    const text = this.tokens.text(index)
    const kind = this.tokens.kind[index]
    if (kind === tk.word) return this.grammar.foldsNames ? foldPostgresName(text) : text
    if (kind === tk.string) return decodeString(text, stringStyle.plain, false) as string
    return this.grammar.foldsNames ? cutPostgresName(unquote(text)) : unquote(text)
  }

  /** Takes a name. */
  name(): string {
    if (!this.isName(this.at)) this.refuse()
    return this.nameAt(this.at++)
  }

  /** Takes `[[catalog.]schema.]table`. */
  tableName(): TableName {
    const from = this.at
    let schema: string | null = null
    let name = this.name()
    while (this.code() === mark.dot && this.isName(this.at + 1)) {
      this.at++
      schema = name
      name = this.name()
    }
    const quoted = this.tokens.kind[this.at - 1] !== tk.word
    return { schema, name, range: this.range(from, this.at), quoted }
  }

  /** Takes `[AS] alias`; a bare word of `reserved` is no alias. */
  alias(reserved: CodeSet, bare = this.grammar.bareAlias): string | null {
    if (this.accept(kw.AS)) return this.name()
    if (!bare || !this.isName(this.at) || reserved[this.code()] === 1) return null
    return this.name()
  }
}

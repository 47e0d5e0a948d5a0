// Tokens of one SQL text as parallel arrays: a bulk INSERT of a megabyte costs no object per token.

/** Kinds of token. */
export const tk = {
  end: 0,
  /** Unquoted identifier or keyword. */
  word: 1,
  /** Quoted identifier. */
  name: 2,
  /** String literal whose value can be decoded. */
  string: 3,
  /** Bit, hex, national or Unicode string, or one in several pieces: a literal of unknown value. */
  other: 4,
  number: 5,
  placeholder: 6,
  /** One character of punctuation or of an operator. */
  mark: 7,
} as const

/** How a `string` token is decoded (its `aux`). */
export const stringStyle = { plain: 0, backslash: 1, dollar: 2 } as const

/** Character codes of the marks that scanning asks for. */
export const mark = {
  open: 40,
  close: 41,
  star: 42,
  plus: 43,
  comma: 44,
  minus: 45,
  dot: 46,
  colon: 58,
  semicolon: 59,
  equals: 61,
  at: 64,
  bracket: 91,
  unbracket: 93,
  pipe: 124,
  ampersand: 38,
} as const

const smallest = 1024
/** So many, that a parser may look a few tokens ahead without asking where the end is. */
const endTokens = 8
const largestKept = 65_536

export class Tokens {
  sql = ''
  /** Number of tokens; those behind have kind `end`. */
  count = 0
  kind = new Uint8Array(smallest)
  start = new Int32Array(smallest)
  end = new Int32Array(smallest)
  /** Keyword id of a word, character code of a mark, else 0. */
  code = new Int32Array(smallest)
  /** Parameter index of a placeholder, style of a string, else 0. */
  aux = new Int32Array(smallest)
  /** Index of the partner of a bracket, else -1. */
  match = new Int32Array(smallest)

  begin(sql: string): void {
    this.sql = sql
    this.count = 0
    if (this.kind.length > largestKept) this.#resize(smallest, 0)
  }

  push(kind: number, start: number, end: number, code: number, aux: number): void {
    const at = this.count
    // Room for the end tokens, which `finish` writes without asking.
    if (at + 1 + endTokens > this.kind.length) this.#resize(this.kind.length * 2, at)
    this.kind[at] = kind
    this.start[at] = start
    this.end[at] = end
    this.code[at] = code
    this.aux[at] = aux
    this.match[at] = -1
    this.count = at + 1
  }

  finish(): void {
    for (let at = this.count; at < this.count + endTokens; at++) {
      this.kind[at] = tk.end
      this.start[at] = this.sql.length
      this.end[at] = this.sql.length
      this.code[at] = 0
      this.aux[at] = 0
      this.match[at] = -1
    }
  }

  text(index: number): string {
    return this.sql.slice(this.start[index], this.end[index])
  }

  #resize(length: number, keep: number): void {
    const grow = (from: Int32Array) => {
      const to = new Int32Array(length)
      to.set(from.subarray(0, keep))
      return to
    }
    const kind = new Uint8Array(length)
    kind.set(this.kind.subarray(0, keep))
    this.kind = kind
    this.start = grow(this.start)
    this.end = grow(this.end)
    this.code = grow(this.code)
    this.aux = grow(this.aux)
    this.match = grow(this.match)
  }
}

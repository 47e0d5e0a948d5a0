// Canonical text of JSON: no blanks, keys sorted (equal ones in their order), strings escaped one way, and numbers exactly
// as they were written. JSON.parse would round numbers beyond 2^53, so this is a parser that never makes numbers.

import { decimalText } from './number-text.ts'

/** The text itself when it is no JSON. */
export function jsonText(text: string): string {
  return new JsonReader(text).canonical() ?? text
}

/** Numbers in the text, as written; null when the text is no JSON. */
export function jsonNumbers(text: string): string[] | null {
  const reader = new JsonReader(text)
  return reader.canonical() === null ? null : reader.numbers
}

/** A key that stands twice in one object, of which some databases keep the last value only, and others show the first; null: none. */
export function keyGivenTwice(text: string): string | null {
  const reader = new JsonReader(text)
  return reader.canonical() === null ? null : reader.twice
}

/** Whether a 64-bit integer or a double holds this number exactly, which is all that MySQL keeps of JSON numbers. */
export function fitsBinaryNumber(number: string): boolean {
  if (/^-?\d+$/.test(number)) {
    const value = BigInt(number)
    return value >= -(2n ** 63n) && value < 2n ** 64n
  }
  const double = Number(number)
  return Number.isFinite(double) && decimalText(String(double)) === decimalText(number)
}

const blank = /[ \t\n\r]*/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// eslint-disable-next-line no-control-regex -- JSON strings hold no control characters
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const word = /true|false|null/y

/** A text that is no JSON; never leaves this file. */
class NotJson extends Error {}

class JsonReader {
  readonly numbers: string[] = []
  twice: string | null = null
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  canonical(): string | null {
    try {
      const value = this.#value()
      this.#match(blank)
      return this.#at === this.#text.length ? value : null
    } catch (error) {
      if (error instanceof NotJson) return null
      throw error
    }
  }

  #value(): string {
    this.#match(blank)
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object()
      case '[':
        return this.#array()
      case '"':
        return JSON.stringify(this.#string())
      default: {
        const plain = this.#match(word)
        if (plain !== null) return plain
        const digits = this.#expect(number)
        this.numbers.push(digits)
        return digits
      }
    }
  }

  #object(): string {
    const members: [name: string, value: string][] = []
    const names = new Set<string>()
    this.#at++
    if (this.#take('}')) return '{}'
    do {
      this.#match(blank)
      const name = this.#string()
      if (!this.#take(':')) throw new NotJson()
      if (names.size === names.add(name).size) this.twice ??= name
      members.push([name, this.#value()])
    } while (this.#take(','))
    if (!this.#take('}')) throw new NotJson()
    members.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`
  }

  #array(): string {
    const items: string[] = []
    this.#at++
    if (this.#take(']')) return '[]'
    do items.push(this.#value())
    while (this.#take(','))
    if (!this.#take(']')) throw new NotJson()
    return `[${items.join(',')}]`
  }

  #string(): string {
    return JSON.parse(this.#expect(string)) as string
  }

  #take(character: string): boolean {
    this.#match(blank)
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #expect(pattern: RegExp): string {
    const found = this.#match(pattern)
    if (found === null) throw new NotJson()
    return found
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined) return null
    this.#at += found.length
    return found
  }
}

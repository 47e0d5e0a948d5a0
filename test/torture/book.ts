// What the writers told: the tokens of each transaction that was tried, and which tokens were acknowledged. The judge at
// the end.

import type { Contents } from './compare.ts'
import type { Ledger } from './workload.ts'

export class Book {
  readonly #tried: (readonly string[])[] = []
  readonly #acked = new Set<string>()

  get acked(): number {
    return this.#acked.size
  }

  get tried(): number {
    return this.#tried.flat().length
  }

  enter(entry: Ledger): void {
    if ('tried' in entry) this.#tried.push(entry.tried)
    else for (const token of entry.acked) this.#acked.add(token)
  }

  /** Sentences about what is wrong; empty when everything holds. */
  judge({ tokens, counted }: Contents): string[] {
    const wrong: string[] = []
    const present = new Set(tokens)
    for (const token of this.#acked) if (!present.has(token)) wrong.push(`acknowledged ${token} is lost`)
    const tried = new Set(this.#tried.flat())
    for (const token of present) if (!tried.has(token)) wrong.push(`${token} was never tried, or rolled back`)
    for (const together of this.#tried) {
      const there = together.filter((token) => present.has(token))
      if (there.length > 0 && there.length < together.length)
        wrong.push(`of the transaction of ${together.join(', ')} only ${there.join(', ')} is there`)
    }
    if (present.size < tokens.length) wrong.push('one token stands in two rows')
    const counts = [...present].filter((token) => token.startsWith('c-')).length
    if (counted !== counts)
      wrong.push(`counters say ${counted}, but ${counts} counting transactions are there`)
    return wrong
  }
}

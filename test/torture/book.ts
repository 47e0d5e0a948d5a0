// What the writers told: which tokens were tried and which were acknowledged. The judge at the end.

import type { Contents } from './compare.ts'
import type { Ledger } from './workload.ts'

export class Book {
  readonly #tried = new Set<string>()
  readonly #acked = new Set<string>()

  get acked(): number {
    return this.#acked.size
  }

  get tried(): number {
    return this.#tried.size
  }

  enter(entry: Ledger): void {
    if ('tried' in entry) for (const token of entry.tried) this.#tried.add(token)
    else for (const token of entry.acked) this.#acked.add(token)
  }

  /** Sentences about what is wrong; empty when everything holds. */
  judge({ tokens, counted }: Contents): string[] {
    const wrong: string[] = []
    const present = new Set(tokens.values())
    for (const token of this.#acked) if (!present.has(token)) wrong.push(`acknowledged ${token} is lost`)
    for (const token of present)
      if (!this.#tried.has(token)) wrong.push(`${token} was never tried, or rolled back`)
    if (present.size < tokens.size) wrong.push('one token stands in two rows')
    const counts = [...present].filter((token) => token.startsWith('c-')).length
    if (counted !== counts)
      wrong.push(`counters say ${counted}, but ${counts} counting transactions are there`)
    return wrong
  }
}

// The book of acknowledged writes. Each row in it belongs to one writer, so that what was told last is what must be found at the end.

import { type Fact, gone } from './fact.ts'

export class Book {
  /** By table and key: states in which the row may be. One where the last write was acknowledged. */
  readonly #rows = new Map<string, Map<string, ReadonlySet<Fact['state']>>>()
  #acknowledged = 0

  /** Writes that were answered. */
  get acknowledged(): number {
    return this.#acknowledged
  }

  get tables(): readonly string[] {
    return [...this.#rows.keys()]
  }

  tried(facts: readonly Fact[]): void {
    for (const fact of facts) {
      const known = this.#stateOf(fact) ?? new Set([gone])
      this.#set(fact, new Set([...known, fact.state]))
    }
  }

  acked(facts: readonly Fact[]): void {
    this.#acknowledged++
    for (const fact of facts) this.#set(fact, new Set([fact.state]))
  }

  /** @param found by key, the state of each row of the table that is there @returns keys whose row is in no state that it may be in */
  lost(table: string, found: ReadonlyMap<string, string>): readonly string[] {
    const rows = this.#rows.get(table) ?? new Map<string, ReadonlySet<Fact['state']>>()
    return [...rows].filter(([key, states]) => !states.has(found.get(key) ?? gone)).map(([key]) => key)
  }

  #stateOf({ table, key }: Fact): ReadonlySet<Fact['state']> | undefined {
    return this.#rows.get(table)?.get(rowName(key))
  }

  #set({ table, key }: Fact, states: ReadonlySet<Fact['state']>): void {
    const rows = this.#rows.get(table) ?? new Map<string, ReadonlySet<Fact['state']>>()
    rows.set(rowName(key), states)
    this.#rows.set(table, rows)
  }
}

/** One text for the values of a key; some types fill texts up with blanks. */
export function rowName(key: readonly string[]): string {
  return JSON.stringify(key.map((text) => text.trimEnd()))
}

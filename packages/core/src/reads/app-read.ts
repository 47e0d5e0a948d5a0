// A read of the app outside of transactions, as an adapter hands it over: how it runs where it belongs, and, asked only for those that
// were chosen, what it reads and how it runs elsewhere.

import type { Side } from '../stage.ts'

export interface AppRead<T> {
  /** Query text without values, or model and operation. */
  readonly shape: string
  /** Names of the mappings whose tables it reads: at least one, and no other table. */
  readonly tables: readonly string[]
  /** Whether it says in which order its rows come. */
  readonly ordered: boolean
  /** What of an answer is to be compared; the answer itself when left out. */
  rows?(answer: unknown): unknown
  /** Name under which a source column's values stand in an answer. */
  nameOf?(table: string, column: string): string
  /** Runs it on connections that the app does not use; nobody but the comparison hears of it. */
  aside(side: Side, signal: AbortSignal): Promise<unknown>
  /** Runs it on the target for the app. */
  serve(): Promise<T>
}

export interface ReadCall<T> {
  /** Runs it as if there were no read policy. */
  run(): Promise<T>
  /** At once; null where it is no read that may run on either side (writes, locks, functions that are not known to be pure). */
  describe(): AppRead<T> | null
}

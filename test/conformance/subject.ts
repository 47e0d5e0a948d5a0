// What the suites need of an ORM, in no ORM's words. Every answer is the ORM's own, untouched: it is compared with the answer
// of the same ORM without twinwrite, so nothing has to be translated here.

import type { Engine } from '@twinwrite/testkit'

export type Values = Readonly<Record<string, unknown>>

/** Columns equal to a value, or compared with one; null means IS NULL. */
export type Where = Readonly<Record<string, unknown>>

export interface Compared {
  readonly op: '<' | '<=' | '>' | '>=' | '<>' | 'in' | 'like'
  readonly value: unknown
}

export const compared = (op: Compared['op'], value: unknown): Compared => ({ op, value })

export function isCompared(value: unknown): value is Compared {
  return typeof value === 'object' && value !== null && 'op' in value && 'value' in value
}

export interface Query {
  readonly where?: Where
  /** Source names; `-n` sorts downwards. */
  readonly order?: readonly string[]
  readonly limit?: number
  readonly offset?: number
  /** All when left out. */
  readonly columns?: readonly string[]
}

/** One text for each side: raw SQL is the app's own, in the dialect and with the names of the side. */
export interface SideText {
  readonly source: string
  readonly target: string
}

export type Isolation = 'read committed' | 'repeatable read' | 'serializable'

/** What can run inside and outside of a transaction. */
export interface Statements {
  insert(table: string, rows: Values | readonly Values[]): Promise<unknown>
  /** Asks for the generated keys in the way that the ORM has for it. */
  insertForKeys(table: string, rows: Values | readonly Values[]): Promise<unknown>
  find(table: string, query?: Query): Promise<unknown>
  count(table: string, where?: Where): Promise<unknown>
  update(table: string, where: Where, values: Values): Promise<unknown>
  increment(table: string, where: Where, column: string, by: number): Promise<unknown>
  remove(table: string, where: Where): Promise<unknown>
  /** Updates `columns` (all when left out) of the row that has the same `key`. */
  upsert(
    table: string,
    rows: Values | readonly Values[],
    key: readonly string[],
    columns?: readonly string[],
  ): Promise<unknown>
  insertOrIgnore(table: string, rows: Values | readonly Values[], key: readonly string[]): Promise<unknown>
  /** `?` stands for a bound value. */
  raw(text: SideText, bindings?: readonly unknown[]): Promise<unknown>
  /** Rows one by one. */
  stream(table: string, query?: Query): Promise<unknown[]>
  /** A transaction, or inside of one a savepoint. Rolled back when `work` throws. */
  transaction<T>(work: (inner: this) => Promise<T>, isolation?: Isolation): Promise<T>
}

/** One client of an ORM. */
export interface Subject extends Statements {
  /** The source's engine: the app is written for it. */
  readonly engine: Engine
  end(): Promise<void>
}

// A row for an INSERT: an old one with values of its own where no two rows may be equal.

import { randomBytes, randomUUID } from 'node:crypto'
import { type Bound, bound } from './bound.ts'
import type { Fresh, TrafficTable } from './traffic-table.ts'

export interface NewRow {
  readonly values: Readonly<Record<string, Bound>>
  /** Texts of the key; null where the database numbers it. */
  readonly key: readonly string[] | null
}

/** Makes values that no other process makes. */
export class FreshValues {
  readonly #writer: number
  #serial = 0

  constructor(writer: number) {
    this.#writer = writer
  }

  token(): string {
    return `w${this.#writer}x${this.#serial++}`
  }

  of(fresh: Fresh): string | null {
    if (fresh.how === 'uuid') return randomUUID()
    if (fresh.how === 'text') return this.token()
    if (fresh.how === 'bytes') return randomBytes(fresh.size).toString('hex')
    const place = this.#serial++
    return place < fresh.span ? String(BigInt(fresh.from) + BigInt(this.#writer * fresh.span + place)) : null
  }
}

/** @returns null where the room for new values is used up, or there is no row to begin with */
export function newRow(table: TrafficTable, old: number, token: string, make: FreshValues): NewRow | null {
  const row = table.rows[old % table.rows.length]
  if (row === undefined || table.fresh === null) return null
  const texts = new Map(table.columns.map(({ name }, at) => [name, row[at] ?? null]))
  for (const fresh of table.fresh) {
    const text = make.of(fresh)
    if (text === null) return null
    texts.set(fresh.column, text)
  }
  if (table.token !== null) texts.set(table.token, token)
  if (table.counter !== null) texts.delete(table.counter)
  const values: Record<string, Bound> = {}
  for (const { name, kind } of table.columns) {
    const text = texts.get(name)
    if (text !== undefined) values[name] = bound(kind, text)
  }
  const key = table.counter === null ? table.key.map((name) => texts.get(name) ?? '') : null
  return { values, key }
}

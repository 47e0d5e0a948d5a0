// The journal table of a simulated server.

import type { BlockedKey, ChangeOp, JournalEntry, JournalState, Key, RowKey } from '@twinwrite/core'

export interface JournalRow {
  readonly id: number
  readonly table: string
  readonly key: Key
  readonly op: ChangeOp
  readonly createdAt: number
  attempts: number
  restsUntil: number
  blocked: boolean
  reason: string
}

export class Journal {
  #nextId = 1
  readonly #rows = new Map<number, JournalRow>()

  /** Ids are given when a statement inserts, so they don't follow the order of commits. */
  make(table: string, key: Key, op: ChangeOp, now: number): JournalRow {
    const id = this.#nextId++
    return { id, table, key, op, createdAt: now, attempts: 0, restsUntil: 0, blocked: false, reason: '' }
  }

  commit(rows: readonly JournalRow[]): void {
    for (const row of rows) this.#rows.set(row.id, row)
  }

  /** Entries of these rows, oldest first. */
  of(keys: readonly RowKey[]): JournalEntry[] {
    if (this.#rows.size === 0) return []
    const wanted = new Set(keys.map(({ table, key }) => `${table} ${key}`))
    return this.#sorted((row) => wanted.has(`${row.table} ${row.key}`)).map(entry)
  }

  page(limit: number, now: number): JournalEntry[] {
    return this.#sorted((row) => !row.blocked && row.restsUntil <= now)
      .slice(0, limit)
      .map(entry)
  }

  delete(ids: readonly string[]): void {
    for (const id of ids) this.#rows.delete(Number(id))
  }

  /** Deletes whatever else is there for the rows of these entries (a seeded bug, C7). */
  deleteRowsOf(ids: readonly string[]): void {
    const keys = ids.flatMap((id) => this.#rows.get(Number(id)) ?? [])
    this.delete(this.of(keys).map((one) => one.id))
  }

  /** Keeps only the oldest entry of each row (a seeded bug, C11). */
  keepOldest(): void {
    const seen = new Set<string>()
    for (const row of this.#sorted(() => true)) {
      const name = `${row.table} ${row.key}`
      if (seen.has(name)) this.#rows.delete(row.id)
      seen.add(name)
    }
  }

  fail(
    ids: readonly string[],
    reason: string,
    next: { readonly retryMs: number } | 'blocked',
    now: number,
  ): void {
    for (const id of ids) {
      const row = this.#rows.get(Number(id))
      if (row === undefined) continue
      row.attempts++
      row.reason = reason
      if (next === 'blocked') row.blocked = true
      else row.restsUntil = now + next.retryMs
    }
  }

  unblock(ids: readonly string[]): void {
    for (const id of ids) {
      const row = this.#rows.get(Number(id))
      if (row === undefined) continue
      row.blocked = false
      row.restsUntil = 0
      row.attempts = 0
    }
  }

  state(now: number): JournalState {
    let entries = 0
    let blocked = 0
    let oldest: number | null = null
    for (const row of this.#rows.values()) {
      if (row.blocked) blocked++
      else {
        entries++
        oldest = oldest === null ? row.createdAt : Math.min(oldest, row.createdAt)
      }
    }
    return { entries, blocked, oldestMs: oldest === null ? null : now - oldest, marks: [] }
  }

  blocked(limit: number): BlockedKey[] {
    return this.#sorted((row) => row.blocked)
      .slice(0, limit)
      .map((row) => ({ ...entry(row), reason: row.reason }))
  }

  get size(): number {
    return this.#rows.size
  }

  #sorted(accept: (row: JournalRow) => boolean): JournalRow[] {
    const rows: JournalRow[] = []
    for (const row of this.#rows.values()) if (accept(row)) rows.push(row)
    return rows.length > 1 ? rows.sort((left, right) => left.id - right.id) : rows
  }
}

function entry(row: JournalRow): JournalEntry {
  return { id: String(row.id), table: row.table, key: row.key, attempts: row.attempts }
}

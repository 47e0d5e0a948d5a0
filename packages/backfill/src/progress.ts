// How far a backfill is, table by table, and when it ends at the rate of late.

import { type Clock, RecentRate } from '@twinwrite/core'
import type { Way } from './options.ts'

export interface TableProgress {
  readonly table: string
  readonly way: Way
  readonly rows: number
  /** Rows that the database believed to be there at the beginning; rough. */
  readonly estimate: number
  readonly done: boolean
}

export interface BackfillProgress {
  readonly tables: readonly TableProgress[]
  /** Rows per second of the last half minute. */
  readonly perSecond: number
  /** Milliseconds to the end at that rate; null while nothing moves. */
  readonly etaMs: number | null
  readonly paused: boolean
  /** Why it waits now; null while it does not. */
  readonly throttled: string | null
}

export class Progress {
  readonly rate: RecentRate
  readonly #tables = new Map<string, TableProgress>()

  constructor(clock: Clock) {
    this.rate = new RecentRate(clock)
  }

  set(table: string, change: Partial<Omit<TableProgress, 'table'>>): void {
    const before = this.#tables.get(table) ?? { table, way: 'live', rows: 0, estimate: 0, done: false }
    this.#tables.set(table, { ...before, ...change })
  }

  add(table: string, rows: number): void {
    this.rate.add(rows)
    this.set(table, { rows: this.rows(table) + rows })
  }

  rows(table: string): number {
    return this.#tables.get(table)?.rows ?? 0
  }

  get tables(): readonly TableProgress[] {
    return [...this.#tables.values()]
  }

  get etaMs(): number | null {
    const left = this.tables.map(({ done, estimate, rows }) => (done ? 0 : Math.max(0, estimate - rows)))
    return this.rate.etaMs(left.reduce((sum, rows) => sum + rows, 0))
  }
}

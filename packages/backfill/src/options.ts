// What a caller may ask of a backfill, and what holds where he asks nothing.

import type { Brake, ConnectionSpec } from '@twinwrite/core'

export interface BackfillOptions {
  /** Mappings to load; all when left out. */
  readonly tables?: readonly string[]
  /** Chunks under way at once. */
  readonly parallel?: number
  /** Milliseconds that a chunk should last; eight times as long where nobody follows. */
  readonly chunkMs?: number
  readonly chunkRows?: { readonly min?: number; readonly max?: number; readonly first?: number }
  /** Most rows in a second. */
  readonly rowsPerSecond?: number
  readonly throttle?: {
    /** Largest lag (ms) of the journal beside which a live load goes on. */
    readonly lagMs?: number
    /** Longest commit (ms) on either side. */
    readonly commitMs?: number
    /** Read replicas of either side that must not fall behind. */
    readonly replicas?: readonly ReplicaLimit[]
    /** Anything else that must not be harmed: load, office hours. */
    readonly brakes?: readonly Brake[]
  }
  /** By mapping: rows of the primary to load, as a condition in its SQL. Rows that change later are followed whatever it says. */
  readonly where?: Readonly<Record<string, string>>
  /** `auto`: fast where the table of the target is as good as empty, else live. */
  readonly way?: 'fast' | 'live' | 'auto'
  /**
   * The target was filled from a dump: only rows that were written since are brought, and rows that only the target has are taken
   * away. Tables without such a column, or with a `where`, are loaded whole.
   */
  readonly writtenSince?: WrittenSince
}

export interface WrittenSince {
  /** Before the dump was begun, and before the oldest transaction that was open then. */
  readonly time: Date
  /** Column of the primary that says when a row was written, for all tables or by mapping. */
  readonly column: string | Readonly<Record<string, string>>
}

export interface ReplicaLimit {
  /** The replica, or (PostgreSQL) the primary of replicas that can't be asked. */
  readonly replica: ConnectionSpec
  readonly maxLagMs: number
}

/** `since`: only what was written since a time. */
export type Way = 'fast' | 'live' | 'since'

/** Chunks last so many times longer where nobody waits for what they lock. */
export const fastPatience = 8

export const defaults = {
  parallel: 2,
  chunkMs: 75,
  chunkRows: { min: 250, max: 50_000, first: 500 },
  lagMs: 10_000,
} as const

/** Which rows are wanted, as it is noted: a run that wants others begins anew. */
export interface Asked {
  readonly where: Readonly<Record<string, string>>
  readonly since: { readonly time: string; readonly column: WrittenSince['column'] } | null
}

export function askedOf({ where = {}, writtenSince }: BackfillOptions): Asked {
  if (writtenSince === undefined) return { where, since: null }
  const { time, column } = writtenSince
  return { where, since: { time: time.toISOString(), column } }
}

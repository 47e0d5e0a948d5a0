// What a rehearsal found, as an object that is JSON as it stands. It holds no value of any row.

import type { EngineName, Side } from '@twinwrite/core'

export interface RehearsalReport {
  readonly migration: string
  readonly engines: Readonly<Record<Side, EngineName>>
  /** `mismatches`: both sides differ, or an acknowledged write is lost. */
  readonly verdict: 'passed' | 'failed' | 'mismatches' | 'stopped'
  /** What was wrong, in sentences; empty where it passed. */
  readonly wrong: readonly string[]
  readonly ms: number
  readonly steps: readonly StepReport[]
  readonly tables: readonly TableReport[]
  /** Rows per second of the backfill; null where it was not reached. */
  readonly backfillPerSecond: number | null
  /** Of all switches; null where there was none. */
  readonly pauseMs: { readonly p50: number; readonly max: number; readonly switches: number } | null
  /** Age of the oldest journal entry between the steps. */
  readonly lagMs: { readonly p50: number; readonly max: number } | null
  readonly traffic: TrafficReport
  readonly outage: OutageReport | null
  readonly kills: readonly KillReport[]
  /** Columns whose values can lose something, as `plan` tells. */
  readonly lossy: readonly LossyReport[]
  readonly statements: StatementsReport | null
  /** What was not rehearsed, or otherwise than it is. */
  readonly notes: readonly string[]
}

export interface StepReport {
  readonly name: string
  readonly ms: number
  /** In which no write could commit; null for a step without a switch. */
  readonly pauseMs: number | null
  readonly detail: string | null
}

export interface TableReport {
  readonly table: string
  /** Rows in the scratch source at first, and where they come from. */
  readonly rows: number
  readonly from: 'real' | 'made'
  /** Rows that the scratch source did not take. */
  readonly left: number
  /** Rows of the real table, as the statistics tell. */
  readonly realRows: number
  /** Milliseconds for these at the rate of the rehearsal; null where it is not known. */
  readonly estimateMs: number | null
}

export interface TrafficReport {
  readonly processes: number
  readonly rate: number
  /** Operations that were answered. */
  readonly acknowledged: number
  readonly perSecond: number
  readonly writeMs: { readonly p50: number; readonly p99: number; readonly max: number }
  /** Operations that ended with an error, by table and code. */
  readonly failed: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Acknowledged writes that are not there, by table. */
  readonly lost: Readonly<Record<string, number>>
}

export interface OutageReport {
  readonly ms: number
  /** Operations that were answered meanwhile. */
  readonly acknowledged: number
  /** Milliseconds until nothing of it was left in the journal. */
  readonly caughtUpMs: number
}

export interface KillReport {
  readonly killed: string
  readonly outcome: string
  /** Milliseconds until writes went on. */
  readonly ms: number
}

/** The application's own statements. */
export interface StatementsReport {
  readonly looked: number
  /** Those of mapped tables. */
  readonly mapped: number
  /** Answered in the traffic, and ended there with an error of the database, by code. */
  readonly ran: number
  readonly failed: Readonly<Record<string, number>>
  readonly unmirrorable: readonly UnmirrorableReport[]
}

/** What capture refuses: the application would get this error while somebody follows. */
export interface UnmirrorableReport {
  /** Without values. */
  readonly shape: string
  readonly code: string
  readonly what: string
  readonly hint: string
  readonly table: string | null
  readonly count: number
}

export interface LossyReport {
  readonly table: string
  /** Null where it is true of several. */
  readonly column: string | null
  /** By name in the mapping; the others are of values that would be refused. */
  readonly accepted: boolean
  readonly message: string
}

export function quantile(given: readonly number[], share: number): number {
  const sorted = [...given].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

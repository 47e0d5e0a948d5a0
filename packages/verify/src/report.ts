// What a verification found, as an object that is JSON as it stands, and as text.

import type { RowKey, Side } from '@twinwrite/core'
import type { ShownMismatch } from './mismatch/shown-mismatch.ts'
import type { VerifyMode } from './options.ts'
import type { RepairReport } from './repair.ts'

export interface Tally {
  missing: number
  extra: number
  different: number
}

export interface TableReport {
  readonly table: string
  /** `range`: both sides in one order; `key`: each in its own; else the mode. */
  readonly way: string
  /** Rows compared. */
  readonly rows: number
  readonly mismatches: Readonly<Tally>
  /** Rows that differed and still had a journal entry at the last look. */
  readonly inFlight: number
}

export interface VerifyReport {
  readonly mode: VerifyMode
  readonly primary: Side
  /** Whether rows that only the secondary has were looked for, too. */
  readonly reverse: boolean
  /** Epoch since which every write of the source is journaled, as it was when the run began; null where that was not certain. */
  readonly since: number | null
  /** ISO texts, by this process's clock. */
  readonly startedAt: string
  readonly finishedAt: string
  readonly ms: number
  /** Whether it went on where an earlier run had ended. */
  readonly resumed: boolean
  /** Whether it was stopped before its end: then nothing is said of the rest. */
  readonly stopped: boolean
  readonly tables: readonly TableReport[]
  readonly rows: number
  /** Confirmed mismatches of all tables. */
  readonly mismatches: number
  /** The first of them. */
  readonly shown: readonly ShownMismatch[]
  readonly inFlight: readonly RowKey[]
  /** Confirmed mismatches of these tables that are not repaired, those of earlier runs too. */
  readonly open: number
  /** Complete, nothing open and nothing in flight. */
  readonly clean: boolean
  readonly repair: RepairReport | null
}

const shownRows = 20

/** One line for a log. */
export function reportLine(report: VerifyReport): string {
  const { mode, rows, ms, repair } = report
  const rate = ms > 0 ? Math.round((rows * 1000) / ms) : rows
  const mended = repair === null ? '' : `; repaired ${repair.repaired}, left ${repair.left.length}`
  return `${mode} verify: ${outcome(report)}; ${rows} rows in ${(ms / 1000).toFixed(1)} s (${rate} rows/s)${mended}`
}

/** For a terminal. */
export function reportText(report: VerifyReport): string {
  const { mismatches, inFlight, shown } = report
  const lines = [
    reportLine(report),
    ...report.tables.map(
      ({ table, rows: own, mismatches: { missing, extra, different }, inFlight: waiting }) =>
        `  ${table}: ${own} rows, ${missing} missing, ${extra} extra, ${different} different` +
        (waiting > 0 ? `, ${waiting} in flight` : ''),
    ),
    ...shown.slice(0, shownRows).map((one) => `  ${mismatchText(one)}`),
  ]
  if (mismatches > Math.min(shown.length, shownRows))
    lines.push(`  ... ${mismatches - Math.min(shown.length, shownRows)} more mismatches`)
  for (const { table, key } of inFlight.slice(0, shownRows)) lines.push(`  in flight: ${table} ${key}`)
  return lines.join('\n')
}

function outcome({ clean, stopped, mismatches, open, inFlight }: VerifyReport): string {
  if (stopped) return 'stopped'
  if (mismatches > 0) return `${mismatches} mismatches`
  if (clean) return 'clean'
  return open > 0 ? `${open} mismatches open` : `${inFlight.length} rows in flight`
}

function mismatchText({ table, key, kind, differences }: ShownMismatch): string {
  const columns = differences
    .map(
      ({ column, expected, found }) =>
        `${column}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`,
    )
    .join(', ')
  return `${kind} ${table} ${key}${columns === '' ? '' : ` (${columns})`}`
}

// The report of a rehearsal out of what its parts have gathered.

import type { Fleet } from './fleet/fleet.ts'
import {
  quantile,
  type RehearsalReport,
  type StatementsReport,
  type TrafficReport,
  type UnmirrorableReport,
} from './report.ts'
import type { Filled } from './scratch/fill.ts'
import type { Real } from './scratch/real.ts'
import type { Mirrored } from './statements/mirrored.ts'
import type { Walk } from './walk/walk.ts'
import type { Happened } from './walk/whole-way.ts'

interface Gathered {
  readonly migration: string
  readonly real: Real
  readonly ended: RehearsalReport['verdict']
  readonly wrong: readonly string[]
  readonly ms: number
  readonly walk: Walk
  readonly fleet: Fleet
  readonly filled: Filled
  readonly mirrored: Mirrored | null
  readonly happened: Happened
  readonly lost: Readonly<Record<string, number>>
  readonly settings: { readonly processes: number; readonly rate: number }
  readonly notes: readonly string[]
}

export function reportOf(gathered: Gathered): RehearsalReport {
  const { migration, real, ended, ms, walk, fleet, filled, happened, lost, mirrored, settings } = gathered
  const { steps, backfillPerSecond, pausesMs, lagsMs } = walk
  const statements = mirrored === null || mirrored.looked === 0 ? null : statementsReport(mirrored, fleet)
  const lostOnes = Object.entries(lost).map(
    ([table, rows]) => `${rows} acknowledged writes of ${table} are lost`,
  )
  const others = [...fleet.crashes, ...refusals(fleet), ...unmirrored(statements)]
  const wrong = [...gathered.wrong, ...lostOnes, ...others]
  const verdict =
    ended !== 'passed' ? ended : lostOnes.length > 0 ? 'mismatches' : wrong.length > 0 ? 'failed' : ended
  return {
    migration,
    engines: { source: real.catalogs.source.engine, target: real.catalogs.target.engine },
    verdict,
    wrong,
    ms,
    steps,
    tables: filled.tables.map((table) => ({
      ...table,
      estimateMs: backfillPerSecond ? Math.round((table.realRows * 1000) / backfillPerSecond) : null,
    })),
    backfillPerSecond,
    pauseMs:
      pausesMs.length === 0
        ? null
        : { p50: quantile(pausesMs, 0.5), max: quantile(pausesMs, 1), switches: pausesMs.length },
    lagMs: lagsMs.length === 0 ? null : { p50: quantile(lagsMs, 0.5), max: quantile(lagsMs, 1) },
    traffic: trafficReport(fleet, settings, lost),
    ...happened,
    lossy: real.losses.map(({ severity, table, column, message }) => ({
      table,
      column: column ?? null,
      accepted: severity === 'error',
      message,
    })),
    statements,
    notes: [...gathered.notes, ...(mirrored?.notes ?? [])],
  }
}

function trafficReport(
  { book, tookMs, failed, writtenMs }: Fleet,
  { processes, rate }: Gathered['settings'],
  lost: TrafficReport['lost'],
): TrafficReport {
  const { acknowledged } = book
  return {
    processes,
    rate,
    acknowledged,
    perSecond: writtenMs === 0 ? 0 : Math.round((acknowledged * 1000) / writtenMs),
    writeMs: { p50: quantile(tookMs, 0.5), p99: quantile(tookMs, 0.99), max: quantile(tookMs, 1) },
    failed: Object.fromEntries([...failed].map(([table, codes]) => [table, Object.fromEntries(codes)])),
    lost,
  }
}

/** Errors of twinwrite's own that no second try mends: the application would meet them too. */
function refusals({ failed }: Fleet): string[] {
  return [...failed].flatMap(([table, codes]) =>
    [...codes].flatMap(([code, times]) =>
      isOwn(code) ? [`${times} writes of ${table} ended with ${code}`] : [],
    ),
  )
}

function unmirrored(statements: StatementsReport | null): string[] {
  const shapes = statements?.unmirrorable.length ?? 0
  if (shapes === 0) return []
  return [shapes === 1 ? 'a statement can not be mirrored' : `${shapes} statements can not be mirrored`]
}

/** What their texts tell, and what only showed when they ran. */
function statementsReport(mirrored: Mirrored, { ran, statementErrors }: Fleet): StatementsReport {
  const unmirrorable = new Map(mirrored.unmirrorable.map((one) => [one.shape, one]))
  const failed: Record<string, number> = {}
  for (const { statement, error, count } of statementErrors.values()) {
    if (!isOwn(error.code)) {
      failed[error.code] = (failed[error.code] ?? 0) + count
      continue
    }
    const { shape } = mirrored.runnable[statement]!
    const found: UnmirrorableReport = { shape, ...error, table: null, count }
    unmirrorable.set(shape, found)
  }
  const { looked, mapped } = mirrored
  return { looked, mapped, ran, failed, unmirrorable: [...unmirrorable.values()] }
}

function isOwn(code: string): boolean {
  return code.startsWith('TW_')
}

// A verification as a run that can be watched and stopped. Each table is looked through in its own way, some of them at a time.

import {
  AdaptiveSize,
  confirm,
  type Direction,
  followedSince,
  lagBrake,
  type Mismatch,
  otherSide,
  RecentRate,
  type RowKey,
  type RunningMigration,
  type SideRows,
  systemClock,
  Throttle,
  wasPrimary,
} from '@twinwrite/core'
import { type Way, wayOf } from './look/way-of.ts'
import { Mask } from './mismatch/mask.ts'
import { ofRecord, recordOf, type ShownMismatch, shownMismatch } from './mismatch/shown-mismatch.ts'
import { type Settings, settled, type VerifyOptions } from './options.ts'
import { Progress, type TableState } from './progress.ts'
import { raced } from './raced.ts'
import { type RepairReport, repairRows, repairStored, storedMismatches } from './repair.ts'
import type { TableReport, VerifyReport } from './report.ts'
import { saveVerified } from './verified.ts'
import { verifyTable } from './verify-table.ts'

export interface TableProgress {
  readonly table: string
  readonly rows: number
  /** Rows that the statistics believe to be there. */
  readonly estimate: number | null
}

export interface VerifyProgress {
  readonly tables: readonly TableProgress[]
  /** Of the last half minute. */
  readonly rowsPerSecond: number
  readonly etaMs: number | null
  readonly mismatches: number
  /** Why it waits now. */
  readonly throttle: string | null
}

export interface VerifyRun {
  /** @throws (rejects with) TwinwriteError `TW_STAGE_STEP`, `TW_CONFIG_INVALID`, `TW_VERIFY_RACED`; StoreError of a side that does not answer */
  readonly done: Promise<VerifyReport>
  progress(): VerifyProgress
  /** Ends after the chunk at hand; the next run of the same mode goes on there. */
  stop(): void
}

/**
 * Compares both sides beside live traffic. Changes nothing unless `repair` is set.
 * @example
 * const report = await verify(migration, { mask: ['customers.email'] }).done
 * if (!report.clean) console.log(reportText(report))
 */
export function verify(migration: RunningMigration, options: VerifyOptions = {}): VerifyRun {
  return new Verification(migration, options)
}

class Verification implements VerifyRun {
  readonly done: Promise<VerifyReport>
  readonly #migration: RunningMigration
  readonly #stop = new AbortController()
  readonly #rate = new RecentRate(systemClock)
  readonly #tables = new Map<string, { rows: number; estimate: number | null }>()
  readonly #shown: ShownMismatch[] = []
  readonly #repair: { repaired: number; left: RepairReport['left'][number][] } = { repaired: 0, left: [] }
  #mismatches = 0
  /** Tables that are looked through now. */
  #busy = 0
  #throttle: Throttle | undefined

  constructor(migration: RunningMigration, options: VerifyOptions) {
    this.#migration = migration
    this.done = this.#run(options)
    this.done.catch(() => undefined)
  }

  progress(): VerifyProgress {
    const tables = [...this.#tables].map(([table, state]) => ({ table, ...state }))
    const left = tables.reduce((sum, { rows, estimate }) => sum + Math.max(0, (estimate ?? 0) - rows), 0)
    return {
      tables,
      rowsPerSecond: this.#rate.perSecond(),
      etaMs: this.#rate.etaMs(left),
      mismatches: this.#mismatches,
      throttle: this.#throttle?.reason ?? null,
    }
  }

  stop(): void {
    this.#stop.abort(new Error('the verification was stopped'))
  }

  async #run(options: VerifyOptions): Promise<VerifyReport> {
    const migration = this.#migration
    const began = systemClock.now()
    const direction = await migration.following()
    const settings = settled(options, direction)
    const mask = new Mask(settings.mask, direction, migration.tables)
    const { primarySide } = direction
    const store = migration.stores.target
    const since = await followedSince(migration.stores.source)
    const progress = await Progress.open(store, direction, settings, since)
    if (!progress.resumed) await this.#lookAgain(direction, settings)
    this.#throttle = new Throttle(systemClock, {
      rowsPerSecond: settings.rowsPerSecond,
      brakes: [lagBrake(direction.primary, settings.maxLagMs)],
    })
    const sides = [primarySide, otherSide(primarySide)] as const
    const [primary, secondary] = sides.map((side) =>
      migration.openRows(side, 2 * settings.parallel + 1, settings.replicas[side]),
    ) as [SideRows, SideRows]
    const states = new Map<string, { state: TableState; way: string }>()
    try {
      const fence = await direction.secondary.readFence()
      const bothWays = fence !== null && wasPrimary(fence)
      await this.#eachTable(settings, async (name) => {
        const way = await wayOf({
          name,
          direction,
          settings,
          keeper: store,
          primary,
          secondary,
          bothWays,
          lanes: () => Math.max(1, Math.floor(settings.parallel / this.#busy)),
          engines: [migration.engines[sides[0]], migration.engines[sides[1]]],
        })
        const state = await this.#table(name, way, { direction, settings, progress, primary, mask })
        states.set(name, { state, way: way.name })
      })
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error
    } finally {
      await Promise.all([primary.close(), secondary.close()])
    }
    const stopped = this.#stop.signal.aborted
    const repaired = settings.repair && !stopped ? await this.#repairStored(direction, settings, mask) : null
    const report = await this.#report(settings, direction, progress, states, began, repaired)
    if (!stopped) {
      if (report.clean) await direction.primary.deleteMarks(progress.marks)
      if (settings.tables.length === direction.tables.size) await saveVerified(migration, report)
      await progress.end()
    }
    return report
  }

  async #eachTable({ tables, parallel }: Settings, work: (table: string) => Promise<void>): Promise<void> {
    const left = [...tables]
    const worker = async (): Promise<void> => {
      for (let name = left.shift(); name !== undefined; name = left.shift()) {
        if (this.#stop.signal.aborted) return
        this.#busy++
        await work(name).finally(() => this.#busy--)
      }
    }
    const workers = Array.from({ length: Math.min(parallel, tables.length) }, worker)
    const outcomes = await Promise.allSettled(workers)
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason as Error
  }

  async #table(
    name: string,
    way: Way,
    about: { direction: Direction; settings: Settings; progress: Progress; primary: SideRows; mask: Mask },
  ): Promise<TableState> {
    const { direction, settings, progress, primary, mask } = about
    const seen = {
      rows: progress.of(name).rows,
      estimate: way.wholeTable ? await primary.estimate(name) : null,
    }
    this.#tables.set(name, seen)
    return verifyTable({
      direction,
      name,
      progress,
      size: new AdaptiveSize({ targetMs: settings.chunkMs, min: 50, max: way.mostRows, first: 200 }),
      signal: this.#stop.signal,
      lookFrom: (sized, position) => way.look(sized.size, position),
      pass: (rows) => this.#throttle!.pass(rows, this.#stop.signal),
      found: (mismatches) => this.#found(direction, settings, mask, mismatches),
      compared: (rows) => {
        seen.rows += rows
        this.#rate.add(rows)
      },
    })
  }

  async #found(
    direction: Direction,
    settings: Settings,
    mask: Mask,
    mismatches: readonly Mismatch[],
  ): Promise<void> {
    if (mismatches.length === 0) return
    this.#mismatches += mismatches.length
    const shown = mismatches.map((mismatch) => shownMismatch(direction, mismatch, mask))
    this.#shown.push(...shown.slice(0, Math.max(0, settings.show - this.#shown.length)))
    const { target } = this.#migration.stores
    await target.saveMismatches(shown.map(recordOf))
    if (!settings.repair) return
    const { repaired, left } = await repairRows(this.#migration, direction, mismatches, mask)
    this.#repair.repaired += repaired
    this.#repair.left.push(...left)
  }

  /** Mismatches of earlier runs: those that are none any more are forgotten, the others will be met again. */
  async #lookAgain(direction: Direction, { tables }: Settings): Promise<void> {
    for await (const known of storedMismatches(this.#migration, tables)) {
      const seen = await confirm(direction, known, { clock: systemClock, tries: 8, looks: 1, restMs: 50 })
      if (seen === null) throw raced(direction)
      const open = new Set([...seen.confirmed, ...seen.inFlight].map(nameOf))
      await this.#migration.stores.target.deleteMismatches(known.filter((row) => !open.has(nameOf(row))))
    }
  }

  /** Those of a run that was killed between finding and repairing, too. */
  async #repairStored(direction: Direction, { tables }: Settings, mask: Mask): Promise<RepairReport> {
    const again = await repairStored(this.#migration, direction, tables, mask)
    return { repaired: this.#repair.repaired + again.repaired, left: again.left }
  }

  async #report(
    settings: Settings,
    { primarySide }: Direction,
    progress: Progress,
    states: ReadonlyMap<string, { readonly state: TableState; readonly way: string }>,
    began: number,
    repaired: RepairReport | null,
  ): Promise<VerifyReport> {
    const tables: TableReport[] = [...states].map(([table, { state, way }]) => ({
      table,
      way,
      rows: state.rows,
      mismatches: state.mismatches,
      inFlight: state.pending.length,
    }))
    const mismatches = tables.reduce(
      (sum, { mismatches: { missing, extra, different } }) => sum + missing + extra + different,
      0,
    )
    const inFlight = [...states.values()].flatMap(({ state }) => state.pending)
    const stopped = this.#stop.signal.aborted
    const { target } = this.#migration.stores
    const open = await target.countMismatches({ tables: settings.tables })
    return {
      mode: settings.mode,
      primary: primarySide,
      reverse: settings.mode === 'full' && settings.reverse,
      since: progress.since,
      startedAt: progress.startedAt,
      finishedAt: new Date().toISOString(),
      ms: Math.round(systemClock.now() - began),
      resumed: progress.resumed,
      stopped,
      tables,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      mismatches,
      shown: progress.resumed ? await this.#withStored(settings) : this.#shown,
      inFlight,
      open,
      clean: !stopped && open === 0 && inFlight.length === 0,
      repair: repaired,
    }
  }

  /** What an earlier process of the same run has found, too. */
  async #withStored({ show, tables }: Settings): Promise<readonly ShownMismatch[]> {
    const known = new Set(this.#shown.map(nameOf))
    const found = await this.#migration.stores.target.mismatches(show, { tables })
    return [...found.filter((row) => !known.has(nameOf(row))).map(ofRecord), ...this.#shown].slice(0, show)
  }
}

function nameOf({ table, key }: RowKey): string {
  return `${table} ${key}`
}

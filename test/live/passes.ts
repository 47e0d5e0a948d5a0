// One pair of engines under write traffic: loaded, verified again and again in every mode before and after a switch, damaged, found out,
// repaired, and compared exactly at the end (W11, W12; failure cases d, f, g, q).

import { backfill } from '@twinwrite/backfill'
import type { RunningMigration, Side } from '@twinwrite/core'
import { repair, verify, type VerifyOptions } from '@twinwrite/verify'
import { damage } from '../backfill/damage.ts'
import { openPlace, type Pair, type Place } from '../backfill/place.ts'
import { type Traffic, traffic } from '../backfill/traffic.ts'

export interface PairReport {
  readonly pair: string
  readonly passed: boolean
  /** Passes by mode. */
  readonly passes: Readonly<Record<string, number>>
  /** Rows that were compared in all of them. */
  readonly rows: number
  readonly falseAlarms: number
  readonly damage: number
  readonly found: number
  readonly repaired: number
  readonly written: Traffic['written']
  readonly wrong: readonly string[]
  readonly ms: number
}

const orders = 2000
/** Rows that only the damage of a stage touches; the last ones. */
const damaged = 300

const modes: readonly VerifyOptions[] = [
  { mode: 'full', chunkMs: 20 },
  { mode: 'incremental', tables: ['orders'], updatedAt: 'seen', overlapMs: 1000 },
  { mode: 'full', chunkMs: 20, repair: true },
  { mode: 'sample', sample: 300 },
]

export async function passesOf(pair: Pair, passes: number, way: 'auto' | 'live'): Promise<PairReport> {
  const begun = Date.now()
  const place = await openPlace(pair, orders)
  const app = traffic(place.db, orders - 2 * damaged)
  const live = new Live(place, app, `${pair.source}>${pair.target}`)
  try {
    await live.run(passes, way)
  } catch (error) {
    live.wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    await app.end().catch((error: unknown) => live.wrong.push(`a write failed: ${String(error)}`))
    await place.close()
  }
  return { ...live.report(), ms: Date.now() - begun }
}

class Live {
  readonly wrong: string[] = []
  readonly #place: Place
  readonly #app: Traffic
  readonly #pair: string
  readonly #operator: RunningMigration
  readonly #passes: Record<string, number> = {}
  readonly #counts = { rows: 0, falseAlarms: 0, damage: 0, found: 0, repaired: 0 }

  constructor(place: Place, app: Traffic, pair: string) {
    this.#place = place
    this.#app = app
    this.#pair = pair
    this.#operator = place.operate()
  }

  async run(passes: number, way: 'auto' | 'live'): Promise<void> {
    const { migration } = this.#place
    await migration.setStage('source-first')
    const chunkRows = { first: 50, max: 200 }
    const load = await backfill(this.#operator, { way, rowsPerSecond: 2500, chunkRows }).done
    if (load.outcome !== 'finished') this.wrong.push(`the load ended as ${load.outcome}`)
    await this.#stage('source', Math.ceil(passes / 2))
    await migration.switchStage('target-first')
    await this.#stage('target', Math.floor(passes / 2))
    for (const [kind, count] of Object.entries(this.#app.written))
      if (count === 0) this.wrong.push(`no ${kind} among the writes`)
    await this.#app.end()
    await this.#compare()
  }

  report(): Omit<PairReport, 'ms'> {
    return {
      pair: this.#pair,
      passed: this.wrong.length === 0,
      passes: this.#passes,
      ...this.#counts,
      written: this.#app.written,
      wrong: this.wrong,
    }
  }

  async #stage(primary: Side, passes: number): Promise<void> {
    for (let pass = 0; pass < passes; pass++) await this.#pass(primary, modes[pass % modes.length]!)
    await this.#damage(primary)
  }

  async #pass(primary: Side, options: VerifyOptions): Promise<void> {
    const mode = `${options.mode}${options.repair === true ? ' with repair' : ''}, ${primary} primary`
    const report = await verify(this.#operator, options).done
    this.#passes[mode] = (this.#passes[mode] ?? 0) + 1
    this.#counts.rows += report.rows
    this.#counts.falseAlarms += report.mismatches
    if (report.primary !== primary) this.wrong.push(`${mode}: it took the ${report.primary} for the primary`)
    if (options.mode === 'full' && report.rows < orders) this.wrong.push(`${mode}: only ${report.rows} rows`)
    for (const { table, key, kind, differences } of report.shown)
      this.wrong.push(`${mode}: false alarm: ${table} ${key} ${kind} ${JSON.stringify(differences)}`)
  }

  /** Found to the last row and nothing else, by a look beside the writes, and repaired. */
  async #damage(primary: Side): Promise<void> {
    const from = orders - damaged * (primary === 'source' ? 1 : 2)
    const seeded = await damage(this.#place, primary, from, from + damaged)
    const { shown } = await verify(this.#operator, { show: 10_000 }).done
    const found = new Set(shown.map(({ table, key, kind }) => `${table} ${key} ${kind}`))
    for (const one of seeded) if (!found.has(one)) this.wrong.push(`${primary} primary: not found: ${one}`)
    for (const one of found)
      if (!seeded.includes(one)) this.wrong.push(`${primary} primary: false alarm: ${one}`)
    const { repaired, left } = await repair(this.#operator)
    if (repaired !== seeded.length) this.wrong.push(`${repaired} of ${seeded.length} rows were repaired`)
    for (const { table, key, reason } of left) this.wrong.push(`left: ${table} ${key}: ${reason}`)
    this.#counts.damage += seeded.length
    this.#counts.found += seeded.filter((one) => found.has(one)).length
    this.#counts.repaired += repaired
  }

  async #compare(): Promise<void> {
    await this.#place.settled()
    const { clean, shown, inFlight } = await verify(this.#operator).done
    if (!clean)
      this.wrong.push(`at rest it is not clean: ${shown.length} mismatches, ${inFlight.length} in flight`)
    const [source, target] = [await this.#place.contents('source'), await this.#place.contents('target')]
    if (JSON.stringify(source) !== JSON.stringify(target)) this.wrong.push('both sides differ at the end')
  }
}

// One round: a migration whose backfill, verification and repair are killed at random moments beside live writes, and then the exact
// comparison. Upholds W11, W12, W13.

import type { Side } from '@twinwrite/core'
import { damage } from '../backfill/damage.ts'
import { openPlace, type Pair, type Place } from '../backfill/place.ts'
import { type Traffic, traffic } from '../backfill/traffic.ts'
import { type Random, seeded } from '../random.ts'
import { NotesWatch, type Seen } from './notes-watch.ts'
import type { Reports, Work } from './operator.worker.ts'
import { shape } from './shape.ts'
import { hunted } from './victim.ts'

export interface RoundOptions {
  /** The bundled operator. */
  readonly worker: URL
  readonly pair: Pair
  readonly seed: number
  readonly load: Load
}

/** `indexed`: fast, into a table whose indexes are made after the data. */
export type Load = keyof typeof loads

/** Where a load was when a process of it was killed. */
export type Moment =
  | 'before its first chunk'
  | 'amid its chunks'
  | 'with indexes dropped'
  | 'after its last chunk'

export interface RoundReport {
  readonly pair: string
  readonly seed: number
  readonly load: Load
  readonly primary: Side
  readonly passed: boolean
  readonly rows: number
  readonly kills: Readonly<Record<'backfill' | 'verify' | 'repair', number>>
  /** Of the kills of the load. */
  readonly moments: Readonly<Partial<Record<Moment, number>>>
  readonly fellBack: string | null
  /** Mismatches that were seeded, and that were found. */
  readonly damage: number
  readonly found: number
  readonly written: Traffic['written']
  readonly looks: number
  readonly reloads: number
  readonly wrong: readonly string[]
  readonly ms: number
}

const loads = {
  live: { way: 'live', orders: 1_500, chunkRows: { min: 16, first: 32, max: 64 } },
  fast: { way: 'auto', orders: 2_500, chunkRows: { min: 20, first: 40, max: 60 } },
  indexed: { way: 'auto', orders: 20_500, chunkRows: { first: 300, max: 600 } },
} as const
/** The last rows, which only the damage touches. */
const damagedOrders = 700

export async function round(options: RoundOptions): Promise<RoundReport> {
  const begun = Date.now()
  const { orders } = loads[options.load]
  const place = await openPlace(options.pair, orders)
  const random = seeded(options.seed)
  const app = traffic(place.db, orders - damagedOrders, { swaps: random.chance(0.25) })
  const state = new Round(options, place, app, random, orders)
  try {
    await state.run()
  } catch (error) {
    state.wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    await app.end().catch((error: unknown) => state.wrong.push(`a write failed: ${String(error)}`))
    await place.close()
  }
  return { ...state.report(), ms: Date.now() - begun }
}

class Round {
  readonly wrong: string[] = []
  readonly #options: RoundOptions
  readonly #place: Place
  readonly #app: Traffic
  readonly #random: Random
  readonly #orders: number
  /** Of both tables. */
  readonly #rows: number
  readonly #kills = { backfill: 0, verify: 0, repair: 0 }
  readonly #moments: Partial<Record<Moment, number>> = {}
  #primary: Side = 'source'
  #fellBack: string | null = null
  #seeded: readonly string[] = []
  #found = 0
  #looks = 0
  #reloads = 0

  constructor(options: RoundOptions, place: Place, app: Traffic, random: Random, orders: number) {
    this.#options = options
    this.#place = place
    this.#app = app
    this.#random = random
    this.#orders = orders
    this.#rows = orders * 2.5
  }

  async run(): Promise<void> {
    const { migration, url } = this.#place
    const before = await shape(this.#place)
    await migration.setStage('source-first')
    const watch = await NotesWatch.begin(this.#options.pair.target, url.target)
    try {
      await this.#load(watch)
      if (this.#random.chance(0.5)) {
        // A switch is refused while the journal that gathered beside a fast load is long.
        await this.#place.settled()
        await migration.switchStage('target-first')
        this.#primary = 'target'
      }
      const from = this.#orders - damagedOrders
      this.#seeded = await damage(this.#place, this.#primary, from, this.#orders)
      await this.#verify()
      await this.#repair()
      const unfinished = await watch.unfinished()
      if (unfinished.length > 0) this.wrong.push(`not ended by itself: ${unfinished.join(', ')}`)
    } finally {
      await watch.end()
      this.#looks = watch.looks
      this.#reloads = watch.reloads
      this.wrong.push(...watch.wrong)
    }
    await this.#app.end()
    await this.#place.settled()
    await this.#compare(before)
  }

  report(): Omit<RoundReport, 'ms'> {
    const { pair, seed, load } = this.#options
    return {
      pair: `${pair.source}>${pair.target}`,
      seed,
      load,
      primary: this.#primary,
      passed: this.wrong.length === 0,
      rows: this.#rows,
      kills: this.#kills,
      moments: this.#moments,
      fellBack: this.#fellBack,
      damage: this.#seeded.length,
      found: this.#found,
      written: this.#app.written,
      looks: this.#looks,
      reloads: this.#reloads,
      wrong: this.wrong,
    }
  }

  /** Slow enough to be killed. */
  async #load(watch: NotesWatch): Promise<void> {
    const { way, chunkRows } = loads[this.#options.load]
    const options = { way, chunkRows, rowsPerSecond: this.#rows / 3 }
    const killed = async (): Promise<boolean> => {
      const seen = await watch.seen()
      const moment = momentOf(seen)
      this.#moments[moment] = (this.#moments[moment] ?? 0) + 1
      return seen.finished
    }
    const report = await this.#done<'backfill'>({ kind: 'backfill', options }, 3, killed)
    this.#fellBack = report?.fellBack ?? null
    const { finished, orders } = await watch.seen()
    if (!finished) this.wrong.push('the load is not noted as finished')
    const told = report?.tables.find(({ table }) => table === 'orders')?.rows ?? orders
    if (told !== orders) this.wrong.push(`${told} orders are reported as loaded, ${orders} are noted`)
    // Every row once: those that were there at its beginning, without what the app has deleted, with what it has inserted.
    const { deletes, inserts } = this.#app.written
    const [least, most] = [this.#orders - deletes, this.#orders + inserts]
    if (orders < least || orders > most)
      this.wrong.push(`${orders} orders are noted as loaded, of ${least} to ${most}`)
    const fence = await this.#place.migration.stores.target.readFence()
    if (fence?.role !== 'secondary') this.wrong.push(`after the load the target is ${fence?.role}`)
  }

  async #verify(): Promise<void> {
    const options = { mode: 'full', rowsPerSecond: this.#rows / 2, chunkMs: 20, show: 100_000 } as const
    const report = (await this.#done<'verify'>({ kind: 'verify', options }, 1))!
    const found = report.shown.map(({ table, key, kind }) => `${table} ${key} ${kind}`)
    const [expected, seen] = [new Set(this.#seeded), new Set(found)]
    for (const one of expected) if (!seen.has(one)) this.wrong.push(`not found: ${one}`)
    for (const one of seen) if (!expected.has(one)) this.wrong.push(`false alarm: ${one}`)
    if (found.length !== seen.size) this.wrong.push(`${found.length - seen.size} mismatches are shown twice`)
    this.#found = seen.size
  }

  async #repair(): Promise<void> {
    const report = await this.#done<'repair'>({ kind: 'repair' }, 1)
    for (const { table, key, reason } of report?.left ?? [])
      this.wrong.push(`left: ${table} ${key}: ${reason}`)
  }

  /** Carries the work out through kills. */
  async #done<Kind extends Work['kind']>(
    work: Extract<Work, { kind: Kind }>,
    leastKills: number,
    killed: () => Promise<boolean> = async () => false,
  ): Promise<Reports[Kind] | null> {
    const hunt = {
      worker: this.#options.worker,
      place: this.#place,
      random: this.#random,
      rows: this.#rows,
      killed,
    }
    const { report, kills } = await hunted<Kind>(hunt, work, leastKills + this.#random.below(3))
    this.#kills[work.kind] = kills
    return report
  }

  async #compare(before: string): Promise<void> {
    const place = this.#place
    const now = await shape(place)
    if (now !== before) this.wrong.push(`indexes or constraints differ: ${before} -> ${now}`)
    const mismatches = await place.migration.stores.target.mismatches(100)
    if (mismatches.length > 0) this.wrong.push(`${mismatches.length} mismatches are open`)
    const [source, target] = [await place.contents('source'), await place.contents('target')]
    if (source.length !== target.length)
      this.wrong.push(`${source.length} rows, ${target.length} in the target`)
    for (const line of without(source, target)) this.wrong.push(`only source: ${line}`)
    for (const line of without(target, source)) this.wrong.push(`only target: ${line}`)
  }
}

function momentOf({ loading, indexesDropped, done, parts }: Seen): Moment {
  if (parts === 0) return 'before its first chunk'
  if (done === parts) return 'after its last chunk'
  return loading && indexesDropped ? 'with indexes dropped' : 'amid its chunks'
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others)
  return lines.filter((line) => !known.has(line)).slice(0, 5)
}

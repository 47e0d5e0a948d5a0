// The entry: a rehearsal from the scratch databases to the report. The real source is read, and nothing real is ever written.

import type { GateLimits } from '@twinwrite/control'
import { type RunningMigration, TwinwriteError } from '@twinwrite/core'
import { type Away, behind, locked } from './faults/away.ts'
import { Proxy } from './faults/proxy.ts'
import { Fleet } from './fleet/fleet.ts'
import type { Found, Scratch, WriterJob } from './fleet/job.ts'
import { lostWrites } from './lost-writes.ts'
import { reportOf } from './make-report.ts'
import { defaults, type RehearseOptions } from './options.ts'
import type { RehearsalReport } from './report.ts'
import { fill, type Filled } from './scratch/fill.ts'
import { ScratchPair } from './scratch/pair.ts'
import { addressOf } from './scratch/place.ts'
import { lookAtReal, type Real, requireMapping } from './scratch/real.ts'
import { type Mirrored, mirroredOf } from './statements/mirrored.ts'
import { wordedText } from './worded.ts'
import { Differing, Stopped, Walk } from './walk/walk.ts'
import { type Happened, plannedSteps, wholeWay } from './walk/whole-way.ts'

/**
 * Runs the whole way once.
 * @throws TwinwriteError `TW_SCRATCH_DENIED`, `TW_SCRATCH_UNFIT`, `TW_UNREACHABLE`, and the mapping's errors: nothing was rehearsed
 * @example
 * const report = await rehearse(
 *   { migration: shop, source, target },
 *   { foundBy: { module: import.meta.resolve('./shop-migration.ts'), given: null } },
 * )
 */
export async function rehearse(found: Found, options: RehearseOptions): Promise<RehearsalReport> {
  const real = await lookAtReal(found)
  const pair = new ScratchPair(found, real, options.scratch)
  const leftovers = await pair.leftovers()
  if (leftovers.length > 0 && !(await options.replace?.(leftovers))) {
    throw new TwinwriteError(
      'TW_SCRATCH_UNFIT',
      `an earlier rehearsal has left ${leftovers.join(' and ')} behind`,
      {
        hint: 'Let them be dropped, with --yes.',
      },
    )
  }
  const rehearsal = new Rehearsal(found, real, pair, options)
  const [run] = await Promise.allSettled([rehearsal.run()])
  const [closed] = await Promise.allSettled([rehearsal.close()])
  if (run.status === 'rejected') throw run.reason
  if (closed.status === 'fulfilled') return run.value
  const left = `the scratch databases could not be dropped: ${(closed.reason as Error).message}`
  const { verdict, wrong } = run.value
  return { ...run.value, verdict: verdict === 'passed' ? 'failed' : verdict, wrong: [...wrong, left] }
}

export interface RehearsalPreview {
  /** What would make the scratch databases and their tables. */
  readonly source: readonly string[]
  readonly target: readonly string[]
  readonly notes: readonly string[]
  /** What would happen then. */
  readonly steps: readonly string[]
}

/** What would be made, without making it. */
export async function previewRehearsal(found: Found, options: RehearseOptions): Promise<RehearsalPreview> {
  const pair = new ScratchPair(found, await lookAtReal(found), options.scratch)
  const settings = settingsOf(options)
  const faults = { ...settings, kills: withKills(options, pair) }
  return { ...(await pair.statements()), notes: pair.tables.notes, steps: plannedSteps(faults) }
}

type Settings = Required<Pick<RehearseOptions, keyof typeof defaults>>

function settingsOf(options: RehearseOptions): Settings {
  const given = Object.entries(options).filter(([, option]) => option !== undefined)
  return { ...defaults, ...Object.fromEntries(given) }
}

/** At level `unjournaled` a kill loses keys, by design. */
function withKills({ kills = true }: RehearseOptions, { definition }: ScratchPair): boolean {
  return kills && definition.migration.level !== 'unjournaled'
}

class Rehearsal {
  readonly #found: Found
  readonly #real: Real
  readonly #pair: ScratchPair
  readonly #options: RehearseOptions
  readonly #settings: Settings
  readonly #fleet = new Fleet()
  readonly #happened: Happened = { outage: null, kills: [] }
  readonly #begun = performance.now()
  #proxy: Proxy | null = null
  #migration: RunningMigration | null = null
  #walk: Walk | null = null
  #filled: Filled = { tables: [], traffic: [], notes: [] }
  #mirrored: Mirrored | null = null
  #lost: Readonly<Record<string, number>> = {}

  constructor(found: Found, real: Real, pair: ScratchPair, options: RehearseOptions) {
    this.#found = found
    this.#real = real
    this.#pair = pair
    this.#options = options
    this.#settings = settingsOf(options)
  }

  async run(): Promise<RehearsalReport> {
    let failure: Error | null = null
    try {
      await this.#wholeWay()
    } catch (error) {
      if (!(error instanceof Error) || this.#walk === null) throw error
      // Nothing has begun: what the databases say is the answer.
      if (this.#walk.steps.length === 0 && !(error instanceof Stopped)) throw error
      failure = error
    }
    const ended =
      failure === null
        ? 'passed'
        : failure instanceof Stopped
          ? 'stopped'
          : failure instanceof Differing
            ? 'mismatches'
            : 'failed'
    return reportOf({
      migration: this.#found.migration.migration.name,
      real: this.#real,
      ended,
      wrong: failure === null ? [] : [wordedText(failure), ...(await this.#blocked())],
      ms: performance.now() - this.#begun,
      walk: this.#walk!,
      fleet: this.#fleet,
      filled: this.#filled,
      mirrored: this.#mirrored,
      happened: this.#happened,
      lost: this.#lost,
      settings: this.#settings,
      notes: [...this.#pair.tables.notes, ...this.#filled.notes, ...this.#unkilled],
    })
  }

  /** Ends all processes and drops what was made. */
  async close(): Promise<void> {
    await this.#fleet.kill()
    await this.#migration?.close()
    await this.#proxy?.close()
    await this.#pair.remove()
  }

  async #wholeWay(): Promise<void> {
    const { statements, say } = this.#options
    this.#mirrored = await mirroredOf(statements, this.#found, this.#real)
    say?.('making the scratch databases')
    await this.#pair.make()
    const ports = { source: null, target: await this.#openProxy() }
    const migration = this.#pair.definition.operate(this.#pair.sides(ports))
    this.#migration = migration
    // Of target tables that only stand here, nobody could have told before.
    requireMapping(await migration.check())
    const walk = new Walk(migration, { ...this.#options, ...this.#settings }, this.#limits)
    this.#walk = walk
    await walk.install()
    await walk.step('copy rows', async () => {
      const { rows, processes } = this.#settings
      // One takes the place of a killed one.
      const filling = { pair: this.#pair, migration, rows, writers: processes + 1 }
      this.#filled = await fill(this.#found, this.#real, filling)
      return { detail: this.#filled.tables.map((one) => `${one.table}: ${one.rows}`).join(', ') }
    })
    const scratch = this.#pair.scratch(ports)
    const writerJob = (): WriterJob => this.#writerJob(scratch)
    const { processes, outageMs } = this.#settings
    const fleet = this.#fleet
    await walk.step('start writers', async () => {
      await Promise.all(Array.from({ length: processes }, () => fleet.start(writerJob())))
      return { detail: `${processes} processes` }
    })
    const common = { foundBy: this.#options.foundBy, scratch }
    const { traffic } = this.#filled
    const limits = this.#limits
    const away = this.#away
    const travellers = { migration, fleet, walk, away, traffic, writerJob, common, limits }
    await wholeWay(travellers, { outageMs, kills: withKills(this.#options, this.#pair) }, this.#happened)
    const shared = this.#mirrored?.written ?? new Set<string>()
    this.#lost = await lostWrites(fleet.book, this.#pair.sides().source, traffic, shared)
  }

  /** Rows that the secondary does not accept, by table: most often why a step can't be taken. */
  async #blocked(): Promise<string[]> {
    const rows = (await this.#migration?.blocked().catch(() => [])) ?? []
    const tables = [...new Set(rows.map(({ table }) => table))]
    return tables.map((table) => `rows of ${table} are blocked: the side that follows does not accept them`)
  }

  get #unkilled(): readonly string[] {
    const wanted = this.#options.kills ?? true
    return wanted && !withKills(this.#options, this.#pair)
      ? ['nobody was killed: at level "unjournaled" a kill loses keys until a verification repairs them']
      : []
  }

  /** Processes that were killed count as live for no longer than that. */
  get #limits(): GateLimits {
    const { beatMs } = this.#pair.definition.migration
    return { lagMs: 1000, ...this.#options.gates, silentMs: 3 * beatMs }
  }

  /** @returns the port of the way to the target that can be cut; null where there is no server */
  async #openProxy(): Promise<number | null> {
    const { target } = this.#pair.sides()
    if (target.engine === 'sqlite') return null
    this.#proxy = new Proxy(await addressOf(target))
    await this.#proxy.open()
    return this.#proxy.port
  }

  get #away(): Away {
    return this.#proxy === null ? locked(this.#pair.sides().target) : behind(this.#proxy)
  }

  #writerJob(scratch: Scratch): WriterJob {
    const { processes, rate } = this.#settings
    return {
      foundBy: this.#options.foundBy,
      scratch,
      role: 'writer',
      tables: this.#filled.traffic,
      statements: this.#mirrored?.runnable ?? [],
      number: this.#fleet.nextNumber(),
      everyMs: (processes * 1000) / rate,
    }
  }
}

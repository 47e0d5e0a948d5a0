// What becomes of a read of the app beside being answered by the primary: a part of them also runs on the other side to be compared, and
// where the user asked for it, a part goes to the target first. A migration without the option `reads` has none of this.

import type { TableNames } from '../adapter.ts'
import type { Follower } from '../relay/follower.ts'
import type { Clock } from '../clock.ts'
import type { Reporter } from '../events.ts'
import type { Migration } from '../mapping/config.ts'
import type { StageState } from '../stage-view.ts'
import type { AppRead, ReadCall } from './app-read.ts'
import type { DifferingShape } from './differing-shapes.ts'
import type { JournalState, RowKey, Store } from '../store.ts'
import { Ramp, withoutRamp } from './ramp.ts'
import { OwnReadCounts } from './read-counts.ts'
import { ShadowReads } from './shadow-reads.ts'

export interface ReadSurroundings {
  readonly migration: Migration
  readonly clock: Clock
  readonly reporter: Reporter
  readonly follower: Follower
  readonly processId: string
  /** Where counts of the fleet stand. */
  readonly target: Store
  /** As far as it is known without waiting. */
  state(): StageState | undefined
  tables(): readonly TableNames[]
  /** Of the primary. */
  journalState(): Promise<JournalState>
}

export class ReadPolicy {
  readonly #around: ReadSurroundings
  readonly #shadow: ShadowReads | null
  readonly #ramp: Ramp | null
  readonly #counts: OwnReadCounts

  /** Null where the migration has no option `reads`. */
  static of(around: ReadSurroundings): ReadPolicy | null {
    return around.migration.reads === null ? null : new ReadPolicy(around)
  }

  private constructor(around: ReadSurroundings) {
    this.#around = around
    const { migration, clock, reporter, follower, target, processId } = around
    const { shadow, ramp } = migration.reads!
    const journaled = migration.level !== 'unjournaled'
    this.#counts = new OwnReadCounts(target, processId)
    this.#shadow =
      shadow &&
      new ShadowReads(shadow, {
        clock,
        reporter,
        accepted: (table) => migration.tables.get(table)?.accept ?? none,
        state: () => around.state(),
        journalState: async () => (journaled || follower.queued > 0 ? around.journalState() : null),
        compared: (different) => this.#counts.add(different),
      })
    this.#ramp =
      ramp &&
      new Ramp(ramp, { clock, journalState: () => around.journalState(), breaker: () => follower.breaker })
  }

  /** Most shadow reads at once; 0: none run. */
  get asideConnections(): number {
    return this.#around.migration.reads!.shadow?.concurrency ?? 0
  }

  get differing(): readonly DifferingShape[] {
    return this.#shadow?.differing ?? []
  }

  /** Percentage of the ramp; null without one. */
  get percent(): number | null {
    return this.#ramp?.percent ?? null
  }

  /** @throws TwinwriteError `TW_CONFIG_INVALID` */
  ramp(percent: number): void {
    if (this.#ramp === null) throw withoutRamp()
    this.#ramp.percent = percent
  }

  /** Rows of this process whose commit the app is about to hear of. */
  wrote(rows: readonly RowKey[]): void {
    this.wroteTables(rows.map(({ table }) => table))
  }

  wroteTables(tables: readonly string[]): void {
    this.#ramp?.wrote(new Set(tables))
  }

  /** A read outside of transactions, with the answer that the app gets. */
  async answer<T>(call: ReadCall<T>): Promise<T> {
    const state = this.#around.state()
    if (state === undefined || !state.plan.journaled || state.frozen) return call.run()
    if (this.#ramp !== null && state.plan.primary === 'source' && this.#ramp.takes()) {
      const read = this.#described(call)
      if (read !== null && this.#ramp.mayServe(read.tables)) return this.#served(this.#ramp, read, call)
    }
    if (this.#shadow === null || !this.#shadow.takes()) return call.run()
    const { clock } = this.#around
    const begun = clock.now()
    const answer = await call.run()
    const shown = this.#around.state()
    if (shown?.epoch === state.epoch && !shown.frozen) {
      this.#shadow.answered({ describe: () => this.#described(call) }, state, answer, clock.now() - begun)
    }
    return answer
  }

  /** Writes the fleet's counts, with the beat. */
  async note(): Promise<void> {
    await this.#counts.note()
  }

  /** Ends what runs aside, without waiting for it. */
  stop(): void {
    this.#shadow?.stop()
  }

  async #served<T>(ramp: Ramp, read: AppRead<T>, call: ReadCall<T>): Promise<T> {
    const { clock, reporter } = this.#around
    const answered = new AbortController()
    const late = clock.sleep(ramp.settings.timeoutMs, answered.signal).then(tooLate)
    try {
      const answer = await Promise.race([read.serve(), late])
      ramp.served()
      reporter.publish('twinwrite:ramped-read', { outcome: 'served', shape: read.shape, reason: null })
      return answer
    } catch (error) {
      ramp.fellBack()
      const reason = error instanceof Error ? error.message : String(error)
      reporter.publish('twinwrite:ramped-read', { outcome: 'fell-back', shape: read.shape, reason })
      return await call.run()
    } finally {
      answered.abort()
      late.catch(ignore)
    }
  }

  /** Rows that are converted on their way do not have to be equal, and what is asked of them does not mean the same. */
  #described<T>(call: ReadCall<T>): AppRead<T> | null {
    const read = described(call)
    if (read === null || read.tables.length === 0) return null
    const tables = this.#around.tables()
    const isPlain = (name: string): boolean =>
      tables.some(({ mapping, converted }) => mapping === name && !converted)
    return read.tables.every(isPlain) ? read : null
  }
}

const none: ReadonlySet<string> = new Set()

/** A text that can't be carried to the other side is refused by an error, which is none of the app's here. */
function described<T>(call: ReadCall<T>): AppRead<T> | null {
  try {
    return call.describe()
  } catch {
    return null
  }
}

function tooLate(): never {
  throw new Error('no answer in time')
}

function ignore(): void {
  // The answer was there first.
}

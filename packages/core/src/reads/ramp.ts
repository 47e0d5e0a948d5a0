// Which reads may go to the target first while the source is primary: a part of them, those of one key together, and only while the target
// is known to be well, not far behind, and to hold what this process has written.

import { Breaker, type BreakerState } from '../apply/breaker.ts'
import type { Clock } from '../clock.ts'
import { TwinwriteError } from '../errors.ts'
import type { JournalState } from '../store.ts'
import { JournalView } from './journal-view.ts'
import { OwnWrites } from './own-writes.ts'
import { isPercent, percentForm, type RampSettings } from './read-options.ts'

/** Oldest look into the journal (ms) that still tells the lag. */
const recentMs = 500
/** Parts of a percent that a key is told apart by. */
const buckets = 10_000

export interface RampSurroundings {
  readonly clock: Clock
  /** Of the primary. */
  journalState(): Promise<JournalState>
  /** Of the applies to the secondary. */
  breaker(): BreakerState
}

export class Ramp {
  readonly settings: RampSettings
  readonly #clock: Clock
  readonly #breaker: () => BreakerState
  readonly #own: OwnWrites
  readonly #journal: JournalView
  /** Of the reads. */
  readonly #reads: Breaker
  #percent: number

  constructor(settings: RampSettings, { clock, journalState, breaker }: RampSurroundings) {
    this.settings = settings
    this.#percent = settings.percent
    this.#clock = clock
    this.#breaker = breaker
    this.#own = new OwnWrites(clock)
    this.#journal = new JournalView(clock, journalState, (state, at) => this.#own.looked(state, at))
    this.#reads = new Breaker(clock, { failures: 3, probeMs: 1000 })
  }

  get percent(): number {
    return this.#percent
  }

  /** @throws TwinwriteError `TW_CONFIG_INVALID` */
  set percent(percent: number) {
    if (!isPercent(percent))
      throw new TwinwriteError(
        'TW_CONFIG_INVALID',
        `the percentage of the ramp is ${String(percent)}; expected ${percentForm}`,
      )
    this.#percent = percent
  }

  wrote(tables: Iterable<string>): void {
    this.#own.wrote(tables)
  }

  /** Whether the read that begins now is one of the part. */
  takes(): boolean {
    if (this.#percent === 0) return false
    const key = this.settings.by?.()
    const place = key === undefined ? this.#clock.random() : (hash(String(key)) % buckets) / buckets
    return place * 100 < this.#percent
  }

  /** Whether the target may answer a read of these tables now. */
  mayServe(tables: readonly string[]): boolean {
    const { tables: tolerant, lagMs } = this.settings
    if (tolerant !== null && !tables.every((table) => tolerant.includes(table))) return false
    if (this.#breaker() !== 'closed' || this.#reads.state === 'open') return false
    const state = this.#journal.recent(recentMs)
    if (state === null || state.blocked > 0 || state.marks.some((table) => tables.includes(table)))
      return false
    return (state.oldestMs ?? 0) <= lagMs && !this.#own.mayMiss(tables)
  }

  served(): void {
    this.#reads.succeeded()
  }

  fellBack(): void {
    this.#reads.failed()
  }
}

/** FNV-1a */
function hash(text: string): number {
  let hashed = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hashed = Math.imul(hashed ^ text.charCodeAt(at), 0x01000193) >>> 0
  return hashed
}

export function withoutRamp(): TwinwriteError {
  return new TwinwriteError('TW_CONFIG_INVALID', 'the migration has no option reads.ramp', {
    hint: 'Give it `reads: { ramp: { percent: 0 } }`, and raise the percentage at run time.',
  })
}

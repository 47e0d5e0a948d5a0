// Shadow reads: a sampled read runs on the other side too, after the app has its answer, and both answers are compared. What differs is only
// a difference when it can't be rows on their way: the journal has drained, the read ran again and differs still, and the primary
// answers now as it did then (W11). Nobody waits for any of it, and nothing of it fails a read (W1, W7).

import type { Clock } from '../clock.ts'
import type { Reporter } from '../events.ts'
import type { StageState } from '../stage-view.ts'
import { otherSide, type Side } from '../stage.ts'
import type { JournalState } from '../store.ts'
import type { AppRead } from './app-read.ts'
import { type Comparable, comparable } from './comparable.ts'
import { type Comparison, type Difference, firstDifference } from './difference.ts'
import { DifferingShapes } from './differing-shapes.ts'
import { arrived } from './own-writes.ts'
import { ignoredColumns, plainName } from './read-names.ts'
import type { ShadowSettings } from './read-options.ts'

export type ShadowOutcome = 'equal' | 'different' | 'failed' | 'skipped' | 'raced'

/** Longest wait (ms) for what was on its way; then nobody knows. */
const drainMs = 5000
const pollMs = 25

export interface ShadowSurroundings {
  readonly clock: Clock
  readonly reporter: Reporter
  /** Names of source columns whose losses were accepted. */
  accepted(table: string): ReadonlySet<string>
  state(): StageState | undefined
  /** Of the primary; null where there is no journal and nothing waits to be applied. */
  journalState(): Promise<JournalState | null>
  /** Told of every comparison, for the fleet's counts. */
  compared(different: boolean): void
}

interface Sample {
  readonly read: AppRead<unknown>
  readonly side: Side
  readonly epoch: number
  readonly answer: Comparable
  /** When the app had its answer. */
  readonly at: number
  readonly primaryMs: number
  /** Runs of it, some of which may end late. */
  readonly runs: Promise<unknown>[]
}

export class ShadowReads {
  readonly #settings: ShadowSettings
  readonly #around: ShadowSurroundings
  readonly #shapes: DifferingShapes
  readonly #end = new AbortController()
  #running = 0

  constructor(settings: ShadowSettings, around: ShadowSurroundings) {
    this.#settings = settings
    this.#around = around
    this.#shapes = new DifferingShapes(settings.showValues)
  }

  get differing(): DifferingShapes['list'] {
    return this.#shapes.list
  }

  /** Whether the read that begins now is one of the sample. */
  takes(): boolean {
    return this.#around.clock.random() < this.#settings.rate
  }

  /** The primary has answered. Returns at once, with nothing kept of the answer itself. */
  answered(
    call: { describe(): AppRead<unknown> | null },
    state: StageState,
    answer: unknown,
    primaryMs: number,
  ): void {
    if (this.#end.signal.aborted) return
    if (this.#running >= this.#settings.concurrency) return this.#skip(null)
    const { clock } = this.#around
    let read: AppRead<unknown> | null
    let form: Comparable | null
    try {
      read = call.describe()
      if (read === null) return
      form = comparable(read.rows === undefined ? answer : read.rows(answer))
    } catch {
      return this.#skip(null)
    }
    if (form === null) return this.#skip(read.shape)
    this.#running++
    const sample: Sample = {
      read,
      side: state.plan.primary,
      epoch: state.epoch,
      answer: form,
      at: clock.now(),
      primaryMs,
      runs: [],
    }
    this.#follow(sample).catch(ignore)
  }

  stop(): void {
    this.#end.abort()
  }

  #skip(shape: string | null): void {
    this.#publish('skipped', shape, 0, null, null)
  }

  async #follow(sample: Sample): Promise<void> {
    const { clock } = this.#around
    const { read, primaryMs } = sample
    const begun = clock.now()
    let secondaryMs: number | null = null
    try {
      // The app goes first.
      await clock.sleep(0, this.#end.signal)
      const secondary = await this.#run(sample, otherSide(sample.side))
      secondaryMs = clock.now() - begun
      let found = this.#compare(sample, secondary)
      let outcome: ShadowOutcome = 'equal'
      if (found !== null) [outcome, found] = await this.#confirm(sample)
      if (outcome === 'different' && found !== null) this.#shapes.add(read.shape, found)
      if (outcome === 'equal' || outcome === 'different') this.#around.compared(outcome === 'different')
      this.#publish(outcome, read.shape, primaryMs, secondaryMs, outcome === 'different' ? found : null)
    } catch {
      if (!this.#end.signal.aborted) this.#publish('failed', read.shape, primaryMs, secondaryMs, null)
    } finally {
      // The place is free again when every run has really ended, however late.
      Promise.allSettled(sample.runs).then(() => this.#running--, ignore)
    }
  }

  async #confirm(sample: Sample): Promise<[ShadowOutcome, Difference | null]> {
    const { clock } = this.#around
    if (!(await this.#drained(sample))) return ['raced', null]
    await clock.sleep(this.#settings.settleMs, this.#end.signal)
    const found = this.#compare(sample, await this.#run(sample, otherSide(sample.side)))
    if (found === null) return ['equal', null]
    const now = await this.#run(sample, sample.side)
    return this.#isStale(sample) || this.#compare(sample, now) !== null
      ? ['raced', null]
      : ['different', found]
  }

  /** Whether all that was written before the answer has arrived. */
  async #drained(sample: Sample): Promise<boolean> {
    const { clock, journalState } = this.#around
    for (;;) {
      if (this.#isStale(sample)) return false
      const lookedAt = clock.now()
      const state = await journalState()
      if (state === null || arrived(state, lookedAt, sample.at)) return true
      if (clock.now() - sample.at >= drainMs) return false
      await clock.sleep(pollMs, this.#end.signal)
    }
  }

  #isStale({ epoch }: Sample): boolean {
    const state = this.#around.state()
    return state === undefined || state.epoch !== epoch || state.frozen
  }

  async #run({ read, runs }: Sample, side: Side): Promise<Comparable> {
    const limit = new AbortController()
    const running = read.aside(side, AbortSignal.any([this.#end.signal, limit.signal]))
    runs.push(running)
    const answered = new AbortController()
    const late = this.#around.clock.sleep(
      this.#settings.timeoutMs,
      AbortSignal.any([this.#end.signal, answered.signal]),
    )
    try {
      const answer = await Promise.race([running, late.then(tooLate)])
      const form = comparable(read.rows === undefined ? answer : read.rows(answer))
      if (form === null) throw new Error('an answer that cannot be compared')
      return form
    } finally {
      answered.abort()
      limit.abort()
    }
  }

  #compare({ read, answer }: Sample, other: Comparable): Difference | null {
    const { ignore, unordered } = this.#settings
    const { tables, nameOf = (_table: string, column: string): string => column } = read
    const named = (columns: Iterable<readonly [table: string, column: string]>): Set<string> =>
      new Set([...columns].map(([table, column]) => plainName(nameOf(table, column))))
    const ignored = named(
      ignoredColumns(ignore).flatMap(({ table, column }) =>
        tables.includes(table) ? [[table, column] as const] : [],
      ),
    )
    const lossy = named(
      tables.flatMap((table) => [...this.#around.accepted(table)].map((column) => [table, column] as const)),
    )
    const comparison: Comparison = {
      ordered: read.ordered && !unordered,
      ignores: (name) => ignored.has(plainName(name)),
      loses: (name) => lossy.has(plainName(name)),
      forgives: (found) => typeof ignore === 'function' && ignore({ shape: read.shape, ...found }),
    }
    return firstDifference(answer, other, comparison)
  }

  #publish(
    outcome: ShadowOutcome,
    shape: string | null,
    primaryMs: number,
    secondaryMs: number | null,
    found: Difference | null,
  ): void {
    const values =
      found === null || !this.#settings.showValues
        ? null
        : { primary: found.primary, secondary: found.secondary }
    const path = found?.path ?? null
    this.#around.reporter.publish('twinwrite:shadow-read', {
      outcome,
      shape,
      primaryMs,
      secondaryMs,
      path,
      values,
    })
  }
}

function ignore(): void {
  // Was published.
}

function tooLate(): never {
  throw new Error('no answer in time')
}

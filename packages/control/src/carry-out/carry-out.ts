// Takes the steps that are asked for by changing what a stage source says (a file, a key, a flag), for teams that keep such things in one
// place. One process of the fleet does it at a time. What counts is a change: whatever the source said when the fleet had reached it, or
// when the fleet looked for the first time, asks for nothing, so that nobody works against an operator who has gone on since.

import { randomUUID } from 'node:crypto'
import {
  type RunningMigration,
  type Stage,
  stagePlan,
  type StageSource,
  StoreError,
  systemClock,
  TwinwriteError,
} from '@twinwrite/core'
import { gateText } from '../gate.ts'
import { gatesBefore } from '../gates.ts'
import { type GateLimits, type Limits, limitsOf } from '../limits.ts'
import { moveStage } from '../move-stage.ts'
import { type Note, Notes, type NoteSeen } from './notes.ts'

export interface CarryOutOptions {
  readonly source: StageSource
  readonly limits?: GateLimits
  /** Longest wait (ms) for processes and transactions that do not journal yet. Default: 60,000. */
  readonly barrierTimeoutMs?: number
  /** Time (ms) between two tries of a step that could not be taken; up to ten times as long later on. Default: 5000. */
  readonly retryMs?: number
  /** A process that takes a step and has not been heard of for so long (ms) has died. Default: 10,000. */
  readonly claimMs?: number
}

/** A step must be asked for at least so long (ms): whoever takes one elsewhere tells the source just after it. */
const standMs = 300
/** Time (ms) between two looks while a switch of somebody else is under way. */
const frozenMs = 200
/** Time (ms) between two looks while nothing is asked for; what is heard wakes earlier. */
const idleMs = 60_000

/**
 * Begins to carry out what the source asks for.
 * @returns what ends it, after the step under way
 * @example const end = carryOut(migration, { source: fileStage({ path: 'stage.json' }) })
 */
export function carryOut(migration: RunningMigration, options: CarryOutOptions): () => Promise<void> {
  const carrier = new Carrier(migration, options)
  return () => carrier.end()
}

class Carrier {
  readonly #migration: RunningMigration
  readonly #source: StageSource
  readonly #limits: Limits
  readonly #options: Required<Omit<CarryOutOptions, 'source' | 'limits'>>
  readonly #notes: Notes
  readonly #id = randomUUID()
  readonly #endWatch: () => Promise<void>
  readonly #beats: NodeJS.Timeout
  readonly #carried: Promise<void>
  #ended = false
  #rest = new AbortController()
  #said: Stage | null = null
  #claimed = false
  #beating: Promise<unknown> = Promise.resolve()
  /** The claim of another process, and since when it stands still. */
  #foreign: { readonly claim: string; readonly since: number } | null = null
  /** What was told of what is asked for now. */
  readonly #told = new Set<string>()
  #failures = 0

  constructor(migration: RunningMigration, { source, limits, ...options }: CarryOutOptions) {
    this.#limits = limitsOf(limits)
    this.#migration = migration
    this.#source = source
    this.#options = { barrierTimeoutMs: 60_000, retryMs: 5000, claimMs: 10_000, ...options }
    this.#notes = new Notes(migration, source.name)
    migration.onStage(() => this.#rest.abort())
    this.#endWatch = source.watch(migration.name, {
      stage: (stage) => this.#hear(stage),
      trouble: (message) => void this.#tell(message, `is not heard: ${message}`),
    })
    this.#beats = setInterval(() => this.#beat(), this.#options.claimMs / 4)
    this.#carried = this.#run()
  }

  async end(): Promise<void> {
    this.#ended = true
    this.#rest.abort()
    await this.#endWatch()
    await this.#carried
    clearInterval(this.#beats)
    await this.#beating
  }

  #hear(stage: Stage | null): void {
    if (stage !== this.#said) {
      this.#told.clear()
      this.#failures = 0
    }
    this.#said = stage
    this.#rest.abort()
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      this.#rest = new AbortController()
      const { signal } = this.#rest
      const restMs = await this.#attend().catch((error: unknown) => this.#restAfter(error))
      if (!this.#ended) await systemClock.sleep(restMs, signal).catch(() => undefined)
    }
    if (this.#claimed) await this.#letGo(await this.#notes.read().catch(noneOf)).catch(noneOf)
  }

  /** @returns milliseconds until it is worth another look, if nothing is heard before */
  async #attend(): Promise<number> {
    const said = this.#said
    if (said === null) return idleMs
    const { stage, frozen, epoch, installed } = await this.#migration.look()
    if (frozen) return frozenMs
    if (!installed) return this.#tell('not installed', 'is not carried out before `twinwrite install`')
    const seen = await this.#notes.read()
    const { note } = seen
    if (note === null) return this.#firstLook(seen, said, stage)
    if (stage === said && note.claim === null) return this.#settle(seen, said)
    if (stage !== said && note.settled === said) return this.#letGo(seen)
    if (stage !== said && !stagePlan(stage, this.#migration.undo).neighbours.includes(said)) {
      return this.#tell(`from ${stage}`, `says ${said}, but no step leads there from ${stage}`)
    }
    this.#claimed = note.claim?.by === this.#id
    if (!this.#claimed) {
      if (note.claim !== null && !this.#hasDied(note.claim)) return this.#options.claimMs / 5
      await systemClock.sleep(standMs)
      if (this.#ended || !(await this.#stands(said, epoch))) return standMs
      const claim = { by: this.#id, beat: 0 }
      this.#claimed = await this.#notes.save(seen, { settled: note.settled, claim })
      if (!this.#claimed) return standMs
    }
    await (stage === said ? this.#finish(said) : this.#step(said))
    return this.#settle(await this.#notes.read(), said)
  }

  async #firstLook(seen: NoteSeen, said: Stage, stage: Stage): Promise<number> {
    const saved = await this.#notes.save(seen, { settled: said, claim: null })
    if (saved && said !== stage) {
      this.#tell(
        'first look',
        `said ${said} before anybody carried out its changes; the fleet stays in ${stage} until it says something else`,
      )
    }
    return 0
  }

  async #settle(seen: NoteSeen, said: Stage): Promise<number> {
    const { note } = seen
    this.#failures = 0
    this.#claimed = false
    if (note?.settled === said && note.claim === null) return idleMs
    return (await this.#notes.save(seen, { settled: said, claim: null })) ? idleMs : standMs
  }

  async #letGo(seen: NoteSeen | null): Promise<number> {
    this.#claimed = false
    if (seen?.note?.claim?.by !== this.#id) return idleMs
    const saved = await this.#notes.save(seen, { settled: seen.note.settled, claim: null })
    return saved ? idleMs : standMs
  }

  #hasDied(claim: NonNullable<Note['claim']>): boolean {
    const seen = JSON.stringify(claim)
    if (this.#foreign?.claim !== seen) this.#foreign = { claim: seen, since: performance.now() }
    return performance.now() - this.#foreign.since >= this.#options.claimMs
  }

  /** Whether it is still asked for, by what the source itself says now, and nobody has gone on. */
  async #stands(said: Stage, epoch: number): Promise<boolean> {
    const now = await this.#source.get(this.#migration.name).catch(() => null)
    return now === said && (await this.#migration.look()).epoch === epoch
  }

  async #step(to: Stage): Promise<void> {
    const { barrierTimeoutMs } = this.#options
    // One refusal stands in the audit trail; afterwards the gates are looked at first.
    if (this.#told.has('TW_GATES_CLOSED')) {
      const gates = await gatesBefore(this.#migration, to, this.#limits)
      const closed = gates.filter(({ open }) => !open)
      if (closed.length > 0) throw new TwinwriteError('TW_GATES_CLOSED', closed.map(gateText).join(' | '))
    }
    await moveStage(this.#migration, to, { limits: this.#limits, barrierTimeoutMs, by: this.#source.name })
  }

  /** The fence has moved, and whoever moved it has not told that all processes and transactions have taken notice. */
  async #finish(stage: Stage): Promise<void> {
    const { barrierTimeoutMs } = this.#options
    await this.#migration.setStage(stage, { barrierTimeoutMs })
  }

  /** Tells the others that the process that has claimed the step lives. */
  #beat(): void {
    if (!this.#claimed) return
    this.#beating = (async () => {
      const seen = await this.#notes.read()
      const { note } = seen
      if (note?.claim?.by !== this.#id) return
      const claim = { by: this.#id, beat: note.claim.beat + 1 }
      await this.#notes.save(seen, { settled: note.settled, claim })
    })().catch(noneOf)
  }

  #restAfter(error: unknown): number {
    noneOf(error)
    const { message } = error as Error
    this.#tell(error instanceof TwinwriteError ? error.code : message, `says ${this.#said}: ${message}`)
    const { retryMs } = this.#options
    return Math.min(retryMs * 2 ** this.#failures++, 10 * retryMs)
  }

  /** Once for each thing that is asked for. */
  #tell(what: string, text: string): number {
    if (!this.#told.has(what)) {
      this.#told.add(what)
      const message = `${this.#source.name} ${text}`
      this.#migration.loadOptions.reporter.publish('twinwrite:warning', { code: 'TW_STAGE_SOURCE', message })
    }
    return this.#options.retryMs
  }
}

/** A side that does not answer or a step that was refused, which is tried again. */
function noneOf(error: unknown): null {
  if (error instanceof TwinwriteError || error instanceof StoreError) return null
  throw error
}

// What only a look can tell. Both databases are asked at most once in a while, each question on its own and within a time limit, so
// that a side which is down or hangs neither stops the others' answers nor gathers questions.

import {
  lastHeard,
  processState,
  type RunningMigration,
  type Side,
  stages,
  StoreError,
} from '@twinwrite/core'
import type { InstrumentName, Labels, Reading } from './instruments.ts'

export interface LookOptions {
  /** Milliseconds for which one look answers. Default: 1000. */
  readonly cacheMs?: number
  /** Longest time (ms) of a look. What has not answered by then is left out. Default: 1000. */
  readonly timeoutMs?: number
  /** A process that has not been heard of for this long (ms) is gone. Default: 10,000. */
  readonly silentMs?: number
}

const breakers = ['closed', 'half-open', 'open'] as const
const sides: readonly Side[] = ['source', 'target']

export class Look {
  readonly #migration: RunningMigration
  readonly #options: Required<LookOptions>
  /** Questions that have not been answered yet: none is asked twice. */
  readonly #open = new Map<string, Promise<unknown>>()
  #latest: Promise<readonly Reading[]> | undefined
  #until = 0

  constructor(migration: RunningMigration, options: LookOptions) {
    const { cacheMs = 1000, timeoutMs = 1000, silentMs = 10_000 } = options
    this.#migration = migration
    this.#options = { cacheMs, timeoutMs, silentMs }
  }

  /** Never rejects; what is not known now has no reading. */
  readings(): Promise<readonly Reading[]> {
    const now = performance.now()
    if (this.#latest === undefined || now >= this.#until) {
      this.#latest = this.#look()
      this.#until = now + this.#options.cacheMs
    }
    return this.#latest
  }

  async #look(): Promise<readonly Reading[]> {
    const migration = this.#migration
    const { stores } = migration
    const [up] = await Promise.all([
      Promise.all(sides.map((side) => this.#ask(`fence ${side}`, () => answers(stores[side].readFence())))),
      this.#ask('stage', () => migration.look()),
    ])
    const { keeper } = migration
    const [journal, ...heard] = await Promise.all([
      this.#ask(`journal ${keeper.side}`, () => keeper.journalState()),
      ...sides.map((side) => this.#ask(`processes ${side}`, () => stores[side].processes())),
    ])
    const readings: Reading[] = []
    const read = (name: InstrumentName, value: number | boolean, labels: Labels = {}): void =>
      void readings.push({ name, value: Number(value), labels: { migration: migration.name, ...labels } })
    for (const [index, side] of sides.entries()) read('up', up[index] ?? false, { side })
    const { stage, epoch, frozen, breaker, queued } = migration.process
    if (stage !== null) {
      for (const each of stages) read('stage', each === stage, { stage: each })
      read('epoch', epoch)
      read('frozen', frozen)
    }
    for (const state of breakers) read('breaker', state === breaker, { state })
    read('queued.rows', queued)
    if (journal !== undefined) {
      read('lag', (journal.oldestMs ?? 0) / 1000)
      read('journal.entries', journal.entries)
      read('blocked.keys', journal.blocked)
      read('marked.tables', journal.marks.length)
    }
    if (heard[sides.indexOf(keeper.side)] !== undefined && stage !== null) {
      const states = lastHeard(...heard.map((seen) => seen ?? [])).map((process) =>
        processState(process, epoch, this.#options.silentMs),
      )
      for (const state of ['current', 'behind'] as const)
        read('processes', states.filter((one) => one === state).length, { state })
    }
    return readings
  }

  /** Undefined when the answer is an error, or late: then the next look waits for the same one. */
  async #ask<T>(what: string, question: () => Promise<T>): Promise<T | undefined> {
    let asked = this.#open.get(what) as Promise<T | undefined> | undefined
    if (asked === undefined) {
      asked = question()
        .catch(() => undefined)
        .finally(() => this.#open.delete(what))
      this.#open.set(what, asked)
    }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, this.#options.timeoutMs, undefined)
    })
    return Promise.race([asked, late]).finally(() => clearTimeout(timer))
  }
}

/** A side without control tables answers, too. */
async function answers(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked
    return true
  } catch (error) {
    return error instanceof StoreError && error.reason !== 'lost'
  }
}

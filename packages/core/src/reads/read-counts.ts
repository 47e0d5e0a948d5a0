// How many shadow reads of the fleet differed lately: each process keeps its own counts by the minute in a row of the target's database,
// and whoever stands before a switch adds them up.

import { type Store, StoreError } from '../store.ts'

const run = 'reads'
const minuteMs = 60_000
/** So many minutes are kept. */
const keptMinutes = 1440
/** Between two notes of one process (ms). */
const restMs = 1000

export interface ReadCounts {
  readonly compared: number
  readonly different: number
}

/** Minute since 1970, compared, different. */
type Minute = readonly [minute: number, compared: number, different: number]

export class OwnReadCounts {
  readonly #store: Store
  readonly #processId: string
  readonly #minutes = new Map<number, { compared: number; different: number }>()
  #isNew = false
  #notedAt = 0
  #begun = false

  constructor(store: Store, processId: string) {
    this.#store = store
    this.#processId = processId
  }

  add(different: boolean): void {
    const minute = Math.floor(Date.now() / minuteMs)
    const counts = this.#minutes.get(minute) ?? { compared: 0, different: 0 }
    counts.compared++
    if (different) counts.different++
    this.#minutes.set(minute, counts)
    this.#isNew = true
  }

  /** With the beat: at most once a second, and only what is new. A target that is away is told later. */
  async note(): Promise<void> {
    const now = Date.now()
    if (!this.#isNew || now - this.#notedAt < restMs) return
    this.#notedAt = now
    this.#isNew = false
    const oldest = Math.floor(now / minuteMs) - keptMinutes
    for (const minute of this.#minutes.keys()) if (minute < oldest) this.#minutes.delete(minute)
    const minutes = [...this.#minutes].map(([minute, { compared, different }]): Minute => [
      minute,
      compared,
      different,
    ])
    try {
      if (!this.#begun) await forgetGone(this.#store, oldest)
      this.#begun = true
      await this.#store.saveCheckpoint({
        run,
        table: this.#processId,
        part: 0,
        body: JSON.stringify(minutes),
      })
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.#isNew = true
    }
  }
}

/** Of all processes in the last `periodMs`, to the minute. @param store of the target */
export async function readCounts(store: Store, periodMs: number): Promise<ReadCounts> {
  const oldest = Math.floor((Date.now() - periodMs) / minuteMs)
  const minutes = (await store.checkpoints(run)).flatMap(({ body }) => minutesOf(body))
  const counted = minutes.filter(([minute]) => minute >= oldest)
  return {
    compared: counted.reduce((sum, [, compared]) => sum + compared, 0),
    different: counted.reduce((sum, [, , different]) => sum + different, 0),
  }
}

/** Rows of processes that have long ended: those that live write theirs again. */
async function forgetGone(store: Store, oldest: number): Promise<void> {
  const found = await store.checkpoints(run)
  const isGone = ({ body }: { readonly body: string }): boolean =>
    minutesOf(body).every(([minute]) => minute < oldest)
  if (found.length > 0 && found.every(isGone)) await store.deleteCheckpoints(run)
}

function minutesOf(body: string): readonly Minute[] {
  return JSON.parse(body) as readonly Minute[]
}

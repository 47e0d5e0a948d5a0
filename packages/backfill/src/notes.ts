// Where a backfill stands, in the database that it fills (W13). Each note is written as a compare-and-set on what this run has read before:
// two runs at once share the work, and one that is out of date notices. A run that begins anew has a new number, and the notes of
// older runs count as not written.

import {
  type Checkpoint,
  insisting,
  type Key,
  type LoadOptions,
  type Side,
  type Store,
  TwinwriteError,
} from '@twinwrite/core'
import type { Way } from './options.ts'

export const backfillRun = 'backfill'

/** What the run as a whole is about. */
export interface Head {
  readonly number: number
  /** Since when every write of the primary leaves a journal entry; notes of before count for nothing. */
  readonly since: number
  readonly primary: Side
  readonly where: Readonly<Record<string, string>>
  readonly state: 'running' | 'finished'
}

/** How a table is cut. */
export interface TablePlan {
  readonly way: Way
  /** Last key of each part; the last one is where the load ends, whatever is added meanwhile. Empty: an empty table. */
  readonly ends: readonly Key[]
  readonly estimate: number
  /** Marks that were there before the first row was read: the load settles them. */
  readonly marks: readonly string[]
}

/** How far a part is. */
export interface PartNote {
  readonly after: Key | null
  readonly rows: number
  readonly done: boolean
  /** Whether some of it went through apply. */
  readonly live: boolean
}

const begun: PartNote = { after: null, rows: 0, done: false, live: false }

export class Notes {
  readonly #store: Store
  readonly #options: LoadOptions
  readonly #bodies = new Map<string, string>()
  #number = 0

  constructor(store: Store, options: LoadOptions) {
    this.#store = store
    this.#options = options
  }

  /** @throws TwinwriteError `TW_BACKFILL_RACED` when another run has begun meanwhile */
  async again(): Promise<void> {
    await this.read()
    if (this.head?.number === this.#number) return
    throw new TwinwriteError('TW_BACKFILL_RACED', 'another backfill has begun anew')
  }

  async read(): Promise<void> {
    const found = await insisting(this.#options, () => this.#store.checkpoints(backfillRun))
    this.#bodies.clear()
    for (const { table, part, body } of found) this.#bodies.set(id(table, part), body)
  }

  get head(): Head | null {
    const body = this.#bodies.get(id('*', 0))
    return body === undefined ? null : (JSON.parse(body) as Head)
  }

  /** Notes of other numbers are out of date from now on. @returns false when somebody else wrote it meanwhile */
  async saveHead(head: Head): Promise<boolean> {
    this.#number = head.number
    return this.#save('*', 0, head)
  }

  /** Goes on with the run of this number. */
  join(head: Head): void {
    this.#number = head.number
  }

  plan(table: string): TablePlan | null {
    return this.#get<TablePlan>(table, 0)
  }

  /** Way of the last plan of the table, whichever run made it. */
  lastWay(table: string): Way | null {
    const body = this.#bodies.get(id(table, 0))
    return body === undefined ? null : (JSON.parse(body) as TablePlan).way
  }

  savePlan(table: string, plan: TablePlan): Promise<boolean> {
    return this.#save(table, 0, plan)
  }

  /** @param part from 1 */
  part(table: string, part: number): PartNote {
    return this.#get<PartNote>(table, part) ?? begun
  }

  savePart(table: string, part: number, note: PartNote): Promise<boolean> {
    return this.#save(table, part, note)
  }

  /**
   * Begins all parts, those that an older run has left included: what a paused process of that run still writes with its chunk then
   * finds another note than it expects, and nothing of the chunk stays.
   */
  async beginParts(table: string, count: number): Promise<void> {
    const left = [...this.#bodies.keys()]
      .filter((name) => name.endsWith(` ${table}`))
      .map((name) => parseInt(name, 10))
    for (let part = 1; part <= Math.max(count, ...left); part++) {
      while (this.#get(table, part) === null) await this.savePart(table, part, begun)
    }
  }

  /** What the database must hold for this run to write the note. */
  expected(table: string, part: number): string | null {
    return this.#bodies.get(id(table, part)) ?? null
  }

  checkpoint(table: string, part: number, note: PartNote | TablePlan | Head): Checkpoint {
    const body = JSON.stringify(part === 0 && table === '*' ? note : { run: this.#number, ...note })
    return { run: backfillRun, table, part, body }
  }

  /** The database holds this now. */
  written({ table, part, body }: Checkpoint): void {
    this.#bodies.set(id(table, part), body)
  }

  async #save(table: string, part: number, note: PartNote | TablePlan | Head): Promise<boolean> {
    const checkpoint = this.checkpoint(table, part, note)
    const expected = this.expected(table, part)
    const saved = await insisting(this.#options, () => this.#store.saveCheckpoint(checkpoint, expected))
    if (saved) this.written(checkpoint)
    else if (table === '*') await this.read()
    else await this.again()
    return saved || this.expected(table, part) === checkpoint.body
  }

  #get<T>(table: string, part: number): T | null {
    const body = this.#bodies.get(id(table, part))
    if (body === undefined) return null
    const note = JSON.parse(body) as T & { run: number }
    return note.run === this.#number ? note : null
  }
}

function id(table: string, part: number): string {
  return `${part} ${table}`
}

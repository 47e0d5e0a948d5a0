// Where a backfill stands, in the database that it fills (W13). Each note is written as a compare-and-set on what this run has read before:
// two runs at once share the work, and one that is out of date notices. A run that begins anew has a new name, and the notes of
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
import type { Asked, Way } from './options.ts'

export const backfillRun = 'backfill'

/** What the run as a whole is about. */
export interface Head {
  /** Names the run; no two have the same. */
  readonly id: string
  /** Since when every write of the primary leaves a journal entry; notes of before count for nothing. */
  readonly since: number
  readonly primary: Side
  readonly asked: Asked
  /** Tables that were loaded before, and may be read: what stands there is not taken away to be loaded fast. */
  readonly loaded: readonly string[]
  /** Those of them that count still, though this run was not asked for them when it began. */
  readonly kept: readonly string[]
  /** Finished when every table is loaded, by however many calls. */
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
  /** When the last row was written, where only rows since a time are loaded. */
  readonly time?: string
}

const begun: PartNote = { after: null, rows: 0, done: false, live: false }

export class Notes {
  readonly #store: Store
  readonly #options: LoadOptions
  readonly #bodies = new Map<string, string>()
  #run = ''

  constructor(store: Store, options: LoadOptions) {
    this.#store = store
    this.#options = options
  }

  /** @throws TwinwriteError `TW_BACKFILL_RACED` when another run has begun meanwhile */
  async again(): Promise<void> {
    await this.read()
    if (this.head?.id === this.#run) return
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

  /** Notes of other runs are out of date from now on. @returns false when somebody else wrote it meanwhile */
  async saveHead(head: Head): Promise<boolean> {
    this.#run = head.id
    return this.#save('*', 0, head, this.held('*', 0))
  }

  /** Goes on with this run. */
  join(head: Head): void {
    this.#run = head.id
  }

  /** The same notes, as that run has read them. */
  seenBy(head: Head): Notes {
    const notes = new Notes(this.#store, this.#options)
    for (const [name, body] of this.#bodies) notes.#bodies.set(name, body)
    notes.join(head)
    return notes
  }

  plan(table: string): TablePlan | null {
    return this.#get(table, 0) as TablePlan | null
  }

  /** Way of the last plan of the table, whichever run made it. */
  lastWay(table: string): Way | null {
    const body = this.#bodies.get(id(table, 0))
    return body === undefined ? null : (JSON.parse(body) as TablePlan).way
  }

  /** Where the table has no plan of this run yet. */
  savePlan(table: string, plan: TablePlan): Promise<boolean> {
    return this.#save(table, 0, plan, this.held(table, 0))
  }

  /** @param part from 1 */
  part(table: string, part: number): PartNote {
    return (this.#get(table, part) as PartNote | null) ?? begun
  }

  /** Rows that are noted as loaded, by whichever process. */
  rows(table: string, { ends }: TablePlan): number {
    return ends.reduce((sum, _, index) => sum + this.part(table, index + 1).rows, 0)
  }

  /** @param held what stood there when the work was begun that the note tells of @returns false when it does not any more */
  savePart(table: string, part: number, note: PartNote, held: string | null): Promise<boolean> {
    return this.#save(table, part, note, held)
  }

  /**
   * Begins all parts, those that an older run has left included: what a paused process of that run still writes with its chunk then
   * finds another note than it expects, and nothing of the chunk stays.
   */
  async beginParts(table: string, count: number): Promise<void> {
    let last = count
    for (const name of this.#bodies.keys()) {
      const part = parseInt(name, 10)
      if (name === id(table, part)) last = Math.max(last, part)
    }
    for (let part = 1; part <= last; part++) {
      while (this.#get(table, part) === null) await this.savePart(table, part, begun, this.held(table, part))
    }
  }

  /** The note as it stands in the database, as far as this run knows: what it must still be when the next one is written. */
  held(table: string, part: number): string | null {
    return this.#bodies.get(id(table, part)) ?? null
  }

  checkpoint(table: string, part: number, note: PartNote | TablePlan | Head): Checkpoint {
    const body = JSON.stringify(part === 0 && table === '*' ? note : { run: this.#run, ...note })
    return { run: backfillRun, table, part, body }
  }

  /** The database holds this now. */
  written({ table, part, body }: Checkpoint): void {
    this.#bodies.set(id(table, part), body)
  }

  async #save(
    table: string,
    part: number,
    note: PartNote | TablePlan | Head,
    held: string | null,
  ): Promise<boolean> {
    const checkpoint = this.checkpoint(table, part, note)
    const saved = await insisting(this.#options, () => this.#store.saveCheckpoint(checkpoint, held))
    if (saved) this.written(checkpoint)
    else if (table === '*') await this.read()
    else await this.again()
    return saved || this.held(table, part) === checkpoint.body
  }

  #get(table: string, part: number): unknown {
    const body = this.#bodies.get(id(table, part))
    if (body === undefined) return null
    const note = JSON.parse(body) as { readonly run: string }
    return note.run === this.#run ? note : null
  }
}

function id(table: string, part: number): string {
  return `${part} ${table}`
}

// What the fleet knows of a source whose changes are carried out. Kept on both sides, since either may be down: written on the target
// first (as a compare-and-set) and then on the source, in the other order while the target does not answer. The later one counts.

import { createHash } from 'node:crypto'
import { type RunningMigration, type Stage, type Store, StoreError } from '@twinwrite/core'

export interface Note {
  readonly source: string
  /** What the source said last that asks for nothing more: it was reached, or stood there when the fleet looked for the first time. */
  readonly settled: Stage
  /** Which process takes the step that is asked for; its beat grows while it lives. */
  readonly claim: { readonly by: string; readonly beat: number } | null
  /** Grows with each note. */
  readonly turn: number
}

export type NewNote = Pick<Note, 'settled' | 'claim'>

/** What a look has found; what is written on it is refused when somebody else has written meanwhile. */
export interface NoteSeen {
  /** Null where nobody has looked yet. */
  readonly note: Note | null
  readonly found: readonly Found[]
}

interface Found {
  readonly store: Store
  readonly body: string | null
}

export class Notes {
  readonly #stores: readonly Store[]
  readonly #source: string
  readonly #place: { readonly run: string; readonly table: string; readonly part: number }

  constructor({ stores }: RunningMigration, source: string) {
    this.#stores = [stores.target, stores.source]
    this.#source = source
    const table = createHash('sha256').update(source).digest('hex').slice(0, 32)
    this.#place = { run: 'carry-out', table, part: 0 }
  }

  /** @throws StoreError where neither side answers */
  async read(): Promise<NoteSeen> {
    const read = await Promise.all(this.#stores.map((store) => this.#readOf(store)))
    const found = read.filter((one): one is Found => !(one instanceof StoreError))
    const [lost] = read
    if (found.length === 0 && lost instanceof StoreError) throw lost
    const notes = found.flatMap(({ body }) => (body === null ? [] : [JSON.parse(body) as Note]))
    return { note: notes.sort((left, right) => right.turn - left.turn)[0] ?? null, found }
  }

  /** @returns false where somebody else was faster @throws StoreError */
  async save({ note, found }: NoteSeen, next: NewNote): Promise<boolean> {
    const turn = (note?.turn ?? 0) + 1
    const checkpoint = { ...this.#place, body: JSON.stringify({ source: this.#source, ...next, turn }) }
    const [first, ...others] = found
    if (first === undefined || !(await first.store.saveCheckpoint(checkpoint, first.body))) return false
    for (const { store } of others) await store.saveCheckpoint(checkpoint).catch(unlessStoreError)
    return true
  }

  async #readOf(store: Store): Promise<Found | StoreError> {
    try {
      const notes = await store.checkpoints(this.#place.run)
      return { store, body: notes.find(({ table }) => table === this.#place.table)?.body ?? null }
    } catch (error) {
      if (error instanceof StoreError) return error
      throw error
    }
  }
}

/** The copy is written again with the next note. */
function unlessStoreError(error: unknown): void {
  if (!(error instanceof StoreError)) throw error
}

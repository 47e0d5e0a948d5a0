// Where the look through each table stands, kept in the target's database, so that a run that was killed goes on without being told
// and without redoing more than a chunk (W13), and of two runs of one mode only the one that began last goes on.

import { type Checkpoint, type Direction, type RowKey, type Store, TwinwriteError } from '@twinwrite/core'
import { beginning, type Position } from './look/look.ts'
import type { Settings } from './options.ts'
import type { Tally } from './report.ts'

/** A run that began earlier says too little of now to be gone on with. */
const oldestMs = 24 * 60 * 60 * 1000

export interface TableState {
  /** Null at the end. */
  readonly position: Position | null
  readonly rows: number
  readonly mismatches: Tally
  /** Rows that differed, and wait for their second look or had a journal entry. */
  readonly pending: readonly RowKey[]
}

interface Begun {
  /** What is compared with what. */
  readonly about: string
  readonly since: number | null
  readonly startedAt: string
  /** Ids of the table marks that were there, where it is to settle them. */
  readonly marks: readonly string[]
}

export class Progress {
  readonly startedAt: string
  readonly since: number | null
  readonly resumed: boolean
  /** What a clean end settles: marks that were there before the first row was compared, by whichever process. */
  readonly marks: readonly string[]
  readonly #store: Store
  readonly #run: string
  readonly #bodies: Map<string, string>

  private constructor(store: Store, run: string, begun: Begun, found: readonly Checkpoint[]) {
    this.#store = store
    this.#run = run
    this.startedAt = begun.startedAt
    this.since = begun.since
    this.marks = begun.marks
    this.resumed = found.length > 0
    this.#bodies = new Map(found.map(({ table, body }) => [table, body]))
  }

  /** @param since when every write leaves a journal entry; what was compared before a gap counts for nothing */
  static async open(
    store: Store,
    direction: Direction,
    settings: Settings,
    since: number | null,
  ): Promise<Progress> {
    const run = `verify-${settings.mode}`
    const found = await store.checkpoints(run)
    const about = aboutText(direction, settings, since)
    const begun = begunOf(found, about)
    if (begun !== null) return new Progress(store, run, begun, found)
    await store.deleteCheckpoints(run)
    const marks = settings.settleMarks ? await marksOf(direction, settings) : []
    const anew = { about, since, startedAt: new Date().toISOString(), marks }
    await store.saveCheckpoint({ run, table: '*', part: 0, body: JSON.stringify(anew) })
    return new Progress(store, run, anew, [])
  }

  /** Whether `open` would go on with an earlier run. */
  static async resumes(
    store: Store,
    direction: Direction,
    settings: Settings,
    since: number | null,
  ): Promise<boolean> {
    const found = await store.checkpoints(`verify-${settings.mode}`)
    return begunOf(found, aboutText(direction, settings, since)) !== null
  }

  of(table: string): TableState {
    const body = this.#bodies.get(table)
    return body === undefined ? fresh() : (JSON.parse(body) as TableState)
  }

  /** @throws TwinwriteError `TW_VERIFY_RACED` when another run has gone on with the table */
  async save(table: string, state: TableState): Promise<void> {
    const body = JSON.stringify(state)
    const before = this.#bodies.get(table) ?? null
    if (body === before) return
    const saved = await this.#store.saveCheckpoint({ run: this.#run, table, part: 0, body }, before)
    if (!saved) throw new TwinwriteError('TW_VERIFY_RACED', `another verification compares ${table}`)
    this.#bodies.set(table, body)
  }

  end(): Promise<void> {
    return this.#store.deleteCheckpoints(this.#run)
  }
}

/** The run that may be gone on with. */
function begunOf(found: readonly Checkpoint[], about: string): Begun | null {
  const whole = found.find(({ table }) => table === '*')
  const begun = whole === undefined ? null : (JSON.parse(whole.body) as Begun)
  return begun?.about === about && Date.now() - Date.parse(begun.startedAt) < oldestMs ? begun : null
}

async function marksOf({ primary }: Direction, { tables }: Settings): Promise<string[]> {
  return (await primary.marks()).filter(({ table }) => tables.includes(table)).map(({ id }) => id)
}

function fresh(): TableState {
  return {
    position: beginning,
    rows: 0,
    mismatches: { missing: 0, extra: 0, different: 0 },
    pending: [],
  }
}

function aboutText(
  { primarySide }: Direction,
  { mode, tables, reverse, keys, sample, settleMarks }: Settings,
  since: number | null,
): string {
  return JSON.stringify({ mode, primarySide, since, tables, reverse, keys, sample, settleMarks })
}

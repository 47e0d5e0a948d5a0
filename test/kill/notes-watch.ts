// Watches the notes of all runs in the target's database while processes are killed: a note never goes back, and a run never begins anew.

import { type DatabaseSession, openSession, type ServerEngine } from '@twinwrite/testkit'
import { setTimeout as sleep } from 'node:timers/promises'

type Body = Readonly<Record<string, unknown>>

interface Note {
  readonly run: string
  readonly table: string
  readonly part: number
  readonly body: Body
}

/** What the notes say of a backfill. */
export interface Seen {
  readonly loading: boolean
  readonly indexesDropped: boolean
  /** Parts of tables that are noted as done, and that are noted. */
  readonly done: number
  readonly parts: number
  /** Whether the load as a whole is noted as finished. */
  readonly finished: boolean
  /** Rows of `orders` that are noted as loaded. */
  readonly orders: number
}

const lookMs = 15
const query = 'SELECT run, tbl, part, body FROM _tw_checkpoint'
/** Notes in which a key or a count only grows. */
const kinds = new Set(['backfill', 'verify-full'])

export class NotesWatch {
  readonly wrong: string[] = []
  looks = 0
  /** How often a finished load was asked for again: a process that was killed may have ended it unheard. */
  reloads = 0
  readonly #session: DatabaseSession
  readonly #last = new Map<string, Note>()
  /** When they began. */
  readonly #verifications = new Set<unknown>()
  #going = true
  #work: Promise<void> | undefined

  private constructor(session: DatabaseSession) {
    this.#session = session
  }

  static async begin(engine: ServerEngine, url: string): Promise<NotesWatch> {
    const watch = new NotesWatch(await openSession(engine, url))
    watch.#work = watch.#watch()
    return watch
  }

  async end(): Promise<void> {
    this.#going = false
    await this.#work
    this.#session.close()
  }

  /** Looks now. */
  async seen(): Promise<Seen> {
    const notes = await this.#notes()
    const [fence] = await this.#session.query('SELECT role FROM _tw_fence')
    const own = notes.filter(({ run }) => run === 'backfill')
    const parts = own.filter(({ table, part }) => table !== '*' && part > 0)
    const plan = own.find(({ table, part }) => table === 'orders' && part === 0)
    // Behind the last part of the table stands how far the look for extra rows is.
    const ends = ((plan?.body['ends'] ?? []) as readonly unknown[]).length
    return {
      loading: fence?.['role'] === 'loading',
      indexesDropped: notes.some(({ run }) => run === 'backfill-indexes'),
      done: parts.filter(({ body }) => body['done'] === true).length,
      parts: parts.length,
      finished: own.some((note) => isHead(note) && note.body['state'] === 'finished'),
      orders: parts
        .filter(({ table, part }) => table === 'orders' && part <= ends)
        .reduce((sum, { body }) => sum + Number(body['rows']), 0),
    }
  }

  /** Names of runs that have notes now, those of the watermarks and results left out. */
  async unfinished(): Promise<string[]> {
    const notes = await this.#notes()
    const running = notes.filter(
      ({ run, table, body }) =>
        run === 'verify-full' ||
        run === 'backfill-indexes' ||
        (run === 'backfill' && table === '*' && body['state'] !== 'finished'),
    )
    return [...new Set(running.map(({ run }) => run))]
  }

  async #watch(): Promise<void> {
    while (this.#going) {
      this.#compare(await this.#notes())
      this.looks++
      await sleep(lookMs)
    }
  }

  async #notes(): Promise<Note[]> {
    const rows = await this.#session.query(query)
    const notes = rows.map((row) => ({
      run: String(row['run']),
      table: String(row['tbl']),
      part: Number(row['part']),
      body: JSON.parse(String(row['body'])) as Body,
    }))
    const head = notes.find(isHead)
    // Those of a load before the last one count as not written.
    return notes.filter(
      (note) => note.run !== 'backfill' || note === head || note.body['run'] === head?.body['id'],
    )
  }

  #compare(notes: readonly Note[]): void {
    // Of a verification that has ended, the next process knows nothing.
    if (notes.some(({ run }) => run === 'verified')) this.#verifications.clear()
    else
      for (const { run, table, body } of notes)
        if (run === 'verify-full' && table === '*') this.#verifications.add(body['startedAt'])
    if (this.#verifications.size > 1)
      this.wrong.push(`a verification began anew: ${[...this.#verifications].join(', ')}`)
    this.#compareHead(notes.find(isHead))
    const present = new Set(notes.map(nameOf))
    for (const name of this.#last.keys()) {
      if (present.has(name)) continue
      // A verification takes its notes away at its end, together.
      if (name.startsWith('verify-full')) this.#last.delete(name)
      else if (name.startsWith('backfill ')) this.wrong.push(`${name}: the note is gone`)
    }
    for (const note of notes.filter(({ run }) => kinds.has(run))) {
      const name = nameOf(note)
      const before = this.#last.get(name)
      if (before !== undefined) {
        const why = wentBack(before.body, note.body)
        const texts = [before, note].map(({ body }) => JSON.stringify(body))
        if (why !== null) this.wrong.push(`${name}: ${why}: ${texts.join(' -> ')}`)
      }
      this.#last.set(name, note)
    }
  }

  /** A load that is begun when the last one is noted as finished loads the tables again, and writes its notes over the old ones. */
  #compareHead(head: Note | undefined): void {
    const before = head && this.#last.get(nameOf(head))
    if (before?.body['state'] !== 'finished' || head?.body['id'] === before.body['id']) return
    if (((head?.body['loaded'] ?? []) as readonly string[]).length === 0)
      this.wrong.push('a load after a finished one does not know of it')
    this.reloads++
    for (const name of this.#last.keys()) if (name.startsWith('backfill ')) this.#last.delete(name)
  }
}

function isHead({ run, table }: Note): boolean {
  return run === 'backfill' && table === '*'
}

function nameOf({ run, table, part }: Note): string {
  return `${run} ${table} ${part}`
}

/** @returns null where it only goes forward */
function wentBack(before: Body, now: Body): string | null {
  for (const name of ['id', 'run', 'startedAt', 'about', 'since', 'way'])
    if (before[name] !== now[name]) return `began anew (${name})`
  if (before['state'] === 'finished' && now['state'] !== 'finished') return 'began anew (state)'
  if (Number(before['rows'] ?? 0) > Number(now['rows'] ?? 0)) return 'rows went back'
  if (before['done'] === true && now['done'] !== true) return 'a part is not done any more'
  if (ahead(placeOf(before), placeOf(now))) return 'its key went back'
  return null
}

/** Numbers that grow on the way through a table: whether it is behind its forward look, and the numbers of its key; null at the end. */
function placeOf(body: Body): number[] | null {
  if (!('position' in body)) return [0, ...numbers(body['after'])]
  const position = body['position'] as { readonly phase: string; readonly after: unknown } | null
  return position === null ? null : [position.phase === 'reverse' ? 1 : 0, ...numbers(position.after)]
}

function numbers(key: unknown): number[] {
  return typeof key === 'string' ? key.split('|').map(Number) : []
}

function ahead(before: readonly number[] | null, now: readonly number[] | null): boolean {
  if (now === null) return false
  if (before === null) return true
  for (const [index, number] of before.entries()) {
    const other = now[index] ?? -Infinity
    if (number !== other) return number > other
  }
  return false
}

// Makes the secondary follow: applies what this process has just written (in the background, coalesced into
// batches), and relays what the journal still holds, whoever wrote it. Any number of processes may run one.
// Upholds W3 and W7: nobody waits for the secondary, and what was not applied stays in the journal.

import { apply, ApplyRejected } from '../apply/apply.ts'
import { Breaker, type BreakerState } from '../apply/breaker.ts'
import type { Direction } from '../apply/direction.ts'
import { rowId } from '../apply/row-keys.ts'
import type { Clock } from '../clock.ts'
import type { Reporter } from '../events.ts'
import { type JournalEntry, type RowKey, StoreError } from '../store.ts'

export interface FollowerOptions {
  /** Most rows in one apply. */
  readonly batchSize: number
  /** Batches of this process's own writes under way at once. */
  readonly appliers: number
  /** Milliseconds between looks into the journal: the first after something was found, the second at rest. */
  readonly pollMs: { readonly min: number; readonly max: number }
  /** Tries after which a row that the secondary rejects is blocked. */
  readonly attempts: number
  readonly breaker: { readonly failures: number; readonly probeMs: number }
  /** False: writes leave no journal entries (level `unjournaled`). */
  readonly journaled: boolean
}

/** Own writes waiting to be applied; beyond this many batches they are left to the relay. */
const queueBatches = 20
/**
 * Rest between two batches of own writes, as a multiple of the time that the last one took, and its bound in ms. Under load rows gather
 * meanwhile, and a row of a large batch costs a fraction of what it costs alone; a lone write is applied at once. Where many processes
 * share busy servers each batch takes longer, and so each of them rests longer.
 */
const rest = { factor: 10, maxMs: 500 }

export class Follower {
  readonly #clock: Clock
  readonly #options: FollowerOptions
  readonly #reporter: Reporter
  readonly #direction: () => Direction | null
  readonly #breaker: Breaker
  readonly #queue = new Map<string, RowKey>()
  readonly #flying = new Set<string>()
  readonly #waiters = new Set<{ rows: Set<string>; done: () => void }>()
  #appliers = 0
  /** Time before which own writes gather. */
  #gatherUntil = 0
  #gathering = false
  #relay: Promise<void> | undefined
  #stopped = false
  #rest = new AbortController()

  /** @param direction the present one; null while nobody follows, in a freeze, or while the mapping is not resolved yet */
  constructor(direction: () => Direction | null, clock: Clock, reporter: Reporter, options: FollowerOptions) {
    this.#direction = direction
    this.#clock = clock
    this.#reporter = reporter
    this.#options = options
    this.#breaker = new Breaker(clock, options.breaker)
  }

  get breaker(): BreakerState {
    return this.#breaker.state
  }

  /** Rows written by this process that wait for their first apply. */
  get queued(): number {
    return this.#queue.size + this.#flying.size
  }

  start(): void {
    this.#relay ??= this.#run()
  }

  /** Makes the relay look into the journal now, e.g. because somebody has just begun to follow. */
  wake(): void {
    this.#rest.abort()
  }

  /** Ends the relay and lets batches under way finish, for at most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    const deadline = this.#clock.now() + graceMs
    while (this.queued > 0 && this.#breaker.state === 'closed' && this.#clock.now() < deadline) {
      this.#feed('now')
      await this.#clock.sleep(5)
    }
    this.#stopped = true
    this.#rest.abort()
    await this.#relay
    while (this.#appliers > 0 && this.#clock.now() < deadline) await this.#clock.sleep(5)
  }

  /** Committed rows of this process. Returns at once. */
  hint(rows: readonly RowKey[]): void {
    this.#enqueue(rows)
    this.#feed('gathered')
  }

  /** Like `hint`, and resolves when the rows were tried or the budget (ms) is spent. */
  async hintAndWait(rows: readonly RowKey[], budgetMs: number): Promise<void> {
    this.#enqueue(rows)
    this.#feed('now')
    const waiting = new Set(rows.map(rowId).filter((id) => this.#queue.has(id) || this.#flying.has(id)))
    if (waiting.size === 0) return
    const limit = new AbortController()
    const tried = new Promise<void>((resolve) => {
      const waiter = { rows: waiting, done: resolve }
      this.#waiters.add(waiter)
      limit.signal.addEventListener('abort', () => this.#waiters.delete(waiter))
    })
    await Promise.race([tried, this.#clock.sleep(budgetMs, limit.signal).catch(() => undefined)])
    limit.abort()
  }

  /** Applies one page of the journal in the foreground; returns the number of entries that the page held. */
  async drainPage(direction: Direction): Promise<number> {
    const page = await direction.primary.journalPage(this.#options.batchSize)
    if (page.length > 0) await this.#isolate(direction, page, 'drain')
    return page.length
  }

  #enqueue(rows: readonly RowKey[]): void {
    if (this.#stopped) return
    const limit = this.#options.batchSize * queueBatches
    const skip = this.#options.journaled && (this.#breaker.state !== 'closed' || this.#queue.size >= limit)
    if (skip) return
    for (const row of rows) this.#queue.set(rowId(row), { table: row.table, key: row.key })
  }

  #feed(when: 'now' | 'gathered'): void {
    while (this.#appliers < this.#options.appliers && this.#queue.size > 0) {
      if (when === 'gathered' && this.#queue.size < this.#options.batchSize && this.#gathers()) return
      const batch: RowKey[] = []
      for (const [id, row] of this.#queue) {
        if (batch.length >= this.#options.batchSize) break
        if (this.#flying.has(id)) continue
        this.#queue.delete(id)
        this.#flying.add(id)
        batch.push(row)
      }
      if (batch.length === 0) return
      this.#appliers++
      this.#applyOwn(batch).catch((error: unknown) => this.#failed(batch.length, error))
    }
  }

  /** Whether waiting rows are to gather for a while; looks again when it is over. */
  #gathers(): boolean {
    if (this.#appliers > 0) return true
    const ms = this.#gatherUntil - this.#clock.now()
    if (ms <= 0) return false
    if (!this.#gathering) this.#gather(ms).catch((error: unknown) => this.#failed(0, error))
    return true
  }

  async #gather(ms: number): Promise<void> {
    this.#gathering = true
    await this.#clock.sleep(ms)
    this.#gathering = false
    this.#feed('gathered')
  }

  async #applyOwn(batch: readonly RowKey[]): Promise<void> {
    const started = this.#clock.now()
    try {
      const direction = this.#direction()
      if (direction !== null) await this.#isolate(direction, batch, 'writer')
    } catch {
      // Already reported; the journal holds the rows.
      if (!this.#options.journaled) this.#requeue(batch)
    } finally {
      this.#appliers--
      this.#landed(batch)
      const now = this.#clock.now()
      this.#gatherUntil = now + Math.min(rest.maxMs, rest.factor * (now - started))
      if (this.#breaker.state === 'closed') this.#feed('gathered')
      else if (this.#options.journaled) this.#giveUp()
    }
  }

  #landed(batch: readonly RowKey[]): void {
    for (const row of batch) {
      const id = rowId(row)
      this.#flying.delete(id)
      for (const waiter of this.#waiters) {
        if (!waiter.rows.delete(id) || waiter.rows.size > 0) continue
        this.#waiters.delete(waiter)
        waiter.done()
      }
    }
  }

  /** Without a journal the queue is all there is: keep it. */
  #requeue(batch: readonly RowKey[]): void {
    for (const row of batch) this.#queue.set(rowId(row), row)
  }

  #giveUp(): void {
    const rows = [...this.#queue.values()]
    this.#queue.clear()
    this.#landed(rows)
  }

  async #run(): Promise<void> {
    let seen = new Set<string>()
    let pause = this.#options.pollMs.min
    while (!this.#stopped) {
      try {
        await this.#pause(Math.max(pause, this.#breaker.waitMs()))
        if (this.#stopped) return
        if (!this.#options.journaled) {
          if (this.#queue.size > 0 && this.#breaker.waitMs() === 0) this.#feed('now')
          continue
        }
        const direction = this.#direction()
        if (direction === null) {
          pause = this.#options.pollMs.max
          continue
        }
        const page = await direction.primary.journalPage(this.#options.batchSize)
        // A young entry is most likely being applied by its writer: it is left alone until the next look, unless there
        // is a backlog or a breaker to probe.
        const backlog = page.length >= this.#options.batchSize || this.#breaker.state !== 'closed'
        const due = backlog ? page : page.filter((entry) => seen.has(entry.id) && !this.#isOwn(entry))
        seen = new Set(page.map((entry) => entry.id))
        const applied = due.length > 0 ? await this.#isolate(direction, due, 'relay') : 0
        pause = nextPause(pause, applied, backlog, this.#options.pollMs)
      } catch (error) {
        if (!(error instanceof StoreError)) this.#failed(0, error)
        pause = this.#options.pollMs.max
      }
    }
  }

  #isOwn(entry: JournalEntry): boolean {
    const id = rowId(entry)
    return this.#queue.has(id) || this.#flying.has(id)
  }

  /**
   * Applies rows; when one side rejects some, halves the batch until each rejected row stands alone.
   * @returns how many rows were applied
   */
  async #isolate(
    direction: Direction,
    rows: readonly (RowKey | JournalEntry)[],
    by: 'writer' | 'relay' | 'drain',
  ): Promise<number> {
    const started = this.#clock.now()
    try {
      const outcome = await apply(direction, rows, {
        clock: this.#clock,
        rows: this.#options.journaled ? 'journaled' : 'all',
        locks: by === 'relay' ? 'skip' : 'wait',
      })
      if (this.#breaker.state !== 'closed') this.#reporter.publish('twinwrite:breaker', { state: 'closed' })
      this.#breaker.succeeded()
      const applied = outcome.kind === 'applied' ? outcome.rows : 0
      if (applied > 0) {
        this.#reporter.publish('twinwrite:apply', { rows: applied, ms: this.#clock.now() - started, by })
      }
      return applied
    } catch (error) {
      if (!(error instanceof ApplyRejected)) {
        this.#failed(rows.length, error)
        throw error
      }
      this.#breaker.succeeded()
      const ids = [...new Set(rows.map(rowId))]
      if (ids.length > 1) {
        const half = new Set(ids.slice(0, Math.ceil(ids.length / 2)))
        const [some, others] = [true, false].map((first) =>
          rows.filter((row) => half.has(rowId(row)) === first),
        ) as [RowKey[], RowKey[]]
        const applied = await this.#isolate(direction, some, by)
        return applied + (await this.#isolate(direction, others, by))
      }
      await this.#reject(direction, rows, error)
      return 0
    }
  }

  /** @param rows one row, by one or more of its entries where these are known */
  async #reject(
    direction: Direction,
    rows: readonly (RowKey | JournalEntry)[],
    error: ApplyRejected,
  ): Promise<void> {
    const { table, key } = rows[0]!
    const row = { table, key }
    const seen = error.journal.filter((entry) => rowId(entry) === rowId(row))
    // A row that the primary can't read leaves no snapshot: what was there before the attempt has failed.
    const own = seen.length > 0 ? seen : rows.filter((entry): entry is JournalEntry => 'id' in entry)
    const tries = Math.max(0, ...own.map((entry) => entry.attempts)) + 1
    const blocked = tries >= this.#options.attempts
    this.#reporter.publish('twinwrite:apply-failed', { rows: 1, reason: 'rejected', message: error.message })
    if (own.length > 0) {
      const next = blocked ? 'blocked' : { retryMs: this.#options.pollMs.min * 2 ** tries }
      await direction.primary.failJournal(
        own.map((entry) => entry.id),
        error.message,
        next,
      )
    }
    if (blocked) this.#reporter.publish('twinwrite:blocked', { ...row, reason: error.message })
  }

  #failed(rows: number, error: unknown): void {
    const reason = error instanceof StoreError ? error.reason : 'unexpected'
    const message = error instanceof Error ? error.message : String(error)
    this.#reporter.publish('twinwrite:apply-failed', { rows, reason, message })
    if (this.#breaker.failed()) this.#reporter.publish('twinwrite:breaker', { state: 'open' })
  }

  async #pause(ms: number): Promise<void> {
    this.#rest = new AbortController()
    await this.#clock.sleep(ms, this.#rest.signal).catch(() => undefined)
  }
}

/**
 * Looks again soon after it had something to apply, and ever more rarely where others do it or nothing is left: of a busy fleet few relay.
 */
export function nextPause(
  pause: number,
  applied: number,
  backlog: boolean,
  bounds: { min: number; max: number },
): number {
  if (applied === 0) return Math.min(bounds.max, Math.max(bounds.min, pause * 2))
  return backlog ? 0 : bounds.min
}

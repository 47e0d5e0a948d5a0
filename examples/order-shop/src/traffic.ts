// Steady traffic: so many calls a second, side by side, as long as the shop is open; and what became of them.

import type { Knex } from 'knex'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Call, shopCalls } from './calls.ts'
import type { Ledger } from './ledger.ts'
import { OutOfStock } from './shop.ts'

const mostAtOnce = 24
const mostTries = 20
const tickMs = 10

export class Traffic {
  /** Calls that were answered. */
  calls = 0
  /** Writes that the shop has confirmed. */
  writes = 0
  /** Orders that the shop itself refused, and rolled back. */
  outOfStock = 0
  /** Errors that no caller should see. */
  readonly errors: string[] = []
  /** Errors that say of themselves that the call may be run again, by their code; they were run again. */
  readonly retries = new Map<string, number>()
  #durations: number[] = []
  readonly #calls: readonly Call[]
  readonly #callsPerSecond: number
  readonly #running = new Set<Promise<void>>()
  #open = false
  #loop: Promise<void> | undefined

  constructor(db: Knex, ledger: Ledger, callsPerSecond: number, firstOrderAt: number) {
    this.#calls = shopCalls(db, ledger, (run) => this.#again(run), firstOrderAt)
    this.#callsPerSecond = callsPerSecond
  }

  start(): void {
    this.#open = true
    this.#loop = this.#run()
  }

  /** Resolves when the last call was answered. */
  async stop(): Promise<void> {
    this.#open = false
    await this.#loop
    await Promise.all(this.#running)
  }

  /** Milliseconds of each call that was answered since the last time this was asked. */
  takeDurations(): number[] {
    const taken = this.#durations
    this.#durations = []
    return taken
  }

  async #run(): Promise<void> {
    let due = 0
    let last = performance.now()
    while (this.#open) {
      await sleep(tickMs)
      const now = performance.now()
      due = Math.min(due + ((now - last) / 1000) * this.#callsPerSecond, mostAtOnce)
      last = now
      for (; due >= 1 && this.#running.size < mostAtOnce; due--) {
        const call = this.#measured(this.#choose()).finally(() => this.#running.delete(call))
        this.#running.add(call)
      }
    }
  }

  #choose(): Call {
    let left = Math.random() * this.#calls.reduce((sum, { weight }) => sum + weight, 0)
    return this.#calls.find(({ weight }) => (left -= weight) < 0) ?? this.#calls[0]!
  }

  async #measured(call: Call): Promise<void> {
    const started = performance.now()
    try {
      const writes = await call.run()
      this.writes += writes
    } catch (error) {
      if (error instanceof OutOfStock) this.outOfStock++
      else this.errors.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    }
    this.calls++
    this.#durations.push(performance.now() - started)
  }

  async #again<T>(run: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await run()
      } catch (error) {
        const code = retryableCode(error)
        if (code === null || attempt === mostTries) throw error
        this.retries.set(code, (this.retries.get(code) ?? 0) + 1)
        await sleep(5 * attempt)
      }
    }
  }
}

/** The code of an error after which nothing was written and the same call can succeed; null for any other error. */
function retryableCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('retryable' in error) || !('code' in error)) return null
  const unknown = 'primary' in error && (error.primary === 'unknown' || error.primary === 'committed')
  return error.retryable === true && !unknown ? String(error.code) : null
}

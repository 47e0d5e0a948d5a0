// Runs real promise code in simulated time. Everything that happens (a packet arrives, an answer comes, a timer
// fires, a process is killed) is an event; between two events all microtasks run dry, so the code between
// two calls of a port behaves as one step. Time jumps from event to event. Same seed, same run.

import { EventHeap, type SimEvent } from './event-heap.ts'
import type { Random } from './random.ts'
import type { SimProcess } from './sim-process.ts'

export class Scheduler {
  readonly random: Random
  now = 0
  steps = 0
  /** Fingerprint of everything that happened. */
  digest = 0
  /** Lines of what happened; null while nobody reads them. */
  readonly trace: string[] | null
  #failure: string | null = null
  #resumed = false
  #order = 0
  readonly #heap = new EventHeap()

  constructor(random: Random, tracing: boolean) {
    this.random = random
    this.trace = tracing ? [] : null
  }

  get failure(): string | null {
    return this.#failure
  }

  /** The first violation ends the run. */
  fail(what: string): void {
    if (this.#failure !== null) return
    this.#failure = what
    this.log('!!!', what)
  }

  log(who: string, what: string): void {
    this.trace?.push(`${this.now.toFixed(2).padStart(10)}  ${who.padEnd(10)} ${what}`)
  }

  after(ms: number, owner: SimProcess | null, label: string, run: () => void): SimEvent {
    const event = { at: this.now + ms, order: this.#order++, owner, label, run, cancelled: false }
    this.#heap.push(event)
    return event
  }

  /** Puts an event back that was held while its owner was paused. */
  again(event: SimEvent): void {
    event.at = this.now
    event.order = this.#order++
    this.#heap.push(event)
  }

  /** To be called by an event that lets code of a process go on. */
  resumed(): void {
    this.#resumed = true
  }

  /** Runs events until `done`, `maxSteps` more of them, a failure, or silence. */
  run(done: () => boolean, maxSteps: number): Promise<'done' | 'steps' | 'failed' | 'silence'> {
    const last = this.steps + maxSteps
    return new Promise((resolve, reject) => {
      const go = (): void => {
        try {
          for (;;) {
            if (this.#failure !== null) return resolve('failed')
            if (done()) return resolve('done')
            if (this.steps >= last) return resolve('steps')
            this.#resumed = false
            if (!this.#one()) return resolve('silence')
            if (!this.#resumed) continue
            // The queue of next ticks is looked at only when no microtask is left.
            queueMicrotask(() => process.nextTick(go))
            return
          }
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      process.nextTick(go)
    })
  }

  #one(): boolean {
    for (;;) {
      const event = this.#heap.pop()
      if (event === undefined) return false
      const { owner } = event
      if (event.cancelled || owner?.dead) continue
      if (owner?.paused) {
        owner.hold(event)
        continue
      }
      this.now = Math.max(this.now, event.at)
      this.steps++
      this.digest = (Math.imul(this.digest ^ event.order, 0x01000193) + event.label.length) | 0
      event.run()
      return true
    }
  }
}

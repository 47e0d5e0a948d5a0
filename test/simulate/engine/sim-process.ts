// One simulated operating-system process: the real code that runs in it, and what can happen to it from outside
// (kill -9, SIGSTOP). Its code only ever runs inside events that it owns; a dead process's promises never settle.

import type { Clock } from '@twinwrite/core'
import type { SimEvent } from './event-heap.ts'
import type { Scheduler } from './scheduler.ts'

export class SimProcess {
  readonly name: string
  readonly clock: Clock
  readonly #scheduler: Scheduler
  readonly #held: SimEvent[] = []
  /** What to do when it dies: the server sides of its connections close, sooner or later. */
  readonly #onDeath: (() => void)[] = []
  #state: 'running' | 'paused' | 'dead' = 'running'

  constructor(scheduler: Scheduler, name: string) {
    this.name = name
    this.#scheduler = scheduler
    this.clock = {
      now: () => scheduler.now,
      random: () => scheduler.random.fraction(),
      sleep: (ms, signal) => this.#sleep(ms, signal),
    }
  }

  get dead(): boolean {
    return this.#state === 'dead'
  }

  get paused(): boolean {
    return this.#state === 'paused'
  }

  onDeath(action: () => void): void {
    this.#onDeath.push(action)
  }

  /** kill -9: no instruction of it runs any more; what it has sent may still arrive. */
  kill(): void {
    if (this.#state === 'dead') return
    this.#state = 'dead'
    this.#held.length = 0
    for (const action of this.#onDeath) action()
  }

  /** SIGSTOP: it runs nothing, its connections stay. */
  pause(): void {
    if (this.#state === 'running') this.#state = 'paused'
  }

  /** SIGCONT: everything that came meanwhile happens now. */
  resume(): void {
    if (this.#state !== 'paused') return
    this.#state = 'running'
    for (const event of this.#held.splice(0)) this.#scheduler.again(event)
  }

  hold(event: SimEvent): void {
    this.#held.push(event)
  }

  /** Starts a task; an error that leaves it is a failure of the run, as an unhandled rejection would be. */
  spawn(label: string, task: () => Promise<unknown>): void {
    this.#scheduler.after(0, this, label, () => {
      this.#scheduler.resumed()
      task().catch((error: unknown) =>
        this.#scheduler.fail(`${this.name}: ${label} died: ${describe(error)}`),
      )
    })
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      const event = this.#scheduler.after(ms, this, 'wake', () => {
        signal?.removeEventListener('abort', abort)
        this.#scheduler.resumed()
        resolve()
      })
      const abort = (): void => {
        event.cancelled = true
        reject(signal?.reason as Error)
      }
      signal?.addEventListener('abort', abort, { once: true })
    })
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

// One watch of a backend that is read: one read at a time, one more when something happened meanwhile, a glance now and then for what
// nobody told, trouble told once, and no word after the end.

import type { Stage, StageListener } from '@twinwrite/core'
import { reasonOf } from './source-failure.ts'

export class LookOut {
  readonly #listener: StageListener
  readonly #read: () => Promise<Stage | null>
  readonly #glances: NodeJS.Timeout
  #reading: Promise<void> | undefined
  #again = false
  /** Something happened: what is read is told even where it says the same. */
  #happened = false
  #told: Stage | null | undefined
  #troubled = false
  #ended = false

  /** @param glanceMs time between two reads when nothing happens */
  constructor(listener: StageListener, glanceMs: number, read: () => Promise<Stage | null>) {
    this.#listener = listener
    this.#read = read
    this.#glances = setInterval(() => this.glance(), glanceMs)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Something has happened there. */
  look(): void {
    this.#happened = true
    this.glance()
  }

  /** Reads, and tells only what is new. */
  glance(): void {
    if (this.#ended) return
    this.#again = true
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined
    })
  }

  trouble(error: unknown): void {
    if (this.#ended || this.#troubled) return
    this.#troubled = true
    this.#listener.trouble(reasonOf(error))
  }

  /** Nothing is told afterwards; waits for the read under way. */
  async end(): Promise<void> {
    this.#ended = true
    clearInterval(this.#glances)
    await this.#reading
  }

  async #readAll(): Promise<void> {
    while (this.#again && !this.#ended) {
      this.#again = false
      const happened = this.#happened
      this.#happened = false
      try {
        this.#tell(await this.#read(), happened)
      } catch (error) {
        this.trouble(error)
      }
    }
  }

  #tell(stage: Stage | null, happened: boolean): void {
    if (this.#ended || !(happened || this.#troubled || stage !== this.#told)) return
    this.#troubled = false
    this.#told = stage
    this.#listener.stage(stage)
  }
}

// One watch of a backend that is read: one read at a time, one more when something happened meanwhile, trouble told once, and no word
// after the end.

import type { Stage, StageListener } from '@twinwrite/core'
import { reasonOf } from './source-failure.ts'

export class LookOut {
  readonly #listener: StageListener
  readonly #read: () => Promise<Stage | null>
  #reading: Promise<void> | undefined
  #again = false
  #troubled = false
  #ended = false

  constructor(listener: StageListener, read: () => Promise<Stage | null>) {
    this.#listener = listener
    this.#read = read
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Something may have changed: reads, and tells what was read. Never rejects. @returns when nothing is left to be read */
  look(): Promise<void> {
    this.#again = true
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  trouble(error: unknown): void {
    if (this.#ended || this.#troubled) return
    this.#troubled = true
    this.#listener.trouble(reasonOf(error))
  }

  /** Nothing is told afterwards; waits for the read under way. */
  async end(): Promise<void> {
    this.#ended = true
    await this.#reading
  }

  async #readAll(): Promise<void> {
    while (this.#again && !this.#ended) {
      this.#again = false
      try {
        const stage = await this.#read()
        if (this.#ended) return
        this.#troubled = false
        this.#listener.stage(stage)
      } catch (error) {
        this.trouble(error)
      }
    }
  }
}

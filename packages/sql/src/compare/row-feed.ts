// Rows of one server as their bytes come.

import type { Framing } from './framing.ts'

export class RowFeed {
  readonly framing: Framing
  readonly #blocks: AsyncIterator<Buffer>
  readonly #failure: (error: unknown) => Error
  #ended = false
  /** What has come and was not taken; begins with a row. */
  bytes: Buffer = Buffer.alloc(0)

  /** @param failure what an error of the server's becomes */
  constructor(blocks: AsyncIterable<Buffer>, framing: Framing, failure: (error: unknown) => Error) {
    this.#blocks = blocks[Symbol.asyncIterator]()
    this.framing = framing
    this.#failure = failure
  }

  /** Whether everything has been taken. */
  get isOver(): boolean {
    return this.#ended && this.bytes.length === 0
  }

  /** Waits for more bytes, if there are any: at least as many as have come, so that long rows are not copied over and over. */
  async more(): Promise<void> {
    const blocks = [this.bytes]
    let gained = 0
    try {
      while (!this.#ended && (gained === 0 || gained < this.bytes.length)) {
        const { value, done } = await this.#blocks.next()
        if (done === true) this.#ended = true
        else {
          blocks.push(value)
          gained += value.length
        }
      }
    } catch (error) {
      throw this.#failure(error)
    }
    this.bytes = this.bytes.length === 0 && blocks.length === 2 ? blocks[1]! : Buffer.concat(blocks)
  }

  /** Takes so many bytes. */
  skip(bytes: number): void {
    this.bytes = this.bytes.subarray(bytes)
  }

  /** Takes the next row; null after the last one. */
  async row(): Promise<Buffer | null> {
    for (;;) {
      const bytes = this.framing.first(this.bytes)
      if (bytes !== null) {
        const row = this.bytes.subarray(0, bytes)
        this.skip(bytes)
        return row
      }
      if (this.#ended) return null
      await this.more()
    }
  }

  /** Takes everything that is left. */
  async drain(): Promise<void> {
    while (!this.isOver) {
      this.skip(this.bytes.length)
      await this.more()
    }
  }
}

// Lines of one server as they come.

const lineEnd = 10

export class LineFeed {
  readonly #blocks: AsyncIterator<Buffer>
  readonly #failure: (error: unknown) => Error
  #ended = false
  /** What has come and was not taken; begins with a line. */
  bytes: Buffer = Buffer.alloc(0)

  /** @param failure what an error of the server's becomes */
  constructor(blocks: AsyncIterable<Buffer>, failure: (error: unknown) => Error) {
    this.#blocks = blocks[Symbol.asyncIterator]()
    this.#failure = failure
  }

  /** Whether everything has been taken. */
  get isOver(): boolean {
    return this.#ended && this.bytes.length === 0
  }

  /** Waits for more bytes, if there are any. */
  async more(): Promise<void> {
    if (this.#ended) return
    try {
      const { value, done } = await this.#blocks.next()
      if (done === true) this.#ended = true
      else this.bytes = this.bytes.length === 0 ? value : Buffer.concat([this.bytes, value])
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** Takes so many bytes. */
  skip(bytes: number): void {
    this.bytes = this.bytes.subarray(bytes)
  }

  /** Takes the next line, without its end; null after the last one. */
  async line(): Promise<Buffer | null> {
    for (let from = 0; ;) {
      const end = this.bytes.indexOf(lineEnd, from)
      if (end >= 0) {
        const line = this.bytes.subarray(0, end)
        this.skip(end + 1)
        return line
      }
      if (this.#ended) return null
      from = this.bytes.length
      await this.more()
    }
  }

  /** Takes everything that is left. */
  async drain(): Promise<void> {
    while (!this.isOver) {
      this.bytes = this.bytes.subarray(this.bytes.length)
      await this.more()
    }
  }
}

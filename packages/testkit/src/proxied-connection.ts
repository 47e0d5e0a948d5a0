// One client connection through the fault proxy, with its connection to the server: packets in order, delayed
// where asked, held back, cut, or lost on one side only.
import { connect, type Socket } from 'node:net'

export type Direction = 'to-server' | 'to-client'

interface Hooks {
  /** Latency for a packet that arrives now. */
  delay: () => number
  /** Decides what becomes of a packet: `forward` it, or `cut` the connection. */
  packet: (bytes: Buffer, direction: Direction) => void
  closed: () => void
}

export class ProxiedConnection {
  readonly #client: Socket
  readonly #server: Socket
  readonly #hooks: Hooks
  /** What happened on either side and has not reached the other yet, in order. */
  readonly #queue: { due: number; act: () => void }[] = []
  #timer: NodeJS.Timeout | undefined
  #held = false
  /** Cut or half open: the two sides hear nothing of each other any more. */
  #severed = false

  constructor(client: Socket, upstream: { host: string; port: number }, hooks: Hooks) {
    this.#client = client
    this.#server = connect({ ...upstream, allowHalfOpen: true })
    this.#hooks = hooks
    this.#carry(client, this.#server, 'to-server')
    this.#carry(this.#server, client, 'to-client')
  }

  #carry(from: Socket, to: Socket, direction: Direction): void {
    from.setNoDelay(true)
    from.on('data', (bytes) => this.#enqueue(() => this.#hooks.packet(bytes, direction)))
    from.on('end', () => this.#enqueue(() => to.end()))
    from.on('error', () => {}) // `close` follows and says so
    from.on('close', (failed) => {
      this.#enqueue(() => (failed ? to.resetAndDestroy() : to.destroySoon()))
      if (this.#client.destroyed && this.#server.destroyed) this.#hooks.closed()
    })
  }

  #enqueue(act: () => void): void {
    if (this.#severed) return
    this.#queue.push({ due: Date.now() + this.#hooks.delay(), act })
    this.#pump()
  }

  #pump(): void {
    while (!this.#held && this.#timer === undefined) {
      const next = this.#queue[0]
      if (!next) return
      const wait = next.due - Date.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined
          this.#pump()
        }, wait)
        return
      }
      this.#queue.shift()
      next.act()
    }
  }

  #sever(): void {
    this.#severed = true
    this.#queue.length = 0
  }

  forward(bytes: Buffer, direction: Direction): void {
    const to = direction === 'to-server' ? this.#server : this.#client
    if (to.writable) to.write(bytes)
  }

  /**
   * Resets the client. The server gets what was forwarded and then the end of the stream, never a reset, which could
   * overtake a statement that it has not read yet.
   */
  cut(done: () => void): void {
    this.#sever()
    this.#client.once('close', done)
    this.#server.end()
    // The empty write is through when all before it are; the kernel then needs a moment to hand them over.
    this.#client.write('', () => setTimeout(() => this.#client.resetAndDestroy(), 5))
  }

  reset(): void {
    this.#sever()
    this.#client.resetAndDestroy()
    this.#server.resetAndDestroy()
  }

  dropServer(): void {
    this.#sever()
    this.#server.resetAndDestroy()
  }

  hold(): void {
    this.#held = true
  }

  release(): void {
    this.#held = false
    if (this.#severed) this.reset() // what a machine answers that knows nothing of the connection
    else this.#pump()
  }
}

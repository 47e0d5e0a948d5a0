// A way to a server that can be cut: what an outage looks like from a client, without any right on the server.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Address } from '../scratch/place.ts'

export class Proxy {
  readonly #to: Address
  readonly #sockets = new Set<Socket>()
  #listener: Server | null = null
  #port = 0

  constructor(to: Address) {
    this.#to = to
  }

  /** Of this machine, the same for ever. */
  get port(): number {
    return this.#port
  }

  async open(): Promise<void> {
    const listener = createServer((client) => this.#carry(client))
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(this.#port, '127.0.0.1', () => resolve())
    })
    this.#listener = listener
    this.#port = (listener.address() as AddressInfo).port
  }

  /** Ends every connection; new ones are refused until it is opened again. */
  async close(): Promise<void> {
    const listener = this.#listener
    this.#listener = null
    for (const socket of this.#sockets) socket.resetAndDestroy()
    if (listener !== null) await new Promise<void>((resolve) => listener.close(() => resolve()))
  }

  #carry(client: Socket): void {
    const server = connect(this.#to)
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      this.#sockets.add(socket)
      // `close` follows, and ends the other one.
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
    }
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
    client.pipe(server)
    server.pipe(client)
  }
}

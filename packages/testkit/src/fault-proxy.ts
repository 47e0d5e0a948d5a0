// A TCP proxy in front of a server that fails in the ways in which networks fail (W3, W7 are tested through it).
import { createServer, type AddressInfo, type Server } from 'node:net'
import { ProxiedConnection, type Direction } from './proxied-connection.ts'

export type { Direction } from './proxied-connection.ts'

export type CutPredicate = (bytes: Buffer, direction: Direction) => boolean

export interface FaultProxy {
  host: string
  port: number
  /** The target's address with the proxy's host and port in it (when the target was given as a URL). */
  url: string
  /** Connections that are open through the proxy now. */
  connections(): number
  /** Delays every packet in both directions; 0 ends it. */
  latency(ms: number): void
  /** Half of the next packet in this direction arrives, then both ends are reset. Resolves when it happened. */
  cutMidPacket(direction?: Direction): Promise<void>
  /** Forwards the first packet for which the predicate holds, then cuts: what the server does with it, nobody hears. */
  cutAfter(predicate: CutPredicate): Promise<void>
  /** Cuts in place of forwarding the first packet for which the predicate holds. */
  cutBefore(predicate: CutPredicate): Promise<void>
  /** The server loses its side of the open connections; the clients hear nothing. New connections work. */
  halfOpen(): void
  /** Open connections are reset, new ones refused. Resolves when the port is closed. */
  refuse(): Promise<void>
  /** Nothing passes any more, and nobody is told; what is sent meanwhile arrives after `heal`, as TCP does. */
  blackHole(): void
  /** Ends every fault and forgets the cuts that have not happened yet. */
  heal(): Promise<void>
  close(): Promise<void>
}

interface Cut {
  predicate: CutPredicate
  how: 'after' | 'before' | 'mid-packet'
  happened: () => void
}

/** Starts a proxy on a free port of the loopback. */
export async function faultProxy(target: string | { host: string; port: number }): Promise<FaultProxy> {
  const upstream = typeof target === 'string' ? addressOf(target) : target
  const open = new Set<ProxiedConnection>()
  let delay = 0
  let silent = false
  let cuts: Cut[] = []

  const makeListener = () =>
    createServer({ allowHalfOpen: true }, (client) => {
      const connection = new ProxiedConnection(client, upstream, {
        delay: () => delay,
        packet: (bytes, direction) => decide(connection, bytes, direction),
        closed: () => open.delete(connection),
      })
      open.add(connection)
      if (silent) connection.hold()
    })

  function decide(connection: ProxiedConnection, bytes: Buffer, direction: Direction): void {
    const cut = cuts.find(({ predicate }) => predicate(bytes, direction))
    if (!cut) return connection.forward(bytes, direction)
    cuts = cuts.filter((other) => other !== cut)
    if (cut.how === 'mid-packet')
      connection.forward(bytes.subarray(0, Math.ceil(bytes.length / 2)), direction)
    if (cut.how === 'after') connection.forward(bytes, direction)
    connection.cut(cut.happened)
  }

  function schedule(how: Cut['how'], predicate: CutPredicate): Promise<void> {
    return new Promise((resolve) => cuts.push({ how, predicate, happened: resolve }))
  }

  let listener: Server | undefined = makeListener()
  const port = await listen(listener, 0)

  async function refuse(): Promise<void> {
    const closing = listener
    listener = undefined
    for (const connection of open) connection.reset()
    if (closing) await new Promise<void>((resolve) => closing.close(() => resolve()))
  }

  return {
    host: '127.0.0.1',
    port,
    url: typeof target === 'string' ? throughProxy(target, port) : '',
    connections: () => open.size,
    latency(ms) {
      delay = ms
    },
    cutMidPacket: (direction = 'to-client') => schedule('mid-packet', (_, way) => way === direction),
    cutAfter: (predicate) => schedule('after', predicate),
    cutBefore: (predicate) => schedule('before', predicate),
    halfOpen() {
      for (const connection of open) connection.dropServer()
    },
    refuse,
    blackHole() {
      silent = true
      for (const connection of open) connection.hold()
    },
    async heal() {
      delay = 0
      silent = false
      cuts = []
      for (const connection of open) connection.release()
      if (!listener) {
        listener = makeListener()
        await listen(listener, port)
      }
    },
    close: refuse,
  }
}

function listen(listener: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(port, '127.0.0.1', () => resolve((listener.address() as AddressInfo).port))
  })
}

function addressOf(url: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url)
  return { host: hostname, port: Number(port || (protocol === 'mysql:' ? 3306 : 5432)) }
}

function throughProxy(url: string, port: number): string {
  const address = new URL(url)
  address.hostname = '127.0.0.1'
  address.port = String(port)
  return address.href
}

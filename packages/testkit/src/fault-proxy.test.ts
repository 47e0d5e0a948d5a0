// The proxy against plain sockets: each fault is exactly what its name says.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { faultProxy, type FaultProxy } from './fault-proxy.ts'

let echo: Server
let proxy: FaultProxy
let atServer: Buffer[]
let serverSides: Socket[]
const clients: Socket[] = []

beforeEach(async () => {
  atServer = []
  serverSides = []
  echo = createServer((socket) => {
    serverSides.push(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      atServer.push(bytes)
      socket.write(bytes)
    })
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await faultProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port })
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await proxy.close()
  for (const side of serverSides) side.destroy()
  echo.close()
})

interface Heard {
  socket: Socket
  text: () => string
  error: () => string | undefined
}

async function open(): Promise<Heard> {
  const socket = connect(proxy.port, '127.0.0.1')
  clients.push(socket)
  let text = ''
  let error: string | undefined
  socket.on('data', (bytes) => (text += bytes.toString()))
  socket.on('error', (failure: NodeJS.ErrnoException) => (error = failure.code))
  await once(socket, 'connect')
  return { socket, text: () => text, error: () => error }
}

async function expectEcho(client: Heard, word: string): Promise<void> {
  const before = client.text().length
  client.socket.write(word)
  await expect.poll(() => client.text().slice(before)).toBe(word)
}

const serverHeard = () => Buffer.concat(atServer).toString()

describe('fault proxy', () => {
  it('passes bytes both ways and both ends of the stream when no fault is set', async () => {
    const client = await open()
    await expectEcho(client, 'hello')
    const serverSide = serverSides[0]
    client.socket.end()
    await expect.poll(() => serverSide?.readableEnded).toBe(true)
    await expect.poll(() => client.socket.readableEnded).toBe(true)
    await expect.poll(() => proxy.connections()).toBe(0)
  })

  it('delays every packet by the latency, in order', async () => {
    const client = await open()
    await expectEcho(client, 'warm')
    proxy.latency(40)
    const started = performance.now()
    client.socket.write('a')
    await sleep(5)
    client.socket.write('b')
    await expect.poll(() => client.text(), { interval: 2 }).toBe('warmab')
    expect(performance.now() - started).toBeGreaterThanOrEqual(78)
  })

  it('delivers half of a packet and then resets the client when it cuts mid-packet', async () => {
    const client = await open()
    const cut = proxy.cutMidPacket()
    client.socket.write('0123456789')
    await cut
    await expect.poll(() => client.error()).toBe('ECONNRESET')
    expect(client.text()).toBe('01234')
    expect(serverHeard()).toBe('0123456789')
  })

  it('lets the server have the packet after which it cuts, and the client no answer', async () => {
    const client = await open()
    const cut = proxy.cutAfter((bytes, direction) => direction === 'to-server' && bytes.includes('COMMIT'))
    await expectEcho(client, 'BEGIN')
    client.socket.write('COMMIT')
    await cut
    await expect.poll(() => client.error()).toBe('ECONNRESET')
    await expect.poll(serverHeard).toBe('BEGINCOMMIT')
    await expect.poll(() => serverSides[0]?.readableEnded).toBe(true)
    expect(client.text()).toBe('BEGIN')
  })

  it('keeps from the server the packet before which it cuts', async () => {
    const client = await open()
    const cut = proxy.cutBefore((bytes) => bytes.includes('COMMIT'))
    await expectEcho(client, 'BEGIN')
    client.socket.write('COMMIT')
    await cut
    await expect.poll(() => client.error()).toBe('ECONNRESET')
    await expect.poll(() => serverSides[0]?.readableEnded).toBe(true)
    expect(serverHeard()).toBe('BEGIN')
  })

  it('cuts once only: the next connection lives', async () => {
    const first = await open()
    const cut = proxy.cutAfter(() => true)
    first.socket.write('x')
    await cut
    await expectEcho(await open(), 'again')
  })

  it('takes the session from the server and tells the client nothing when half open', async () => {
    const client = await open()
    await expectEcho(client, 'one')
    proxy.halfOpen()
    await expect.poll(() => serverSides[0]?.destroyed).toBe(true)
    client.socket.write('two')
    await sleep(60)
    expect(client.error()).toBeUndefined()
    expect(client.text()).toBe('one')
    expect(serverHeard()).toBe('one')
    await expectEcho(await open(), 'new')
    await proxy.heal()
    await expect.poll(() => client.error()).toBe('ECONNRESET')
  })

  it('resets open connections and refuses new ones, until healed on the same port', async () => {
    const client = await open()
    await expectEcho(client, 'one')
    await proxy.refuse()
    await expect.poll(() => client.error()).toBe('ECONNRESET')
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await proxy.heal()
    await expectEcho(await open(), 'back')
  })

  it('holds everything in the black hole and delivers it, in order, when healed', async () => {
    const client = await open()
    await expectEcho(client, 'one')
    proxy.blackHole()
    client.socket.write('two')
    client.socket.end()
    const late = await open()
    late.socket.write('late')
    await sleep(60)
    expect(serverHeard()).toBe('one')
    expect(serverSides[0]?.readableEnded).toBe(false)
    expect(client.error()).toBeUndefined()
    await proxy.heal()
    await expect.poll(() => client.text()).toBe('onetwo')
    await expect.poll(() => late.text()).toBe('late')
    await expect.poll(() => serverSides[0]?.readableEnded).toBe(true)
  })

  it('passes a reset on as a reset', async () => {
    const client = await open()
    await expectEcho(client, 'one')
    serverSides[0]?.resetAndDestroy()
    await expect.poll(() => client.error()).toBe('ECONNRESET')
  })
})

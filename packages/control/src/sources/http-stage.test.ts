// Small servers that speak the protocols of Consul and Nacos as their manuals describe them, over real HTTP.

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { httpStage } from './http-stage.ts'
import { listen, until } from './testing/heard.ts'

interface Backend {
  readonly port: number
  /** What it holds; requests that wait are answered. */
  value: string | null
  readonly requests: string[]
  stop(): Promise<void>
  start(): Promise<void>
}

/** Answers now, or keeps the request until `stale` is no more so or `ms` are over. */
type Hold = (ms: number, stale: () => boolean, answer: () => void) => void
type Handler = (
  backend: { value: string | null; index: number },
  request: IncomingMessage & { readonly body: string },
  response: ServerResponse,
  hold: Hold,
) => void

const running: Backend[] = []
afterEach(() => Promise.all(running.splice(0).map((backend) => backend.stop())))

async function backend(handler: Handler): Promise<Backend> {
  const state = { value: null as string | null, index: 1 }
  const waiting = new Set<() => void>()
  const requests: string[] = []
  const hold: Hold = (ms, stale, answer) => {
    if (stale()) return answer()
    const settle = (): void => {
      clearTimeout(timer)
      waiting.delete(settle)
      answer()
    }
    const timer = setTimeout(settle, ms)
    waiting.add(settle)
  }
  const made = (): Server =>
    createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`)
      let body = ''
      request.on('data', (part) => (body += String(part)))
      request.on('end', () => handler(changing, Object.assign(request, { body }), response, hold))
    })
  const changing = {
    get value() {
      return state.value
    },
    set value(value: string | null) {
      state.value = value
      state.index++
      for (const settle of waiting) settle()
    },
    get index() {
      return state.index
    },
  }
  let server = made()
  const listenOn = (port: number): Promise<number> =>
    new Promise((resolve) =>
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    )
  const port = await listenOn(0)
  const own: Backend = {
    port,
    requests,
    get value() {
      return changing.value
    },
    set value(value) {
      changing.value = value
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
    start: async () => {
      server = made()
      // What was restarted counts its index anew.
      state.index = 1
      await listenOn(port)
    },
  }
  running.push(own)
  return own
}

const consul: Handler = (own, request, response, hold) => {
  const { searchParams } = new URL(request.url!, 'http://consul')
  if (request.headers['x-consul-token'] !== 'SECRET') return void response.writeHead(403).end('denied')
  if (request.method === 'PUT') {
    own.value = request.body
    return void response.end('true')
  }
  const index = Number(searchParams.get('index') ?? 0)
  const ms = parseInt(searchParams.get('wait') ?? '300000', 10)
  hold(
    ms,
    () => index === 0 || own.index > index,
    () => {
      response.setHeader('x-consul-index', own.index)
      if (own.value === null) return void response.writeHead(404).end()
      response.end(JSON.stringify([{ Key: 'stage/shop', Value: Buffer.from(own.value).toString('base64') }]))
    },
  )
}

const nacos: Handler = (own, request, response, hold) => {
  const { pathname, searchParams } = new URL(request.url!, 'http://nacos')
  const form = new URLSearchParams(request.body)
  if (pathname === '/nacos/v1/cs/configs/listener') {
    const [dataId, group, digest] = form.get('Listening-Configs')!.replace('\u0001', '').split('\u0002')
    const stale = (): boolean =>
      digest !== (own.value === null ? '' : createHash('md5').update(own.value).digest('hex'))
    const ms = Number(request.headers['long-pulling-timeout'])
    return hold(ms, stale, () => response.end(stale() ? `${dataId}%02${group}%01\n` : ''))
  }
  if (request.method === 'POST') {
    own.value = form.get('content')
    return void response.end(String(form.get('dataId') === 'shop' && form.get('group') === 'stage'))
  }
  if (own.value === null || searchParams.get('dataId') !== 'shop') return void response.writeHead(404).end()
  response.end(own.value)
}

const plain: Handler = (own, request, response) => {
  const etag = `"${own.index}"`
  response.setHeader('etag', etag)
  if (request.headers['if-none-match'] === etag) response.writeHead(304).end()
  else if (own.value === null) response.writeHead(404).end()
  else response.end(own.value)
}

const at = (port: number) => `http://127.0.0.1:${port}`

test.each([
  [
    'consul',
    consul,
    (port: number) => `${at(port)}/v1/kv/stage/{migration}`,
    { headers: { 'x-consul-token': 'SECRET' } },
  ],
  ['nacos', nacos, (port: number) => `${at(port)}/nacos/v1/cs/configs?dataId={migration}&group=stage`, {}],
] as const)(
  '%s: changes are pushed, held requests are asked again, and a server that was down is heard again',
  async (protocol, handler, url, more) => {
    const server = await backend(handler)
    const source = httpStage({ url: url(server.port), protocol, longPoll: 300, pollMs: 100, ...more })
    const own = listen(source)
    await until(() => own.last() === null)
    await source.set!('shop', 'source-first')
    expect(await until(() => own.last() === 'source-first')).toBeLessThan(1000)
    const asked = server.requests.length
    await until(() => server.requests.length >= asked + 2)
    server.value = 'target-first'
    expect(await until(() => own.last() === 'target-first')).toBeLessThan(1000)
    await server.stop()
    await until(() => own.troubles.length > 0)
    await expect(source.get('shop')).rejects.toThrow()
    server.value = 'source-first'
    await server.start()
    await until(() => own.last() === 'source-first')
    server.value = 'sauce-first'
    await until(() => own.troubles.length === 2)
    expect(own.troubles[1]).toContain('"sauce-first"')
    server.value = 'source-only'
    await until(() => own.last() === 'source-only')
    await own.end()
    expect(own.troubles.join()).not.toContain('SECRET')
  },
  20_000,
)

test('any URL: asked again with its ETag; a password in the address is sent, and not shown', async () => {
  const server = await backend((own, request, response, hold) => {
    const expected = `Basic ${Buffer.from('app:SECRET').toString('base64')}`
    if (request.headers.authorization !== expected) return void response.writeHead(401).end()
    plain(own, request, response, hold)
  })
  server.value = '{ "shop": "source-first" }'
  const url = `http://app:SECRET@127.0.0.1:${server.port}/stage?key=SECRET`
  const source = httpStage({ url, pollMs: 50 })
  expect(source.name).toBe(`http http://127.0.0.1:${server.port}/stage`)
  const own = listen(source)
  await until(() => own.last() === 'source-first')
  await until(() => server.requests.length > 4)
  expect(own.stages).toEqual(['source-first'])
  server.value = '{ "shop": "target-first" }'
  await until(() => own.last() === 'target-first')
  await own.end()
  const barred = listen(httpStage({ url: at(server.port) }))
  await until(() => barred.troubles.length > 0)
  expect(barred.troubles).toEqual(['it answers 401 Unauthorized'])
  await barred.end()
})

test('a server that takes the request and never answers is trouble in time', async () => {
  const server = await backend(() => undefined)
  const source = httpStage({ url: at(server.port), timeoutMs: 100 })
  const own = listen(source)
  await until(() => own.troubles.length > 0)
  expect(own.troubles).toEqual(['no answer in time'])
  await own.end()
  await expect(source.get('shop')).rejects.toThrow()
})

test('an address that is none is refused at once, and not shown', () => {
  expect(() => httpStage({ url: 'SECRET@host' })).toThrow(/^(?!.*SECRET).*TW_CONFIG_INVALID/)
})

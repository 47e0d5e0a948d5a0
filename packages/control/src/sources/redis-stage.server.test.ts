import { Redis } from 'ioredis'
import { redisServer, type RedisServer } from '@twinwrite/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { redisStage } from './redis-stage.ts'
import { listen, until } from './testing/heard.ts'

let server: RedisServer
beforeAll(async () => {
  server = await redisServer()
})
afterAll(() => server.stop())

test('a stage that is set is pushed; after a kill -9 trouble is told once, and what changed meanwhile is read when it is back', async () => {
  const source = redisStage({ url: server.url, key: 'kill' })
  const other = redisStage({ url: server.url, key: 'kill' })
  const own = listen(source)
  await until(() => own.last() === null)
  await other.set!('shop', 'source-first')
  expect(await until(() => own.last() === 'source-first')).toBeLessThan(1000)
  await server.kill9()
  await until(() => own.troubles.length > 0)
  await expect(other.set!('shop', 'source-only')).rejects.toThrow()
  await expect(source.get('shop')).rejects.toThrow()
  const late = listen(other)
  await until(() => late.troubles.length > 0)
  await server.restart()
  const plain = new Redis(server.url)
  await plain.set('kill:shop', 'target-first')
  await until(() => own.last() === 'target-first' && late.last() === 'target-first')
  expect([own.troubles, late.troubles]).toEqual([[expect.any(String)], [expect.any(String)]])
  await other.set!('shop', 'source-first')
  expect(await until(() => own.last() === 'source-first' && late.last() === 'source-first')).toBeLessThan(
    1000,
  )
  await plain.set('kill:shop', 'sauce-first')
  await plain.publish('kill:shop', '')
  await until(() => own.troubles.length === 2)
  expect(own.troubles[1]).toMatch(/"sauce-first".*target-only/)
  await Promise.all([own.end(), late.end()])
  const connected = /connected_clients:(\d+)/
  await vi.waitFor(async () => expect(connected.exec(await plain.info('clients'))?.[1]).toBe('1'))
  await plain.quit()
})

test("the application's own client is used and left open; no password is shown", async () => {
  const client = new Redis(server.url)
  const source = redisStage({ client, key: 'own' })
  const own = listen(source)
  await source.set!('shop', 'source-first')
  await until(() => own.last() === 'source-first')
  await own.end()
  expect(await client.ping()).toBe('PONG')
  await client.quit()
  const { name } = redisStage({ url: 'redis://app:SECRET@cache:6379/2?x=SECRET' })
  expect(name).toBe('redis redis://cache:6379/2 twinwrite:stage')
})

test('a wrong password is told in the words of the server, without it', async () => {
  const own = listen(redisStage({ url: server.url.replace('//', '//user:SECRET@') }))
  await until(() => own.troubles.length > 0)
  expect(own.troubles.join()).not.toContain('SECRET')
  await own.end()
})

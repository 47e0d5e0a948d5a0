// A step reaches the other processes at once through each kind of source: they would look at the databases only every 20 s by themselves.

import { fileStage, httpStage, redisStage, stageEndpoint } from '@twinwrite/control'
import type { RunningMigration, Stage, StageSource } from '@twinwrite/core'
import { redisServer } from '@twinwrite/testkit'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Fleet, openFleet, until } from './fleet.ts'

let fleet: Fleet
const ends: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  fleet = await openFleet({ armed: true, beatMs: 20_000, leaseMs: 40_000 })
})
afterEach(async () => {
  await fleet.close()
  for (const end of ends.splice(0).reverse()) await end()
})

/** Two processes of one fleet that hear of steps from a source, and when the other one saw each stage. */
async function pair(source: StageSource) {
  const one = fleet.start({ stageSource: source })
  await one.install()
  const other = fleet.start({ stageSource: source })
  await other.look()
  const seen = new Map<Stage, number>()
  other.onStage(({ stage }) => seen.set(stage, performance.now()))
  return { one, other, seen }
}

async function reachesAtOnce(one: RunningMigration, seen: ReadonlyMap<Stage, number>): Promise<void> {
  await one.setStage('source-first')
  const stepped = performance.now()
  await until(() => seen.has('source-first'), 1000)
  expect(seen.get('source-first')! - stepped).toBeLessThan(1000)
}

test('file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'twinwrite-fleet-'))
  ends.push(() => rm(folder, { recursive: true }))
  const { one, other, seen } = await pair(fileStage({ path: join(folder, 'stage.json') }))
  await reachesAtOnce(one, seen)
  expect((await other.status()).heard).toMatchObject({ stage: 'source-first', trouble: null })
})

test('redis, and a fleet that goes on while it is down', async () => {
  const redis = await redisServer()
  ends.push(() => redis.stop())
  const { one, other, seen } = await pair(redisStage({ url: redis.url }))
  await reachesAtOnce(one, seen)
  await redis.kill9()
  await until(async () => (await other.status()).heard!.trouble !== null)
  await one.setStage('source-only')
  expect((await other.look()).stage).toBe('source-only')
  await redis.restart()
  await until(async () => (await other.status()).heard!.trouble === null)
  seen.delete('source-first')
  await reachesAtOnce(one, seen)
})

test('http: an endpoint of one process is held by another one, and moves the fleet by a call', async () => {
  const token = 'a token of sixteen'
  const one = fleet.start()
  await one.install()
  const endpoint = stageEndpoint([one], { token, authorize: () => 'ann' })
  const server: Server = createServer(endpoint.node)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/twinwrite/shop`
  const headers = { authorization: `Bearer ${token}` }
  const other = fleet.start({ stageSource: httpStage({ url, headers }) })
  const seen = new Map<Stage, number>()
  other.onStage(({ stage }) => seen.set(stage, performance.now()))
  await until(async () => (await other.status()).heard!.stage === 'source-only')
  const step = async (stage: string, more: RequestInit = { headers }) => {
    const response = await fetch(`${url}?stage=${stage}&reason=tea`, { method: 'PUT', ...more })
    return { status: response.status, body: (await response.json()) as { error?: { code?: string } } }
  }
  expect((await step('source-first', {})).status).toBe(401)
  expect((await step('sauce-first')).status).toBe(400)
  expect((await step('target-first')).body.error?.code).toBe('TW_STAGE_STEP')
  expect((await step('source-first')).body).toMatchObject({ from: 'source-only', to: 'source-first' })
  const stepped = performance.now()
  await until(() => seen.has('source-first'), 1000)
  expect(seen.get('source-first')! - stepped).toBeLessThan(1000)
  expect(await step('target-first')).toMatchObject({
    status: 409,
    body: { error: { code: 'TW_GATES_CLOSED' } },
  })
  const [audited] = await one.stores.target.audits(1)
  expect(audited!.body).toContain('TW_GATES_CLOSED')

  const read = (more: Record<string, string>) =>
    endpoint.fetch(new Request('http://app/shop', { headers: { ...headers, ...more } }))
  const now = await read({})
  expect(await now.json()).toMatchObject({ migration: 'shop', stage: 'source-first', frozen: false })
  const known = { 'if-none-match': now.headers.get('etag')!, accept: 'text/plain' }
  expect((await read(known)).status).toBe(304)
  const held = read({ ...known, prefer: 'wait=30' })
  await step('source-only')
  expect(await (await held).text()).toBe('source-only')
  expect(() => stageEndpoint([one], {})).toThrow(/TW_CONFIG_INVALID/)
  endpoint.close()
})

// A step reaches the processes of every ORM at once through each kind of source that pushes: they would look at the databases only every
// 20 s by themselves.

import { fileStage, httpStage, redisStage, stageEndpoint } from '@twinwrite/control'
import type { RunningMigration, Stage, StageSource } from '@twinwrite/core'
import { redisServer } from '@twinwrite/testkit'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ormNames } from '../torture/orms.ts'
import { type Fleet, insert, installedAnHourAgo, openFleet, promised, until } from './fleet.ts'

let fleet: Fleet
const ends: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  fleet = await openFleet({ armed: true, beatMs: 20_000, leaseMs: 40_000 })
})
afterEach(async () => {
  await fleet.close()
  for (const end of ends.splice(0).reverse()) await end()
})

interface Listening {
  readonly migration: RunningMigration
  /** When it saw each stage for the last time. */
  readonly seen: Map<Stage, number>
}

/** A process of each ORM, each with a source of its own. */
async function listening(source: () => StageSource): Promise<Listening[]> {
  const all = await Promise.all(ormNames.map((orm) => fleet.app(orm, { stageSource: source() })))
  return Promise.all(
    all.map(async ({ migration }) => {
      await migration.look()
      const seen = new Map<Stage, number>()
      migration.onStage(({ stage }) => seen.set(stage, performance.now()))
      return { migration, seen }
    }),
  )
}

/** Takes the step, and waits until all have seen it. */
async function reachesAtOnce(step: () => Promise<unknown>, stage: Stage, all: Listening[]): Promise<void> {
  for (const { seen } of all) seen.delete(stage)
  await step()
  const stepped = performance.now()
  await until(() => all.every(({ seen }) => seen.has(stage)), 1000)
  for (const { seen } of all) expect(seen.get(stage)! - stepped).toBeLessThan(1000)
}

/** Each process in turn takes a step. */
async function stepsReachAtOnce(all: Listening[]): Promise<void> {
  for (const [index, { migration }] of all.entries()) {
    const stage = index % 2 === 0 ? 'source-first' : 'source-only'
    await reachesAtOnce(() => migration.setStage(stage), stage, all)
  }
}

test('file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'twinwrite-fleet-'))
  ends.push(() => rm(folder, { recursive: true }))
  await fleet.operate().install()
  const all = await listening(() => fileStage({ path: join(folder, 'stage.json') }))
  await stepsReachAtOnce(all)
  for (const { migration } of all)
    expect((await migration.status()).heard).toMatchObject({ stage: 'source-first', trouble: null })
})

test('redis, and a fleet that goes on while it is down', async () => {
  const redis = await redisServer()
  ends.push(() => redis.stop())
  await fleet.operate().install()
  const all = await listening(() => redisStage({ url: redis.url }))
  await stepsReachAtOnce(all)
  const [{ migration }] = all as [Listening]
  const troubled = async (): Promise<boolean[]> =>
    Promise.all(all.map(async (one) => (await one.migration.status()).heard!.trouble !== null))
  await redis.kill9()
  await until(async () => !(await troubled()).includes(false))
  await migration.setStage('source-only')
  for (const one of all) expect((await one.migration.look()).stage).toBe('source-only')
  await redis.restart()
  await until(async () => !(await troubled()).includes(true))
  await reachesAtOnce(() => migration.setStage('source-first'), 'source-first', all)
})

test('the barrier out of source-only waits for no beat, and for a write of the old stage only as long as it runs', async () => {
  await fleet.close()
  const folder = await mkdtemp(join(tmpdir(), 'twinwrite-fleet-'))
  ends.push(() => rm(folder, { recursive: true }))
  const source = (): StageSource => fileStage({ path: join(folder, 'stage.json') })
  const beatMs = 20_000
  fleet = await openFleet({ beatMs, leaseMs: 2 * beatMs, stageSource: source() })
  const operator = fleet.operate()
  await operator.install()
  await installedAnHourAgo(fleet)
  const apps = await Promise.all(ormNames.map((orm) => fleet.app(orm, { stageSource: source() })))
  await until(async () => (await operator.status()).processes.length === apps.length)
  for (const { migration } of apps) await migration.look()
  const [written, done] = [promised(), promised()]
  const open = apps[0]!.transaction(async (inner) => {
    await insert(inner, 'of the old stage')
    written.tell()
    await done.done
  })
  await written.done
  const begun = performance.now()
  const step = operator.setStage('source-first')
  const passed = async () => (await operator.status()).processes.filter(({ epoch }) => epoch > 1).length
  await until(async () => (await passed()) === apps.length - 1, 3000)
  done.tell()
  await Promise.all([open, step])
  expect(performance.now() - begun).toBeLessThan(beatMs / 4)
  expect(await passed()).toBe(apps.length)
})

test('http: an endpoint of one process is held by the others, and moves the fleet by a call', async () => {
  const token = 'a token of sixteen'
  const { migration: one } = await fleet.app('knex')
  await one.install()
  const endpoint = stageEndpoint([one], { token, authorize: () => 'ann' })
  const server: Server = createServer(endpoint.node)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/twinwrite/shop`
  const headers = { authorization: `Bearer ${token}` }
  const others = await listening(() => httpStage({ url, headers }))
  for (const { migration } of others)
    await until(async () => (await migration.status()).heard!.stage === 'source-only')
  const step = async (stage: string, more: RequestInit = { headers }) => {
    const response = await fetch(`${url}?stage=${stage}&reason=tea`, { method: 'PUT', ...more })
    return { status: response.status, body: (await response.json()) as { error?: { code?: string } } }
  }
  expect((await step('source-first', {})).status).toBe(401)
  expect((await step('sauce-first')).status).toBe(400)
  expect((await step('target-first')).body.error?.code).toBe('TW_STAGE_STEP')
  const taken = async (): Promise<void> =>
    expect((await step('source-first')).body).toMatchObject({ from: 'source-only', to: 'source-first' })
  await reachesAtOnce(taken, 'source-first', others)
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

import { auditTrail, carryOut, fileStage, moveStage } from '@twinwrite/control'
import type { Stage } from '@twinwrite/core'
import { verify } from '@twinwrite/verify'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OrmName, ormNames } from '../torture/orms.ts'
import { type Fleet, openFleet, until } from './fleet.ts'

let fleet: Fleet
let folder: string
const ends: (() => Promise<void>)[] = []
const warnings: string[] = []
const warned = (event: unknown): void => void warnings.push((event as { message: string }).message)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twinwrite-carry-'))
  fleet = await openFleet({ beatMs: 100, leaseMs: 300 })
  subscribe('twinwrite:warning', warned)
})
afterEach(async () => {
  unsubscribe('twinwrite:warning', warned)
  warnings.length = 0
  await Promise.all(ends.splice(0).map((end) => end()))
  await fleet.close()
  await rm(folder, { recursive: true })
})

const file = (): string => join(folder, 'stage')
const say = (stage: Stage): Promise<void> => writeFile(file(), stage)

/** A process that carries out what the file says. @returns when it began to */
async function carrier(orm: OrmName, options: { claimMs?: number } = {}): Promise<number> {
  const source = fileStage({ path: file() })
  const { migration } = await fleet.app(orm, { stageSource: source })
  const begun = performance.now()
  ends.push(carryOut(migration, { source, retryMs: 100, claimMs: 400, ...options }))
  return begun
}

const notes = async (operator: ReturnType<Fleet['operate']>) =>
  (await operator.stores.target.checkpoints('carry-out')).map((checkpoint) => ({
    ...checkpoint,
    note: JSON.parse(checkpoint.body) as { settled: Stage; claim: { by: string } | null; turn: number },
  }))

test('a change is carried out by one process of three through the gates; an operator who goes back is not worked against', async () => {
  const operator = fleet.operate()
  await operator.install()
  await say('source-only')
  await Promise.all(ormNames.map((orm) => carrier(orm)))
  const stage = async (): Promise<Stage> => (await operator.look()).stage
  await until(async () => (await notes(operator))[0]?.note.settled === 'source-only')
  await say('source-first')
  await until(async () => (await stage()) === 'source-first')
  await until(async () => (await notes(operator))[0]?.note.settled === 'source-first')
  expect(await auditTrail(operator)).toMatchObject([
    { by: `file ${file()}`, from: 'source-only', to: 'source-first', outcome: 'done' },
  ])

  await say('target-first')
  await until(() => warnings.some((text) => text.includes('TW_GATES_CLOSED')))
  await sleep(1000)
  expect(warnings.filter((text) => text.includes('TW_GATES_CLOSED'))).toHaveLength(1)
  expect(await stage()).toBe('source-first')
  await operator.load()
  await verify(operator, { mode: 'full', reverse: true }).done
  await until(async () => (await stage()) === 'target-first')
  await until(async () => (await notes(operator))[0]?.note.settled === 'target-first')
  const outcomes = (await auditTrail(operator)).map(({ to, outcome }) => `${to} ${outcome}`)
  expect(outcomes).toEqual(['target-first done', 'target-first refused', 'source-first done'])

  await moveStage(operator, 'source-first', { by: 'ann' })
  await sleep(1000)
  expect(await stage()).toBe('source-first')
  expect((await auditTrail(operator, 1))[0]).toMatchObject({ by: 'ann', to: 'source-first' })
})

test('what stood there at the first look, what is no neighbour and what is no stage change nothing, and each is told once', async () => {
  const operator = fleet.operate()
  await operator.install()
  await say('source-first')
  await carrier('prisma')
  await until(() => warnings.some((text) => text.includes('before anybody carried out')))
  await say('target-only')
  await until(() => warnings.some((text) => text.includes('no step leads there from source-only')))
  await writeFile(file(), 'sauce-first')
  await until(() => warnings.some((text) => text.includes('"sauce-first"')))
  await sleep(500)
  const told = warnings.filter((text) => text.includes('no step leads there'))
  expect(told).toHaveLength(1)
  expect(await auditTrail(operator)).toEqual([])
})

test('a step that a killed process had claimed is taken, or finished, when the claim stands still', async () => {
  const operator = fleet.operate()
  await operator.install()
  await say('source-only')
  await carrier('knex')
  await until(async () => (await notes(operator)).length === 1)
  await ends.pop()!()
  await killedWithClaim(operator)
  await say('source-first')
  const begun = await carrier('typeorm', { claimMs: 800 })
  await until(async () => (await operator.look()).stage === 'source-first')
  expect(performance.now() - begun).toBeGreaterThan(800)
  await until(async () => (await notes(operator))[0]!.note.claim === null)
  await ends.pop()!()

  await killedWithClaim(operator)
  await carrier('prisma', { claimMs: 800 })
  await until(async () => (await notes(operator))[0]!.note.claim?.by !== 'killed')
  await until(async () => (await notes(operator))[0]!.note.claim === null)
  expect(await auditTrail(operator)).toHaveLength(1)
})

/** What a process leaves that dies in a step. */
async function killedWithClaim(operator: ReturnType<Fleet['operate']>): Promise<void> {
  const [{ run, table, part, body, note }] = (await notes(operator)) as [
    Awaited<ReturnType<typeof notes>>[number],
  ]
  const claimed = JSON.stringify({ ...note, turn: note.turn + 1, claim: { by: 'killed', beat: 7 } })
  expect(await operator.stores.target.saveCheckpoint({ run, table, part, body: claimed }, body)).toBe(true)
}

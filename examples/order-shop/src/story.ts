// The way of the shop through the stages, told while its customers keep calling. Everything that an operator does in a
// real migration is here, in the same order, with the same calls; the only thing that differs is the patience.

import { backfill } from '@twinwrite/backfill'
import type { RunningMigration } from '@twinwrite/knex'
import { reportText, verify } from '@twinwrite/verify'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Comparison, compare } from './compare.ts'
import { duration, whole } from './numbers.ts'
import type { SecondDatabase } from './second-database.ts'
import type { Traffic } from './traffic.ts'

export interface Stageplay {
  readonly move: RunningMigration
  readonly traffic: Traffic
  readonly second: SecondDatabase
  readonly sourceFile: string
  /** Seconds that each scene lasts, and the breakdown. */
  readonly sceneSeconds: number
  readonly outageSeconds: number
  say(text: string): void
}

export interface Outage {
  readonly ms: number
  /** Rows that waited when the database came back, and until all of them were applied. */
  readonly waiting: number
  readonly catchUpMs: number
}

/** What happened, measured. */
export interface Tale {
  readonly loadedRows: number
  /** What the verifications beside the traffic had to say against either side. */
  readonly verified: readonly string[]
  readonly outage: Outage
  /** Milliseconds in which no write could commit, switch by switch. */
  readonly pausesMs: readonly number[]
  /** Both databases after the last switch, with the customers asked to wait. */
  readonly comparison: Comparison
  /** Writes confirmed after the source was left behind, and both databases then. */
  readonly writesAlone: number
  readonly after: Comparison
}

export async function tell(play: Stageplay): Promise<Tale> {
  const { move, traffic, second, say } = play
  const scene = (): Promise<void> => sleep(play.sceneSeconds * 1000)

  traffic.start()
  say('source-only: the shop works as ever, not one extra statement')
  await scene()

  say('source-first is asked for: journal tables are made, and every process has to know of it')
  await move.install()
  await move.setStage('source-first')
  say(`source-first: every write now follows to ${second.name}`)
  const loaded = await backfill(move).done
  const loadedRows = loaded.tables.reduce((sum, { rows }) => sum + rows, 0)
  say(`what was there before is copied, beside the traffic: ${whole(loadedRows)} rows`)
  const verified = [await verifyBeside(play)]
  await scene()

  const outage = await breakSecond(play)
  await scene()
  verified.push(await verifyBeside(play))

  const pausesMs = [await switchTo(play, 'target-first')]
  await scene()
  pausesMs.push(await switchTo(play, 'source-first'))
  await scene()
  pausesMs.push(await switchTo(play, 'target-first'))
  verified.push(await verifyBeside(play))
  await scene()

  await traffic.stop()
  await move.drain()
  const comparison = await compare(play.sourceFile, second)
  say(`customers asked to wait; compared ${whole(comparison.rows)} rows on both sides`)

  await move.setStage('target-only')
  const writes = traffic.writes
  traffic.start()
  say('target-only: the source is left behind; again not one extra statement')
  await scene()
  await traffic.stop()
  const writesAlone = traffic.writes - writes
  const after = await compare(play.sourceFile, second)
  return { loadedRows, verified: verified.flat(), outage, pausesMs, comparison, writesAlone, after }
}

/** Every row of both sides, while the customers go on. @returns what is wrong */
async function verifyBeside({ move, say }: Stageplay): Promise<readonly string[]> {
  const report = await verify(move).done
  // Rows that are written again and again may be on their way at every look: nothing is said against them.
  const equal = report.mismatches === 0
  const found = equal ? 'no difference' : `${whole(report.mismatches)} differences`
  say(`verified beside the traffic, ${whole(report.rows)} rows: ${found}`)
  return equal ? [] : [reportText(report)]
}

async function switchTo({ move, say }: Stageplay, stage: 'source-first' | 'target-first'): Promise<number> {
  const { pauseMs } = await move.switchStage(stage)
  say(`${stage}: switched, writes waited ${duration(pauseMs)}`)
  return pauseMs
}

async function breakSecond({ move, second, outageSeconds, say }: Stageplay): Promise<Outage> {
  const brokenAt = performance.now()
  await second.breakDown()
  say(`${second.name} is gone (${second.breakage}); the customers go on`)
  await sleep(outageSeconds * 1000)
  await second.mend()
  const mendedAt = performance.now()
  const { journal } = await move.status()
  const waiting = journal?.entries ?? 0
  say(`${second.name} is back after ${duration(mendedAt - brokenAt)}; ${whole(waiting)} rows wait for it`)

  // Caught up: nothing that waits is older than its return.
  for (;;) {
    const { lagMs } = await move.status()
    const now = performance.now()
    if (lagMs !== null && lagMs < now - mendedAt) break
    await sleep(20)
  }
  const catchUpMs = performance.now() - mendedAt
  say(`caught up ${duration(catchUpMs)} later`)
  return { ms: mendedAt - brokenAt, waiting, catchUpMs }
}

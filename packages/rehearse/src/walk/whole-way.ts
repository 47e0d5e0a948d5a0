// All stages, forward and back, and what goes wrong on purpose between them.

import type { GateLimits } from '@twinwrite/control'
import type { RunningMigration } from '@twinwrite/core'
import type { Away } from '../faults/away.ts'
import { killController, killWriter, outage } from '../faults/faults.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { ControllerJob, WriterJob } from '../fleet/job.ts'
import type { KillReport, OutageReport } from '../report.ts'
import type { TrafficTable } from '../traffic/traffic-table.ts'
import type { Walk } from './walk.ts'

export interface Travellers {
  readonly migration: RunningMigration
  readonly fleet: Fleet
  readonly walk: Walk
  readonly away: Away
  /** Tables that are written. */
  readonly traffic: readonly TrafficTable[]
  /** For the next one. */
  readonly writerJob: () => WriterJob
  readonly common: Pick<WriterJob, 'foundBy' | 'scratch'>
  readonly limits: GateLimits
}

export interface Happened {
  outage: OutageReport | null
  readonly kills: KillReport[]
}

/** The steps of `wholeWay`, for those who ask before. */
export function plannedSteps(given: {
  readonly processes: number
  readonly rate: number
  readonly rows: number
  readonly outageMs: number
  readonly kills: boolean
}): readonly string[] {
  const { processes, rate, rows, outageMs, kills } = given
  return [
    'install the control tables in the scratch databases',
    `copy at most ${rows} rows of each table`,
    `start ${processes} processes with ${rate} operations per second in all`,
    'source-only -> source-first, backfill',
    ...(outageMs > 0 ? [`the target is away for ${outageMs / 1000} s`] : []),
    'verify, source-first -> target-first, verify, target-first -> source-first',
    ...(kills ? ['kill -9 of a writer, and of a controller in the midst of a switch, twice'] : []),
    'verify, source-first -> target-first, verify, target-first -> target-only',
    'target-only -> target-first -> source-first, verify, look for every acknowledged write',
    'drop what was made',
  ]
}

/** Noted as it happens, so that a way that ends early tells what it has met. */
export async function wholeWay(
  travellers: Travellers,
  { outageMs, kills }: { readonly outageMs: number; readonly kills: boolean },
  happened: Happened,
): Promise<void> {
  const { walk, fleet, migration } = travellers
  await walk.rest()
  await walk.move('source-first')
  await walk.backfill()
  if (outageMs > 0) await targetAway(travellers, outageMs, happened)
  await walk.verify()
  await walk.move('target-first')
  await walk.verify()
  await walk.move('source-first')
  if (kills) await withKills(travellers, happened)
  // The second of the killed switches is rolled forward.
  if ((await migration.look()).stage === 'source-first') {
    await walk.verify()
    await walk.move('target-first')
  }
  await walk.verify()
  await walk.move('target-only')
  await walk.move('target-first')
  await walk.move('source-first')
  await fleet.end()
  if (!(await migration.drain())) throw new Error('the journal does not get empty')
  await walk.verify()
}

async function targetAway(travellers: Travellers, ms: number, happened: Happened): Promise<void> {
  await travellers.walk.step('outage of the target', async () => {
    const report = await outage(travellers, ms)
    happened.outage = report
    const seconds = (report.caughtUpMs / 1000).toFixed(1)
    return { detail: `${report.acknowledged} writes meanwhile, caught up after ${seconds} s` }
  })
}

async function withKills(travellers: Travellers, { kills }: Happened): Promise<void> {
  const { walk, fleet, common, limits, writerJob } = travellers
  await walk.step('kill -9 of a writer', async () => void kills.push(await killWriter(fleet, writerJob)))
  // A switch asks for a clean one.
  await walk.verify()
  for (const diesAt of ['drain', 'open'] as const) {
    const job: ControllerJob = { ...common, role: 'controller', to: 'target-first', diesAt, limits }
    await walk.step(`kill -9 of a controller at "${diesAt}"`, async () => {
      const { stage, ...report } = await killController(travellers, job)
      kills.push(report)
      return { detail: `${report.outcome}, in ${stage}` }
    })
    await walk.rest()
  }
}

// What goes wrong on purpose, and how long it takes until all is well again.

import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningMigration, Stage } from '@twinwrite/core'
import type { Fleet } from '../fleet/fleet.ts'
import type { ControllerJob, WriterJob } from '../fleet/job.ts'
import type { KillReport, OutageReport } from '../report.ts'
import { isWritten, type TrafficTable } from '../traffic/traffic-table.ts'
import { patiently } from '../walk/patiently.ts'
import type { Walk } from '../walk/walk.ts'
import type { Away } from './away.ts'

/** Longest wait (ms) for the journal to be empty, and for a hanging switch to be finished. */
const patienceMs = 120_000

/** The secondary is away for a while: writes go on, and reach it when it is back. */
export async function outage(
  { migration, fleet, away, walk }: { migration: RunningMigration; fleet: Fleet; away: Away; walk: Walk },
  ms: number,
): Promise<OutageReport> {
  const before = fleet.book.acknowledged
  const end = await away.begin()
  try {
    const until = performance.now() + ms
    while (performance.now() < until) {
      walk.stopHere()
      await sleep(100)
    }
  } finally {
    await end()
  }
  const acknowledged = fleet.book.acknowledged - before
  const back = performance.now()
  while (!(await migration.drain({ timeoutMs: 10_000 }))) {
    walk.stopHere()
    if (performance.now() - back > patienceMs)
      throw new Error(`${patienceMs / 1000} s after the outage the journal is not empty`)
  }
  return { ms, acknowledged, caughtUpMs: performance.now() - back }
}

/** kill -9 of a process that writes, and another one in its place. */
export async function killWriter(fleet: Fleet, job: () => WriterJob): Promise<KillReport> {
  const begun = performance.now()
  await fleet.killOne()
  await fleet.start(job())
  return { killed: 'a writer', outcome: 'another one took its place', ms: performance.now() - begun }
}

interface Beside {
  readonly migration: RunningMigration
  readonly fleet: Fleet
  readonly walk: Pick<Walk, 'stopHere'>
  /** Tables that are written. */
  readonly traffic: readonly TrafficTable[]
}

/** kill -9 of a process in the midst of a switch; this one finishes it. */
export async function killController(
  { migration, fleet, walk, traffic }: Beside,
  job: ControllerJob,
): Promise<KillReport & { readonly stage: Stage }> {
  const from = await migration.look()
  const died = await fleet.controllerDies(job)
  const begun = performance.now()
  const killed = `a controller at "${job.diesAt}" of ${from.stage} -> ${job.to}`
  if (!died) return { killed, outcome: 'it ended before', ms: 0, stage: from.stage }
  // Sessions of the dead process may hold the fence for a moment.
  const recovery = await patiently(
    () => migration.recover(),
    () => walk.stopHere(),
  )
  // A process of the fleet may have been faster.
  const outcome = recovery === 'nothing' ? 'the fleet had finished it' : recovery
  const { stage, plan } = await migration.look()
  const acknowledged = fleet.book.acknowledged
  const writes = traffic.some((table) => isWritten(table, plan.primary))
  while (writes && fleet.book.acknowledged === acknowledged) {
    walk.stopHere()
    if (performance.now() - begun > patienceMs)
      throw new Error(`no write went through after ${killed} was killed`)
    await sleep(5)
  }
  return { killed, outcome, ms: performance.now() - begun, stage }
}

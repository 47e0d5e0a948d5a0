// The whole way of a migration, forward and back, step by step, while the writers write. What a step can't do ends it.

import { setTimeout as sleep } from 'node:timers/promises'
import { backfill } from '@twinwrite/backfill'
import { type GateLimits, moveStage } from '@twinwrite/control'
import type { RunningMigration, Stage } from '@twinwrite/core'
import { verify, type VerifyReport } from '@twinwrite/verify'
import type { RehearseOptions } from '../options.ts'
import type { StepReport } from '../report.ts'
import { wordedText } from '../worded.ts'
import { patiently } from './patiently.ts'

/** Both sides differ: everything after it would say nothing. */
export class Differing extends Error {
  constructor({ tables: all }: VerifyReport) {
    const tables = all.flatMap(({ table, mismatches: { missing, extra, different } }) =>
      missing + extra + different === 0
        ? []
        : [`${table}: ${missing} missing, ${extra} extra, ${different} different`],
    )
    super(`both sides differ: ${tables.join('; ')}`)
  }
}

export class Stopped extends Error {}

const verifyTries = 5
/** Milliseconds between two tries. */
const verifyRestMs = 500

export class Walk {
  readonly steps: StepReport[] = []
  readonly pausesMs: number[] = []
  readonly lagsMs: number[] = []
  backfillPerSecond: number | null = null
  readonly #migration: RunningMigration
  readonly #options: RehearseOptions & { readonly restMs: number }
  readonly #limits: GateLimits

  constructor(
    migration: RunningMigration,
    options: RehearseOptions & { readonly restMs: number },
    limits: GateLimits,
  ) {
    this.#migration = migration
    this.#options = options
    this.#limits = limits
  }

  /** Runs a step, measures and tells it. @throws Stopped, Differing, and what the first step throws; of later ones, which step it was */
  async step(name: string, work: () => Promise<Partial<StepReport> | void>): Promise<void> {
    this.stopHere()
    const begun = performance.now()
    const found = await work().catch((error: unknown) => {
      if (this.steps.length === 0 || error instanceof Stopped || error instanceof Differing) throw error
      throw new Error(`${name}: ${wordedText(error)}`, { cause: error })
    })
    const ms = performance.now() - begun
    const step = { name, ms, pauseMs: null, detail: null, ...found }
    this.steps.push(step)
    this.#options.say?.(stepText(step))
  }

  /** Traffic goes on; the lag is looked at. */
  async rest(ms = this.#options.restMs): Promise<void> {
    const until = performance.now() + ms
    while (performance.now() < until) {
      this.stopHere()
      const { lagMs } = await this.#patiently(() => this.#migration.status())
      if (lagMs !== null) this.lagsMs.push(lagMs)
      await sleep(Math.min(250, Math.max(0, until - performance.now())))
    }
  }

  install(): Promise<void> {
    return this.step('install', async () => void (await this.#patiently(() => this.#migration.install())))
  }

  async move(to: Stage): Promise<void> {
    const { stage: from } = await this.#migration.look()
    await this.step(`${from} -> ${to}`, async () => {
      const { switched } = await this.#patiently(() =>
        moveStage(this.#migration, to, { limits: this.#limits, reason: 'rehearsal' }),
      )
      if (switched === null) return {}
      this.pausesMs.push(switched.pauseMs)
      return { pauseMs: switched.pauseMs }
    })
    await this.rest()
  }

  backfill(): Promise<void> {
    return this.step('backfill', async () => {
      const begun = performance.now()
      const { tables } = await this.#patiently(() => backfill(this.#migration, this.#options.backfill).done)
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      this.backfillPerSecond = Math.round((rows * 1000) / Math.max(1, performance.now() - begun))
      return { detail: `${rows} rows, ${this.backfillPerSecond} rows/s` }
    })
  }

  /** @throws Differing */
  verify(): Promise<void> {
    return this.step('verify', async () => {
      for (let tries = 1; ; tries++) {
        const report = await this.#patiently(() => verify(this.#migration, { show: 1 }).done)
        if (report.clean) return { detail: `${report.rows} rows, clean` }
        if (report.open > 0) throw new Differing(report)
        if (tries === verifyTries)
          throw new Error(`${report.inFlight.length} rows were on their way at each of ${tries} looks`)
        await sleep(verifyRestMs)
      }
    })
  }

  #patiently<T>(work: () => Promise<T>): Promise<T> {
    return patiently(work, () => this.stopHere())
  }

  stopHere(): void {
    if (this.#options.signal?.aborted) throw new Stopped('the rehearsal was stopped')
  }
}

function stepText({ name, ms, pauseMs, detail }: StepReport): string {
  const parts = [
    `${(ms / 1000).toFixed(1)} s`,
    ...(pauseMs === null ? [] : [`writes waited ${Math.round(pauseMs)} ms`]),
    ...(detail === null ? [] : [detail]),
  ]
  return `${name}: ${parts.join(', ')}`
}

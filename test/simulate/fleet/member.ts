// One process of the fleet: the real running migration over simulated ports, and a small pool of app connections.

import type { RunningMigration, Side, SqlDialect } from '@twinwrite/core'
import { parseMigration } from '../../../packages/core/src/mapping/config.ts'
import { Neighbourhood } from '../../../packages/core/src/migration/neighbours.ts'
import { RunningMigration as Running } from '../../../packages/core/src/migration/running-migration.ts'
import { AppConnection } from '../../../packages/core/src/write/app-connection.ts'
import type { WriteSide } from '../../../packages/core/src/write/write-side.ts'
import type { SimProcess } from '../engine/sim-process.ts'
import { simCapturer } from '../ports/sim-capturer.ts'
import { SimConnection } from '../ports/sim-connection.ts'
import type { SimResponse } from '../server/response.ts'
import { simDialect, type SimEngine } from '../ports/sim-dialect.ts'
import { SimBulk } from '../ports/sim-bulk.ts'
import type { SimStore } from '../ports/sim-store.ts'
import type { World } from '../world.ts'

export interface PooledConnection {
  readonly native: SimConnection
  readonly app: AppConnection<SimResponse>
}

export class Member {
  readonly world: World
  readonly process: SimProcess
  readonly migration: RunningMigration
  readonly #stores: Record<Side, SimStore>
  readonly #idle: Record<Side, PooledConnection[]> = { source: [], target: [] }

  constructor(world: World, process: SimProcess) {
    this.world = world
    this.process = process
    const stores = (this.#stores = world.stores(process))
    const engines = {
      host: process.name,
      detect: (spec: { readonly engine: string }) => Promise.resolve(spec.engine as SimEngine),
      open: (_spec: unknown, side: Side) => stores[side],
      openBulk: (_spec: unknown, side: Side) => new SimBulk(stores[side]),
      openRows: () => {
        throw new Error('the simulated verifier looks at single rows')
      },
      openReplica: () => {
        throw new Error('the simulated world has no read replicas')
      },
      dialect: (engine: string): SqlDialect => {
        const dialect = simDialect(engine as SimEngine)
        return world.mutation?.dialect?.(dialect) ?? dialect
      },
    }
    const { source, target } = world.plan.engines
    const sides = {
      source: { engine: source, connection: null },
      target: { engine: target, connection: null },
    }
    this.migration = new Running(settings(world), engines, sides, process.clock, {
      orm: 'none',
      among: new Neighbourhood(),
    })
  }

  connection(side: Side): PooledConnection {
    const idle = this.#idle[side].pop()
    if (idle !== undefined) return idle
    const { databases, mutation, plan } = this.world
    const native = new SimConnection(this.process, databases[side], () => this.world.network())
    const { side: real } = this.migration.connect(side, native)
    const capturer = simCapturer(plan.engines[side] === 'postgres' && mutation?.dialect === undefined)
    const simulated: WriteSide = Object.create(real, { capturer: { value: capturer } })
    return {
      native,
      app: new AppConnection(mutation?.writeSide?.(simulated, this.#stores) ?? simulated, native),
    }
  }

  /** Gives a connection back; one that may be broken or in a transaction is closed, as every pool does. */
  release(side: Side, connection: PooledConnection): void {
    if (connection.app.inTransaction || !connection.native.usable) connection.native.discard()
    else this.#idle[side].push(connection)
  }
}

function settings({ plan }: World): ReturnType<typeof parseMigration> {
  return parseMigration({
    name: 'simulated',
    tables: { item: true, line: true },
    armed: plan.armed,
    undo: plan.undo,
    level: plan.level,
    apply: plan.awaitsApply ? 'await' : 'background',
    applyBudgetMs: 60,
    batchSize: plan.batchSize,
    appliers: plan.appliers,
    pollMs: plan.pollMs,
    beatMs: plan.beatMs,
    leaseMs: plan.beatMs * 4,
    freezeTimeoutMs: 150,
    drainTimeoutMs: 400,
    writeWaitMs: 3000,
    breaker: { failures: 3, probeMs: 100 },
    attempts: 3,
    counterHeadroom: 10,
  })
}

// A world of two servers without a fleet, for tests of the simulator itself.

import type { Role } from '@twinwrite/core'
import { Random } from '../engine/random.ts'
import { Scheduler } from '../engine/scheduler.ts'
import { SimProcess } from '../engine/sim-process.ts'
import { Oracle } from '../oracle.ts'
import { SimConnection } from '../ports/sim-connection.ts'
import type { SimResponse } from '../server/response.ts'
import type { SimEngine } from '../ports/sim-dialect.ts'
import type { AppWrite } from '../ports/sim-statement.ts'
import { SimStore } from '../ports/sim-store.ts'
import { SimDatabase } from '../server/sim-database.ts'

const network = { slowness: 1, lossOneIn: 0, transientOneIn: 0 }

export class SmallWorld {
  readonly scheduler: Scheduler
  readonly oracle: Oracle
  readonly source: SimDatabase
  readonly target: SimDatabase

  constructor(seed = 1, engine: SimEngine = 'postgres') {
    this.scheduler = new Scheduler(new Random(seed), true)
    this.oracle = new Oracle(this.scheduler)
    const database = (side: 'source' | 'target', role: Role): SimDatabase => {
      const first = { role, epoch: 1, stage: 'source-first' } as const
      const options = { engine, barging: false, lockTimeoutMs: 100 }
      return new SimDatabase(side, this.scheduler, this.oracle, first, options)
    }
    this.source = database('source', 'primary')
    this.target = database('target', 'secondary')
    this.oracle.watch(this.source)
    this.oracle.watch(this.target)
  }

  process(name = 'app'): SimProcess {
    return new SimProcess(this.scheduler, name)
  }

  store(database: SimDatabase, process = this.process()): SimStore {
    return new SimStore(process, database, { network: () => network, splitSnapshot: false })
  }

  connection(database: SimDatabase, process = this.process()): SimConnection {
    return new SimConnection(process, database, () => network)
  }

  /** Runs the world until the task has ended. @returns what it gave */
  async run<T>(task: () => Promise<T>): Promise<T> {
    let settled: { readonly value: T } | { readonly error: unknown } | undefined
    this.process('test').spawn('test', () =>
      task().then(
        (value) => (settled = { value }),
        (error: unknown) => (settled = { error }),
      ),
    )
    const end = await this.scheduler.run(() => settled !== undefined, 10_000)
    if (settled === undefined) throw new Error(`the task did not end: ${end} ${this.scheduler.failure ?? ''}`)
    if ('error' in settled) throw settled.error
    return settled.value
  }

  /** Runs the world until nothing happens any more. */
  async settle(): Promise<void> {
    await this.scheduler.run(() => false, 10_000)
  }
}

/** Sends one statement of the little language. */
export function send(connection: SimConnection, statement: string | AppWrite): Promise<SimResponse> {
  return typeof statement === 'string'
    ? connection.own({ sql: statement, bindings: [] })
    : connection.own({ sql: statement.verb, bindings: [statement] })
}

export const put = (key: string, token: string, label = `L${key}`): AppWrite => ({
  verb: 'put',
  key,
  label,
  token,
})

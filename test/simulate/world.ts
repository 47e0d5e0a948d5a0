// Everything that exists in one simulated run: two servers, the network, the processes, and what they agreed on.

import type { Fence, Side } from '@twinwrite/core'
import type { RunPlan } from './plan.ts'
import type { Random } from './engine/random.ts'
import { Scheduler } from './engine/scheduler.ts'
import { SimProcess } from './engine/sim-process.ts'
import type { Mutation } from './mutations.ts'
import { Oracle } from './oracle.ts'
import type { NetworkOptions } from './ports/link.ts'
import { SimStore } from './ports/sim-store.ts'
import { SimDatabase } from './server/sim-database.ts'
import { item, line } from './server/sim-tables.ts'

const calmNetwork = { slowness: 0.5, lossOneIn: 0, transientOneIn: 0 }

export class World {
  readonly plan: RunPlan
  readonly random: Random
  readonly scheduler: Scheduler
  readonly oracle: Oracle
  readonly databases: Record<Side, SimDatabase>
  readonly mutation: Mutation | null
  /** True while faults happen and controllers switch; then the fleet must come to rest. */
  storm = true
  /** The side that follows is being loaded once more, and not done yet. */
  refilling = false
  readonly processes = new Set<SimProcess>()
  #tokens = 1

  constructor(plan: RunPlan, random: Random, mutation: Mutation | null, tracing: boolean) {
    this.plan = plan
    this.random = random
    this.mutation = mutation
    this.scheduler = new Scheduler(random, tracing)
    this.oracle = new Oracle(this.scheduler)
    const stage = plan.fromSourceOnly ? 'source-only' : 'source-first'
    this.databases = {
      source: this.#database('source', { role: 'primary', epoch: 1, stage }),
      target: this.#database('target', { role: 'secondary', epoch: 1, stage }),
    }
    if (!plan.fromSourceOnly) {
      // The barrier was passed before the run.
      const since = { run: 'followed', table: '*', part: 0, body: '{"since":1}' }
      this.databases.source.saveCheckpoint('followed * 0', since, null)
    }
    this.#fill()
  }

  /** A new process; `boot` starts its tasks, also after each kill. */
  process(name: string, boot: (process: SimProcess) => void): SimProcess {
    const process = new SimProcess(this.scheduler, name)
    this.processes.add(process)
    process.onDeath(() => {
      this.processes.delete(process)
      const restartMs = 1 + this.random.below(40)
      this.scheduler.after(restartMs, null, 'restart', () => this.process(name, boot))
    })
    boot(process)
    return process
  }

  /** From now on nothing breaks, and the fleet may come to rest. */
  calm(): void {
    this.storm = false
    for (const process of this.processes) process.resume()
    for (const database of [this.databases.source, this.databases.target]) {
      database.downUntil = 0
      for (const session of database.sessions) if (session.owner.dead) session.hangUp()
    }
    this.scheduler.log('world', 'calm')
  }

  nextToken(): number {
    return this.#tokens++
  }

  network(): NetworkOptions {
    return this.storm ? this.plan.network : calmNetwork
  }

  /** What the code under test gets. */
  stores(process: SimProcess): Record<Side, SimStore> {
    const { source, target } = this.#correctStores(process)
    const seeded = (store: SimStore): SimStore => this.mutation?.store?.(store, this) ?? store
    return { source: seeded(source), target: seeded(target) }
  }

  /** For the verifier: without a bug that is seeded in the protocol, so that it judges; with one that is seeded in itself. */
  verifyingStores(process: SimProcess): Record<Side, SimStore> {
    const { source, target } = this.#correctStores(process)
    const seeded = (store: SimStore): SimStore => this.mutation?.verifying?.(store) ?? store
    return { source: seeded(source), target: seeded(target) }
  }

  #correctStores(process: SimProcess): Record<Side, SimStore> {
    const options = { network: () => this.network(), splitSnapshot: this.plan.splitSnapshot }
    const store = (side: Side): SimStore => new SimStore(process, this.databases[side], options)
    return { source: store('source'), target: store('target') }
  }

  /** Nothing is left to do on either server. */
  get atRest(): boolean {
    const { source, target } = this.databases
    if (source.journal.size > 0 || target.journal.size > 0) return false
    const roles = [source.fence.role, target.fence.role]
    if (!roles.includes('primary') || !roles.includes('secondary')) return false
    return this.#idle(source) && this.#idle(target)
  }

  #idle(database: SimDatabase): boolean {
    for (const session of database.sessions) if (session.transaction !== null || session.busy) return false
    return true
  }

  #database(side: Side, first: Fence): SimDatabase {
    const { plan } = this
    const database = new SimDatabase(side, this.scheduler, this.oracle, first, {
      engine: plan.engines[side],
      barging: plan.barging,
      lockTimeoutMs: plan.lockTimeoutMs,
    })
    this.oracle.watch(database)
    return database
  }

  #fill(): void {
    const { source } = this.databases
    for (let number = 1; number <= this.plan.items; number++) {
      if (this.random.oneIn(4)) continue
      const id = String(number)
      this.oracle.initial(source, item.name, id, [id, `L${number}`, `first ${number}`])
      if (this.random.oneIn(2)) this.oracle.initial(source, line.name, id, [id, id, `first ${number}`])
    }
  }
}

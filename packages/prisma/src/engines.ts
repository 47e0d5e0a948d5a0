// Prisma's engines of both sides: each plans queries for its own schema and runs them on its own adapter.

import type { Side } from '@twinwrite/core'
import { type Engine, engineOn, type ClientInternals } from './prisma-internals.ts'
import type { Running } from './running.ts'

export class Engines {
  /** The one that the client had. */
  readonly before: Engine
  readonly #source: Engine
  readonly #target: Engine
  readonly #running: Running
  #aside: Engine | undefined

  constructor(running: Running, client: ClientInternals) {
    const { engine, factory } = client
    this.before = engine
    this.#running = running
    this.#source = running.owns(factory) ? engine : engineOn(engine, running.capturing(factory))
    this.#target = engineOn(running.targetClient?.engine ?? engine, running.capturingTarget(), engine)
  }

  of(side: Side): Engine {
    return side === 'source' ? this.#source : this.#target
  }

  /** On the source without capture: for tables that are not mapped, while the source takes no captured write. */
  get aside(): Engine {
    this.#aside ??=
      this.before === this.#source ? engineOn(this.before, this.#running.source.factory) : this.before
    return this.#aside
  }

  /** Options of a transaction as the side's engine takes them: one that is serializable always knows no levels. */
  isolated<T extends { readonly isolationLevel?: string }>(side: Side, options: T): T {
    const { source, target } = this.#running
    if (side === 'source' || target.engine.isolates || !source.engine.isolates) return options
    return { ...options, isolationLevel: undefined }
  }

  async stop(): Promise<void> {
    const all = new Set([this.before, this.#source, this.#target])
    if (this.#aside !== undefined) all.add(this.#aside)
    await Promise.all([...all].map((engine) => engine.stop()))
  }
}

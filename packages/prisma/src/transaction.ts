// Transactions of the app: each begins on the side that is primary and stays there, whatever the stage becomes meanwhile.
// A BEGIN that the fence refuses is begun again on the other side, before the app's callback has run. Upholds W1, W8.

import { isMoved, mostMoves, type Side } from '@twinwrite/core'
import type { Engines } from './engines.ts'
import type { Engine, StartOptions, TransactionInfo } from './prisma-internals.ts'
import type { Running } from './running.ts'

interface Pinned {
  readonly side: Side
  readonly engine: Engine
  /** Transactions inside of it, and itself. */
  depth: number
}

/** Ended transactions whose queries still get their engine's own error; the engine remembers as many. */
const mostEnded = 100

export class TransactionRouter {
  readonly #running: Running
  readonly #engines: Engines
  readonly #pinned = new Map<string, Pinned>()
  readonly #ended: string[] = []

  constructor(running: Running, engines: Engines) {
    this.#running = running
    this.#engines = engines
  }

  /** Where a transaction runs; one that began before our time is on the engine that was there. */
  of(id: string): Pick<Pinned, 'side' | 'engine'> {
    return this.#pinned.get(id) ?? { side: 'source', engine: this.#engines.before }
  }

  async start(headers: unknown, options: StartOptions): Promise<TransactionInfo> {
    if (options.newTxId !== undefined) return this.#startInside(options.newTxId, headers, options)
    const { migration } = this.#running
    let side = await migration.primary()
    for (let moves = 0; ; moves++) {
      const engine = this.#engines.of(side)
      try {
        const info = await engine.transaction('start', headers, this.#engines.isolated(side, options))
        this.#pinned.set(info.id, { side, engine, depth: 1 })
        return info
      } catch (error) {
        if (!isMoved(error) || moves >= mostMoves) throw error
        side = await migration.movedFrom(side)
      }
    }
  }

  async end(action: 'commit' | 'rollback', headers: unknown, info: TransactionInfo): Promise<undefined> {
    const pinned = this.#pinned.get(info.id)
    try {
      return await this.of(info.id).engine.transaction(action, headers, info)
    } finally {
      if (pinned !== undefined && --pinned.depth === 0) this.#forgetLater(info.id)
    }
  }

  async #startInside(id: string, headers: unknown, options: StartOptions): Promise<TransactionInfo> {
    const info = await this.of(id).engine.transaction('start', headers, options)
    const pinned = this.#pinned.get(id)
    if (pinned !== undefined) pinned.depth++
    return info
  }

  #forgetLater(id: string): void {
    this.#ended.push(id)
    if (this.#ended.length > mostEnded) this.#pinned.delete(this.#ended.shift()!)
  }
}

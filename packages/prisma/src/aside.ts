// Runs reads of the app a second time, on either side, with engines and pools of our own: the app's pools, logs and events have no part in
// it. Upholds W7.

import type { SqlDriverAdapter, SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { Side } from '@twinwrite/core'
import { cutConnections, type Engine, engineOn, poolOf, quietly } from './prisma-internals.ts'
import type { Running } from './running.ts'

/** Longest time (ms) that closing waits for a server's goodbye. */
const goodbyeMs = 1000

interface Own {
  readonly engine: Engine
  readonly factory: OwnFactory
}

export class Aside {
  readonly #running: Running
  /** The one that the client had. */
  readonly #before: Engine
  readonly #sides = new Map<Side, Own>()

  constructor(running: Running, before: Engine) {
    this.#running = running
    this.#before = before
  }

  async run<T>(side: Side, run: (engine: Engine) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    const { engine, factory } = this.#side(side)
    // Which connection the read is on nobody can tell; what hangs there hangs for all.
    const giveUp = (): void => factory.cut()
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await run(engine)
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** It may be used again. */
  async close(): Promise<void> {
    const ended = [...this.#sides.values()].map(async ({ engine, factory }) => {
      factory.cut()
      let timer: NodeJS.Timeout | undefined
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, goodbyeMs)
      })
      await Promise.race([engine.stop(), enough])
      clearTimeout(timer)
    })
    this.#sides.clear()
    await Promise.all(ended)
  }

  #side(side: Side): Own {
    const known = this.#sides.get(side)
    if (known !== undefined) return known
    const { targetClient } = this.#running
    const factory = new OwnFactory(this.#running[side].factory)
    const like = side === 'source' ? this.#before : (targetClient?.engine ?? this.#before)
    const own = { factory, engine: engineOn(like, factory, quietly(this.#before)) }
    this.#sides.set(side, own)
    return own
  }
}

/** Makes pools of its own, or none. */
class OwnFactory implements SqlDriverAdapterFactory {
  readonly provider: SqlDriverAdapterFactory['provider']
  readonly adapterName: SqlDriverAdapterFactory['adapterName']
  readonly #factory: SqlDriverAdapterFactory
  #adapter: SqlDriverAdapter | undefined

  constructor(factory: SqlDriverAdapterFactory) {
    this.provider = factory.provider
    this.adapterName = factory.adapterName
    this.#factory = factory
  }

  async connect(): Promise<SqlDriverAdapter> {
    const [adapter, other] = [await this.#factory.connect(), await this.#factory.connect()]
    const isShared = poolOf(adapter) !== undefined && poolOf(adapter) === poolOf(other)
    await other.dispose()
    // The app gave its adapter a pool, of which nothing is to be taken.
    if (isShared) throw new Error('the adapter was given a pool instead of settings')
    this.#adapter = adapter
    return adapter
  }

  cut(): void {
    if (this.#adapter !== undefined) cutConnections(this.#adapter)
  }
}

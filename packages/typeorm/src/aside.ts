// Runs reads of the app a second time, on either side, on pools of our own: the app's pools, loggers and subscribers have no part in it.
// Entities are those of the side, whose metadata is shared: building it anew would take the app's active records away. Upholds W7.

import type { Side } from '@twinwrite/core'
import type { DataSource, DataSourceOptions } from 'typeorm'
import { appClasses } from './app-classes.ts'
import type { DialectName } from './dialect.ts'
import type { Place } from './place.ts'
import type { Running } from './running.ts'
import type { SideClient } from './side-client.ts'
import { internals } from './typeorm-internals.ts'

/** Longest time (ms) that closing waits for a server's goodbye. */
const goodbyeMs = 1000

export class Aside {
  readonly #running: Running
  readonly #sides = new Map<Side, Promise<DataSource>>()

  constructor(running: Running) {
    this.#running = running
  }

  async run<T>(side: Side, work: (place: Place) => T | Promise<T>, signal: AbortSignal): Promise<T> {
    const dataSource = await this.#dataSource(side)
    signal.throwIfAborted()
    // Which connection the read is on nobody can tell; what hangs there hangs for all.
    const giveUp = (): void => cut[this.#running.sides[side].dialect](dataSource)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await work({ side, dataSource, manager: dataSource.manager, runner: undefined })
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  async close(): Promise<void> {
    const ended = [...this.#sides].map(async ([side, opening]) => {
      let timer: NodeJS.Timeout | undefined
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, goodbyeMs)
      })
      const goodbye = opening.then((dataSource) => {
        cut[this.#running.sides[side].dialect](dataSource)
        return dataSource.destroy()
      })
      await Promise.race([goodbye.catch(() => undefined), enough])
      clearTimeout(timer)
    })
    this.#sides.clear()
    await Promise.all(ended)
  }

  #dataSource(side: Side): Promise<DataSource> {
    const known = this.#sides.get(side)
    if (known !== undefined) return known
    const connections = this.#running.migration.reads?.asideConnections ?? 1
    const opening = open(this.#running.sides[side], connections)
    this.#sides.set(side, opening)
    opening.catch(() => this.#sides.delete(side))
    return opening
  }
}

async function open({ dataSource: of }: SideClient, connections: number): Promise<DataSource> {
  const own = new (appClasses(of).DataSource)({
    ...of.options,
    poolSize: connections,
    entities: [],
    subscribers: [],
    migrations: [],
    synchronize: false,
    dropSchema: false,
    migrationsRun: false,
    logging: false,
    cache: false,
  } as DataSourceOptions)
  await own.initialize()
  const { entityMetadatas, entityMetadatasMap } = of
  Object.assign(own, { entityMetadatas, entityMetadatasMap })
  internals(own).findMetadata = (wanted) => internals(of).findMetadata(wanted)
  return own
}

interface PgPool {
  readonly _clients?: readonly { readonly connection?: { readonly stream?: { destroy(): void } } }[]
}

interface MysqlPool {
  readonly _allConnections?: { toArray(): readonly { destroy(): void }[] }
}

/** Ends all connections of a data source without asking the server. */
const cut: Readonly<Record<DialectName, (dataSource: DataSource) => void>> = {
  postgres: (dataSource) => {
    const { master } = dataSource.driver as unknown as { master?: PgPool }
    for (const { connection } of master?._clients ?? []) connection?.stream?.destroy()
  },
  mysql: (dataSource) => {
    const { pool } = dataSource.driver as unknown as { pool?: MysqlPool }
    for (const connection of pool?._allConnections?.toArray() ?? []) connection.destroy()
  },
  sqlite: () => undefined,
}

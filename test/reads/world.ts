// What the proofs of the read policy need of an app with any of the ORMs: a few reads and one write of one table of a shop, and the target
// as others see it, which the app reaches through a network that can fail.

import type { MigrationOptions, RunningMigration, Stage } from '@twinwrite/core'
import {
  type DatabaseSession,
  type Engine,
  faultProxy,
  type FaultProxy,
  openSession,
  server,
} from '@twinwrite/testkit'

export interface App {
  readonly migration: RunningMigration
  /** Customers in the order of their keys. */
  all(): Promise<readonly { readonly id: number; readonly name: string | null }[]>
  /** Customers of a name, in no order. */
  named(name: string): Promise<unknown>
  /** The same in raw SQL that means the same on both sides; null where there is none. */
  rawNamed: ((name: string) => Promise<unknown>) | null
  /** The same in a transaction. */
  namedInTransaction(name: string): Promise<unknown>
  /** The same as one of a batch, which is a transaction; null where the ORM has none. */
  namedInBatch: ((name: string) => Promise<unknown>) | null
  /** The same with a lock; null where the ORM has none outside of transactions. */
  namedLocked: ((name: string) => Promise<unknown>) | null
  rename(id: number, name: string): Promise<unknown>
  add(name: string): Promise<unknown>
  toStage(stage: Stage): Promise<void>
  settled(): Promise<void>
  /** Address of the target database itself. */
  readonly targetUrl: string
  /** Customers in the target: its name there, and the names of the key and of the name. */
  readonly table: { readonly name: string; readonly id: string; readonly text: string }
  close(): Promise<void>
}

export interface AppOptions {
  readonly migration: MigrationOptions
  /** Where the app finds the target's server. */
  readonly targetVia: { readonly host: string; readonly port: number }
}

export type OpenApp = (source: Engine, options: AppOptions) => Promise<App>

export interface World {
  readonly app: App
  readonly proxy: FaultProxy
  /** On the target, past everything. */
  readonly target: DatabaseSession
  /** How many packets to the target held this text. */
  sentToTarget(text: string): number
  close(): Promise<void>
}

/** To a target on PostgreSQL. */
export async function openReads(open: OpenApp, source: Engine, migration: MigrationOptions): Promise<World> {
  const { url } = await server('postgres')
  const proxy = await faultProxy(url)
  const sent: string[] = []
  const never = proxy.cutBefore((bytes, direction) => {
    if (direction === 'to-server') sent.push(bytes.toString('latin1'))
    return false
  })
  never.catch(() => undefined)
  const app = await open(source, { migration, targetVia: { host: proxy.host, port: proxy.port } })
  const target = await openSession('postgres', app.targetUrl)
  return {
    app,
    proxy,
    target,
    sentToTarget: (text) => sent.filter((one) => one.includes(text)).length,
    close: async () => {
      target.close()
      await app.close()
      await proxy.close()
    },
  }
}

/** Waits until it holds; fails with what it came to. */
export async function until<T>(look: () => T | Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  for (const end = Date.now() + 8000; ;) {
    const seen = await look()
    if (holds(seen)) return seen
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

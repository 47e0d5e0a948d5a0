// For tests: one side on a fresh database of a real engine, with a connection as an app would have it, and the store under test.

import type { ControlNaming, Fence, SideTable, SqlDialect, Store } from '@twinwrite/core'
import { type Engine, freshDatabase } from '@twinwrite/testkit'
import { afterEach } from 'vitest'
import { defaultNaming, openStore, sqlDialect } from '../engines.ts'
import { type AppConnection, openApp, whole } from './app-connection.ts'

export interface TestSide {
  readonly engine: Engine
  readonly connection: unknown
  readonly naming: ControlNaming
  readonly store: Store
  readonly dialect: SqlDialect
  /** One connection of the app that stays open for the test. */
  readonly app: AppConnection
  connect(): Promise<AppConnection>
  /** Reads tables from the catalog and makes them known to the store with all their columns, under their own names. */
  use(...names: readonly string[]): Promise<SideTable[]>
}

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

export function cleanUp(work: () => Promise<void>): void {
  cleanups.push(work)
}

export const engines = ['postgres', 'mysql', 'mariadb', 'sqlite'] as const

/** Engines on which several transactions write at a time. */
export const rowLocking = ['postgres', 'mysql', 'mariadb'] as const

export const first: Fence = { role: 'primary', epoch: 1, stage: 'source-first' }

export async function testSide(
  engine: Engine,
  options: { readonly naming?: Partial<ControlNaming> } = {},
): Promise<TestSide> {
  const database = await freshDatabase(engine)
  cleanUp(() => database.drop())
  const naming: ControlNaming = { migration: 'shop', ...defaultNaming, ...options.naming }
  const { connection } = database
  const store = openStore({ engine, connection, side: 'target', naming })
  cleanUp(() => store.close())
  const connect = async (): Promise<AppConnection> => {
    const opened = await openApp(engine, connection)
    cleanUp(() => opened.end())
    return opened
  }
  const app = await connect()
  return {
    engine,
    connection,
    naming,
    store,
    dialect: sqlDialect(engine, naming),
    app,
    connect,
    use: async (...names) => {
      const tables = (await store.catalog(names.map((name) => ({ schema: null, name })))).map(whole)
      store.use(new Map(tables.map((table) => [table.mapping, table])))
      return tables
    },
  }
}

// A whole small world for tests of the Prisma adapter: databases of an engine pair with the shop's tables, a client with
// double writes, plain ones beside it, and a reference database for what plain Prisma would have done.

import { doubleWrite } from '@twinwrite/prisma'
import type { MigrationConfig, MigrationOptions, RunningMigration, Side, Stage } from '@twinwrite/core'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { defineMigration } from '@twinwrite/sql'
import { type Engine, freshDatabase, type FreshDatabase } from '@twinwrite/testkit'
import { type PlainSession, plainSession, quoted } from '../conformance/plain-session.ts'
import { quiet } from '../quiet.ts'
import { adapterFor } from './adapter-for.ts'
import { type ShopClient, shopClient } from './clients.ts'
import { makeShop, shopTables } from './shop-tables.ts'

export interface WorldOptions {
  readonly migration?: MigrationOptions
  /** Changes the derived tables. */
  readonly tables?: (derived: MigrationConfig['tables']) => MigrationConfig['tables']
  /** Of the wrapped client. */
  readonly client?: Readonly<Record<string, unknown>>
  /** Gives the client an adapter of `dw.adapter()`. */
  readonly explicit?: boolean
  /** Most connections of the wrapped client's pool. */
  readonly max?: number
  /** Where the wrapped client finds the target's server. */
  readonly targetVia?: { readonly host: string; readonly port: number }
  /** Makes the source's adapter. */
  readonly adapter?: (database: FreshDatabase) => SqlDriverAdapterFactory
  /** Makes the clients; the generated ones when left out. */
  readonly make?: typeof shopClient
}

export type DoubledClient = ShopClient & { readonly $twinwrite: RunningMigration }

export interface World {
  readonly engines: Readonly<Record<Side, Engine>>
  readonly databases: Readonly<Record<Side | 'reference', FreshDatabase>>
  /** The client with double writes, and the base client that it extends. */
  readonly prisma: DoubledClient
  readonly base: ShopClient
  /** Plain ones on the same databases. */
  readonly source: ShopClient
  readonly target: ShopClient
  /** A plain one on a database of its own with the source's tables. */
  readonly reference: ShopClient
  readonly migration: RunningMigration
  /** One more client with double writes on the same databases, as another process has it. */
  open(options?: WorldOptions): DoubledClient
  toStage(stage: Stage): Promise<void>
  /** Waits until the journal is empty. */
  settled(): Promise<void>
  /** All rows of all tables, by the source's names, as texts. */
  contents(which: Side | 'reference'): Promise<Record<string, unknown[]>>
  session(which: Side | 'reference'): PlainSession
  close(): Promise<void>
}

export const quick: MigrationOptions = {
  beatMs: 100,
  leaseMs: 300,
  pollMs: { min: 5, max: 50 },
  freezeTimeoutMs: 5000,
}

export async function openWorld(source: Engine, target: Engine, options: WorldOptions = {}): Promise<World> {
  const [sourceBase, targetBase, referenceBase] = await Promise.all([
    freshDatabase(source as 'sqlite') as Promise<FreshDatabase>,
    freshDatabase(target as 'sqlite') as Promise<FreshDatabase>,
    freshDatabase(source as 'sqlite') as Promise<FreshDatabase>,
  ])
  const databases = { source: sourceBase, target: targetBase, reference: referenceBase }
  await makeShop(sourceBase, 'source')
  await makeShop(targetBase, 'target')
  await makeShop(referenceBase, 'source')
  const sessions = {
    source: await plainSession(sourceBase),
    target: await plainSession(targetBase),
    reference: await plainSession(referenceBase),
  }
  const clients: { $disconnect(): Promise<void> }[] = []
  const kept = <T extends { $disconnect(): Promise<void> }>(client: T): T => {
    clients.push(client)
    return client
  }
  const open = (more: WorldOptions = {}) => {
    const {
      migration,
      tables = unchanged,
      client = {},
      explicit = false,
      max,
      adapter = (database: FreshDatabase) => adapterFor(database, max),
      make = shopClient,
      targetVia = {},
    } = { ...options, ...more }
    const reached = { ...targetBase, connection: { ...targetBase.connection, ...targetVia } } as FreshDatabase
    const dw = doubleWrite({
      target: kept(make(reached, 'target')),
      migration: (derived) =>
        defineMigration({
          name: 'shop',
          tables: tables(accepted(derived, source !== target)),
          ...quick,
          ...migration,
        }),
      ownConnections: { source: ownConnection(sourceBase), target: ownConnection(reached) },
    })
    const factory = adapter(sourceBase)
    const base = make(sourceBase, 'source', { ...client, adapter: explicit ? dw.adapter(factory) : factory })
    return { base, prisma: kept(base.$extends(dw) as unknown as DoubledClient) }
  }
  const { base, prisma } = await opened(open, sessions, Object.values(databases))
  const migration = prisma.$twinwrite
  return {
    engines: { source, target },
    databases,
    prisma,
    base,
    source: kept(shopClient(sourceBase, 'source')),
    target: kept(shopClient(targetBase, 'target')),
    reference: kept((options.make ?? shopClient)(referenceBase, 'source', options.client)),
    migration,
    open: (more) => open(more).prisma,
    toStage: (stage) => toStage(migration, stage),
    settled: () => quiet(migration),
    contents: (which) => contentsOf(sessions[which], which === 'target' ? 'target' : 'source'),
    session: (which) => sessions[which],
    close: async () => {
      await Promise.all(clients.map((client) => client.$disconnect()))
      for (const session of Object.values(sessions)) session.end()
      await Promise.all(Object.values(databases).map((database) => database.drop()))
    },
  }
}

/** Leaves nothing behind when the first client is refused. */
async function opened<T>(
  open: () => T,
  sessions: Readonly<Record<string, PlainSession>>,
  databases: readonly FreshDatabase[],
): Promise<T> {
  try {
    return open()
  } catch (error) {
    for (const session of Object.values(sessions)) session.end()
    await Promise.all(databases.map((database) => database.drop()))
    throw error
  }
}

/** Prisma's MariaDB adapter keeps its settings to itself. */
function ownConnection({ engine, connection }: FreshDatabase): unknown {
  return engine === 'mysql' || engine === 'mariadb' ? connection : undefined
}

/** What a user accepts between engines: texts of unlike lengths and times of unlike precision. */
function accepted(tables: MigrationConfig['tables'], mixed: boolean): MigrationConfig['tables'] {
  if (!mixed) return tables
  return Object.fromEntries(
    Object.entries(tables).map(([name, table]) => {
      const spec = shopTables.find((one) => one.name === name)
      if (spec === undefined || typeof table !== 'object') return [name, table]
      return [name, { ...table, accept: spec.columns.map((column) => column.name) }]
    }),
  )
}

const unchanged = (tables: MigrationConfig['tables']): MigrationConfig['tables'] => tables

const order: readonly Stage[] = ['source-only', 'source-first', 'target-first', 'target-only']

/** Takes the migration to a stage, through the ones between, with everything loaded and drained. */
export async function toStage(migration: RunningMigration, wanted: Stage): Promise<void> {
  if (!(await migration.status()).installed) await migration.install()
  for (;;) {
    const { stage } = await migration.status()
    if (stage === wanted) return
    const step = order.indexOf(wanted) > order.indexOf(stage) ? 1 : -1
    const next = order[order.indexOf(stage) + step]!
    if ([stage, next].sort().join() === 'source-first,target-first') {
      await migration.drain()
      await migration.switchStage(next)
    } else {
      await migration.setStage(next)
      if (stage === 'source-only') await migration.load()
    }
  }
}

async function contentsOf(session: PlainSession, side: Side): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {}
  for (const { name, target, columns, key } of shopTables) {
    const q = (text: string): string => quoted(session.engine, text)
    const rows = await session.query(`SELECT * FROM ${q(side === 'source' ? name : target)}`)
    const named = rows.map((row) =>
      Object.fromEntries(
        columns.map((column) => [
          column.name,
          comparable(row[side === 'source' ? column.name : column.target]),
        ]),
      ),
    )
    const keyOf = (row: Record<string, unknown>): string => JSON.stringify(key.map((part) => row[part]))
    found[name] = named.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1))
  }
  return found
}

/** One form for what the engines give in several: numbers, times, flags, JSON and bytes. */
function comparable(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (value === 'boss') return 'ADMIN'
  if (typeof value === 'boolean') return String(Number(value))
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  if (typeof value === 'string' && /^-?\d+\.\d+$/.test(value)) return value.replace(/\.?0+$/, '')
  if (typeof value === 'string' && /^[[{"]/.test(value)) return JSON.stringify(JSON.parse(value))
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return new Date(value).toISOString()
  return value === null || value === undefined ? null : String(value)
}

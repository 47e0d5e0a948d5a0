// A whole small world for tests of the Knex adapter: databases of an engine pair, the shop's tables on both sides, a wrapped
// Knex, plain ones beside it, and a reference database for what plain Knex would have done.

import { doubleWrite, twinwrite } from '@twinwrite/knex'
import type { MigrationConfig, MigrationOptions, RunningMigration, Side, Stage } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { type Engine, freshDatabase, type FreshDatabase } from '@twinwrite/testkit'
import knex, { type Knex } from 'knex'
import { quiet } from '../quiet.ts'
import { createSource, createTarget, seedRows, shopTables } from './shop-schema.ts'

export const clientOf = {
  postgres: 'pg',
  mysql: 'mysql2',
  mariadb: 'mysql2',
  sqlite: 'better-sqlite3',
} as const satisfies Record<Engine, string>

export interface WorldOptions {
  /** Of the migration. */
  readonly migration?: MigrationOptions
  readonly tables?: MigrationConfig['tables']
  /** Of the wrapped Knex and the reference one. */
  readonly config?: Knex.Config
  /** Settings of their driver, beside those that name the database. */
  readonly connection?: object
  /** Of the target's Knex. */
  readonly targetConfig?: Knex.Config
  /** Where the wrapped Knex finds the target's server. */
  readonly targetVia?: { readonly host: string; readonly port: number }
  /** Gives `doubleWrite` an instance for the target instead of a config. */
  readonly targetInstance?: boolean
  /** Leaves the tables empty. */
  readonly empty?: boolean
}

export interface World {
  readonly engines: Readonly<Record<Side, Engine>>
  readonly databases: Readonly<Record<Side, FreshDatabase>>
  /** Knex with double writes. */
  readonly db: Knex
  /** One more, as another process has it; closed with the world. */
  open(more?: MigrationOptions): Knex
  /** Plain ones on the same databases. */
  readonly source: Knex
  readonly target: Knex
  /** Plain Knex on a database of its own, with the source's tables and the same rows. */
  readonly reference: Knex
  readonly migration: RunningMigration
  /** Takes the migration to a stage, through the ones between, with everything loaded and drained. */
  toStage(stage: Stage): Promise<void>
  /** Waits until the journal is empty. */
  settled(): Promise<void>
  /** All rows of a mapped table on one side, with the source's column names, in the order of their keys. */
  rows(side: Side, table: 'customers' | 'orders' | 'items'): Promise<unknown[]>
  close(): Promise<void>
}

const quick: MigrationOptions = {
  beatMs: 100,
  leaseMs: 300,
  pollMs: { min: 5, max: 50 },
  freezeTimeoutMs: 5000,
}

export async function openWorld(
  sourceEngine: Engine,
  targetEngine: Engine,
  options: WorldOptions = {},
): Promise<World> {
  const databases = await Promise.all([
    freshDatabase(sourceEngine as 'sqlite'),
    freshDatabase(targetEngine as 'sqlite'),
    freshDatabase(sourceEngine as 'sqlite'),
  ])
  const [sourceBase, targetBase, referenceBase] = databases.map((database) => ({
    ...database,
    connection: { ...database.connection, ...options.connection },
  })) as unknown as typeof databases
  const source = plainKnex(sourceBase)
  const target = plainKnex(targetBase)
  const reference = plainKnex(referenceBase, options.config)
  await Promise.all([createSource(source), createTarget(target), createSource(reference)])
  if (!options.empty) await Promise.all([seedRows(source), seedRows(reference)])
  const targetReached = { ...targetBase, connection: { ...targetBase.connection, ...options.targetVia } }
  const targetConfig = configOf(targetReached, options.targetConfig)
  const targetInstance = options.targetInstance ? knex(targetConfig) : null
  const wrapped: Knex[] = []
  const open = (more: MigrationOptions = {}): Knex => {
    const db = knex({
      ...configOf(sourceBase, options.config),
      client: doubleWrite(clientOf[sourceEngine], {
        migration: defineMigration({
          name: 'shop',
          tables: options.tables ?? shopTables(sourceEngine !== targetEngine),
          ...quick,
          ...options.migration,
          ...more,
        }),
        target: targetInstance ?? targetConfig,
      }),
    })
    wrapped.push(db)
    return db
  }
  const db = open()
  const migration = twinwrite(db)
  const plain = { source, target }
  return {
    engines: { source: sourceEngine, target: targetEngine },
    databases: { source: sourceBase, target: targetBase },
    db,
    open,
    source,
    target,
    reference,
    migration,
    toStage: (stage) => toStage(migration, stage),
    settled: () => quiet(migration),
    rows: (side, table) => rowsOf(plain[side], side, table),
    close: async () => {
      await Promise.all([...wrapped, source, target, reference].map((one) => one.destroy()))
      await targetInstance?.destroy()
      await Promise.all(databases.map((database) => database.drop()))
    },
  }
}

function configOf({ engine, connection }: FreshDatabase, more: Knex.Config = {}): Knex.Config {
  const isFile = engine === 'sqlite'
  return {
    client: clientOf[engine],
    connection,
    // Results must not depend on the engine's place: SQLite's own pool has one connection.
    ...(isFile ? { useNullAsDefault: true } : { pool: { min: 0, max: 6 } }),
    ...more,
  }
}

export function plainKnex(database: FreshDatabase, more: Knex.Config = {}): Knex {
  return knex(configOf(database, more))
}

/** The stages in their order, with the way from each to the next. */
const order: readonly Stage[] = ['source-only', 'source-first', 'target-first', 'target-only']

async function toStage(migration: RunningMigration, wanted: Stage): Promise<void> {
  if (!(await migration.status()).installed) await migration.install()
  for (;;) {
    const { stage } = await migration.status()
    if (stage === wanted) return
    const step = order.indexOf(wanted) > order.indexOf(stage) ? 1 : -1
    const next = order[order.indexOf(stage) + step]!
    const switches = [stage, next].sort().join() === 'source-first,target-first'
    if (switches) {
      await migration.drain()
      await migration.switchStage(next)
    } else {
      await migration.setStage(next)
      if (stage === 'source-only') await migration.load()
    }
  }
}

const columnsOf = {
  customers: { id: 'id', email: 'email', name: 'name', vip: 'vip' },
  orders: { id: 'id', customer_id: 'buyer', total: 'amount', note: 'note', rate: 'rate' },
  items: { order_id: 'order_id', line: 'line', sku: 'sku', qty: 'quantity' },
} as const

const targetTable = { customers: 'customers', orders: 'purchases', items: 'lines' } as const

async function rowsOf(db: Knex, side: Side, table: keyof typeof targetTable): Promise<unknown[]> {
  const pairs = Object.entries(columnsOf[table])
  const columns = pairs.map(([name, other]) => (side === 'source' ? name : `${other} as ${name}`))
  const key = table === 'items' ? ['order_id', 'line'] : ['id']
  return db(side === 'source' ? table : targetTable[table])
    .select(columns)
    .orderBy(key)
}

// A whole small world for tests of the TypeORM adapter: databases of an engine pair, the shop's tables on both sides (under
// other names in the target), a wrapped data source, plain ones beside it, and a reference for what plain TypeORM would have done.

import { doubleWrite, type DoubleWriteOptions, twinwrite } from '@twinwrite/typeorm'
import type { MigrationConfig, MigrationOptions, RunningMigration, Side, Stage } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { type Engine, type FileConnection, freshDatabase, type FreshDatabase } from '@twinwrite/testkit'
import { DataSource, type DataSourceOptions, DefaultNamingStrategy, type EntityMetadata } from 'typeorm'
import { quiet } from '../quiet.ts'
import { Audit, moving } from './entities.ts'

/** Counters; and columns of trees and junctions, for which TypeORM itself takes the property for the column. */
const kept = new Set(['id', 'parentId', 'id_ancestor', 'id_descendant'])

/** The target's names, of tables and of all other columns. */
class TargetNames extends DefaultNamingStrategy {
  override tableName(target: string, given: string | undefined): string {
    return `t_${super.tableName(target, given)}`
  }
  override closureJunctionTableName(original: string): string {
    return `t_${super.closureJunctionTableName(original)}`
  }
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    const name = super.columnName(property, custom!, prefixes)
    return custom === property || kept.has(name) ? name : `${name}_x`
  }
}

export function optionsOf(database: FreshDatabase): DataSourceOptions {
  if (database.engine === 'sqlite')
    return { type: 'better-sqlite3', database: (database.connection as FileConnection).filename }
  const common = { type: database.engine, url: database.url, poolSize: 6 }
  return (database.engine === 'postgres'
    ? { ...common, uuidExtension: 'pgcrypto' }
    : common) as unknown as DataSourceOptions
}

const entities = [...moving, Audit]

export interface WorldOptions {
  /** Of the migration. */
  readonly migration?: MigrationOptions
  /** Of the wrapped data source and the reference, of one of them, and of the wrapped one's target. */
  readonly options?: Partial<DataSourceOptions>
  readonly wrapped?: Partial<DataSourceOptions>
  readonly reference?: Partial<DataSourceOptions>
  readonly targetOptions?: Partial<DataSourceOptions>
  /** Where the wrapped data source finds the target's server. */
  readonly targetVia?: { readonly host: string; readonly port: number }
  /** The target gets entities of its own instead of the source's under the mapping's names. */
  readonly ownEntities?: boolean
  /** The target calls everything as the source does. */
  readonly sameNames?: boolean
  /** Makes the data source first and gives that to `doubleWrite`. */
  readonly instance?: boolean
}

export interface World {
  readonly engines: Readonly<Record<Side, Engine>>
  readonly databases: Readonly<Record<Side, FreshDatabase>>
  /** With double writes. */
  readonly db: DataSource
  /** One more, as another process has it; closed with the world. */
  open(more?: MigrationOptions): Promise<DataSource>
  /** Plain ones on the same databases. */
  readonly source: DataSource
  readonly target: DataSource
  /** Plain, on a database of its own. */
  readonly reference: DataSource
  readonly migration: RunningMigration
  readonly tables: MigrationConfig['tables']
  toStage(stage: Stage): Promise<void>
  settled(): Promise<void>
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
  const databases = await Promise.all(
    [sourceEngine, targetEngine, sourceEngine].map((engine) => freshDatabase(engine as 'sqlite')),
  )
  const [sourceBase, targetBase, referenceBase] = databases as [FreshDatabase, FreshDatabase, FreshDatabase]
  const plain = (base: FreshDatabase, more: Partial<DataSourceOptions> = {}): Promise<DataSource> =>
    new DataSource({
      ...optionsOf(base),
      entities,
      synchronize: true,
      ...more,
    } as DataSourceOptions).initialize()
  const source = await plain(sourceBase)
  const targetMore = {
    entities: [...moving],
    ...(options.sameNames ? {} : { namingStrategy: new TargetNames() }),
  }
  const target = await plain(targetBase, targetMore)
  const reference = await plain(referenceBase, { ...options.options, ...options.reference } as never)
  const tables = mappingOf(source, target, sourceEngine !== targetEngine)
  const opened: DataSource[] = []
  const open = async (more: MigrationOptions = {}): Promise<DataSource> => {
    const given = {
      ...optionsOf(sourceBase),
      entities,
      ...options.options,
      ...options.wrapped,
    } as DataSourceOptions
    const settings: DoubleWriteOptions = {
      migration: defineMigration({ name: 'shop', tables, ...quick, ...options.migration, ...more }),
      target: {
        ...optionsOf(reachedBy(targetBase, options.targetVia)),
        ...(options.ownEntities ? targetMore : {}),
        ...options.targetOptions,
      } as DataSourceOptions,
    }
    const made = options.instance
      ? doubleWrite(new DataSource(given), settings)
      : new DataSource(doubleWrite(given, settings))
    opened.push(made)
    return made.initialize()
  }
  const db = await open()
  const migration = twinwrite(db)
  return {
    engines: { source: sourceEngine, target: targetEngine },
    databases: { source: sourceBase, target: targetBase },
    db,
    open,
    source,
    target,
    reference,
    migration,
    tables,
    toStage: (stage) => toStage(migration, stage),
    settled: () => quiet(migration),
    close: async () => {
      for (const one of [...opened, source, target, reference]) if (one.isInitialized) await one.destroy()
      await Promise.all(databases.map((database) => database.drop()))
    },
  }
}

function reachedBy(database: FreshDatabase, via: WorldOptions['targetVia']): FreshDatabase {
  if (via === undefined) return database
  const url = new URL(database.url)
  url.hostname = via.host
  url.port = String(via.port)
  return { ...database, url: url.href }
}

/** Metadata of both sides for the tables that move, junctions and trees too. */
export function pairsOf(
  source: DataSource,
  target: DataSource,
): { source: EntityMetadata; target: EntityMetadata }[] {
  const own = (metadata: EntityMetadata): boolean => metadata.tableType !== 'entity-child'
  const others = target.entityMetadatas.filter(own)
  return source.entityMetadatas
    .filter((metadata) => own(metadata) && metadata.target !== Audit)
    .map((metadata, index) => ({ source: metadata, target: others[index]! }))
}

function mappingOf(source: DataSource, target: DataSource, crosses: boolean): MigrationConfig['tables'] {
  return Object.fromEntries(
    pairsOf(source, target).map((pair) => {
      const columns = pair.source.columns.map(
        (column, index) => [column.databaseName, pair.target.columns[index]!.databaseName] as const,
      )
      const renamed = columns.filter(([from, to]) => from !== to)
      return [
        pair.source.tableName,
        {
          target: pair.target.tableName,
          columns: Object.fromEntries(renamed),
          ...(crosses ? { accept: columns.map(([from]) => from) } : {}),
        },
      ]
    }),
  )
}

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

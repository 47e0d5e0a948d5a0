// The entry: a TypeORM data source whose operations go to the side that is primary, with every write captured.

import { type RunningMigration, TwinwriteError } from '@twinwrite/core'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DataSource, DataSourceOptions, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm'
import { appClasses } from './app-classes.ts'
import { DeferredRunner } from './deferred-runner.ts'
import { dialectOf } from './dialect.ts'
import { checkOptions, type DoubleWriteOptions, invalid, isDataSource, isOptions } from './options.ts'
import { recorded } from './recorded-builder.ts'
import { routeManager } from './routed-manager.ts'
import { routeRelations } from './routed-relations.ts'
import { routeTransactions } from './transaction.ts'
import { Running } from './running.ts'
import { internals, type ReplicationMode } from './typeorm-internals.ts'

const known = new WeakMap<DataSource, Running>()

/** Longest wait (ms) of `initialize()` for a target that is not primary. */
const openingMs = 5_000

/**
 * Gives a DataSource (made already, initialized or not) or the options of one double writes: it keeps another database in step
 * and can change over to it. Repositories, managers and query builders of it, whenever they were made, follow.
 *
 * `dataSource.destroy()` ends the migration too.
 * @returns what was given, or options that do the same for every DataSource made of them
 * @throws TwinwriteError `TW_CONFIG_INVALID`, `TW_ENGINE_UNSUPPORTED`
 * @example
 * const dataSource = new DataSource(
 *   doubleWrite(
 *     { type: 'mysql', url: process.env.SOURCE_URL, entities: [Order] },
 *     { migration: shop, target: { type: 'postgres', url: process.env.TARGET_URL } },
 *   ),
 * )
 */
export function doubleWrite<Given extends DataSource | DataSourceOptions>(
  given: Given,
  options: DoubleWriteOptions,
): Given {
  checkOptions(options)
  if (isDataSource(given)) {
    install(given, options)
    return given
  }
  if (!isOptions(given)) throw invalid('doubleWrite() takes a DataSource or its options { type, ... } first')
  dialectOf(given)
  return {
    ...given,
    cache: { provider: (dataSource: DataSource) => whileMaking(dataSource, given, options) },
  }
}

/**
 * The running migration of a data source that was made with `doubleWrite`.
 * @throws TwinwriteError `TW_CONFIG_INVALID` for any other data source
 */
export function twinwrite(dataSource: DataSource): RunningMigration {
  const running = known.get(dataSource)
  if (running !== undefined) return running.migration
  throw invalid(
    'twinwrite() was given a data source without double writes',
    'Make it with `new DataSource(doubleWrite(options, { target, migration }))`.',
  )
}

/** A cache provider is the one option to which TypeORM gives the data source that it makes. */
function whileMaking(
  dataSource: DataSource,
  given: DataSourceOptions,
  options: DoubleWriteOptions,
): DataSource['queryResultCache'] {
  internals(dataSource).options = { ...given }
  if (given.cache) dataSource.setOptions({ cache: given.cache })
  install(dataSource, options)
  return dataSource.queryResultCache
}

function install(dataSource: DataSource, options: DoubleWriteOptions): void {
  dialectOf(dataSource.options)
  if (known.has(dataSource))
    throw invalid('doubleWrite() was given a data source that has double writes already')
  const running = new Running(dataSource, options)
  known.set(dataSource, running)
  routeManager(dataSource.manager, running, running)
  routeTransactions(dataSource.manager, running)
  routeDataSource(dataSource, running)
  if (!dataSource.isInitialized) return
  routeRelations(running)
  void running.open().catch(() => undefined)
}

function routeDataSource(dataSource: DataSource, running: Running): void {
  const plain = appClasses(dataSource).DataSource.prototype
  const view = running.sides.source.dataSource
  const own: Partial<DataSource> = {
    initialize: async () => {
      routeRelations(running)
      await plain.initialize.call(dataSource)
      try {
        await openTarget(running)
      } catch (error) {
        await dataSource.destroy()
        throw error
      }
      return dataSource
    },
    destroy: async () => {
      try {
        await running.close()
      } finally {
        await plain.destroy.call(dataSource)
      }
    },
    createQueryRunner: (mode: ReplicationMode = 'master') =>
      running.migration.primary() === 'target'
        ? new DeferredRunner(running, mode).runner
        : running.sides.source.createQueryRunner(mode, true),
    query: (async (sql: string, parameters?: unknown[], runner?: QueryRunner): Promise<unknown> =>
      runner === undefined
        ? dataSource.manager.query(sql, parameters)
        : plain.query.call(dataSource, sql, parameters, runner)) as never,
    createQueryBuilder: ((
      target?: EntityTarget<ObjectLiteral> | QueryRunner,
      alias?: string,
      runner?: QueryRunner,
    ) =>
      alias === undefined
        ? recorded(running, {}, target as QueryRunner | undefined)
        : recorded(running, { target: target as EntityTarget<ObjectLiteral>, alias }, runner)) as never,
    // The app's migrations are about the source.
    synchronize: (drop) => plain.synchronize.call(view, drop),
    dropDatabase: () => plain.dropDatabase.call(view),
    runMigrations: (given) => plain.runMigrations.call(view, given),
    undoLastMigration: (given) => plain.undoLastMigration.call(view, given),
    showMigrations: () => plain.showMigrations.call(view),
  }
  Object.assign(dataSource, own)
}

/** A target that is away stops an app only where it is primary; entities that don't fit it do always. */
async function openTarget(running: Running): Promise<void> {
  const opened = running.open()
  const primary = await running.migration.primary()
  if (primary === 'target') return opened
  const failed = await Promise.race([
    opened.then(
      () => undefined,
      (error: unknown) => error,
    ),
    sleep(openingMs, undefined, { ref: false }),
  ])
  if (failed instanceof TwinwriteError) throw failed
}

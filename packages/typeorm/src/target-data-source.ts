// The target's data source: one of our own, so that nothing of the app's is changed. It has the app's subscribers, and
// without entities of its own the source's, under the names that the migration tells.

import type { DataSource, DataSourceOptions, EntityMetadata } from 'typeorm'
import { appClasses } from './app-classes.ts'
import { dialectOf } from './dialect.ts'
import { numberAsSource } from './numbered-columns.ts'
import { invalid } from './options.ts'
import { renameEntity } from './rename-entity.ts'
import type { Running } from './running.ts'
import { targetSubscribers } from './subscribers.ts'
import { internals } from './typeorm-internals.ts'

export function makeTarget(running: Running, given: DataSourceOptions): DataSource {
  const source = running.dataSource
  const own = given.entities !== undefined
  const target = new (appClasses(source).DataSource)({
    ...given,
    ...(own ? {} : { entities: source.options.entities }),
    ...(given.logger === undefined && given.logging === undefined ? { logger: source.logger } : {}),
    subscribers: [],
    migrations: [],
    // Its schema is made before, by whoever moves the tables.
    synchronize: false,
    dropSchema: false,
    migrationsRun: false,
  })
  const dialects = { source: dialectOf(source.options), target: dialectOf(given) }
  const inner = internals(target)
  const { buildMetadatas, findMetadata } = inner
  inner.buildMetadatas = async () => {
    await build(target, own, () => buildMetadatas.call(target))
    for (const metadata of target.entityMetadatas) {
      if (!own) renameEntity(metadata, running.tables)
      const counterpart = source.entityMetadatas.find(({ target: wanted }) => wanted === metadata.target)
      if (counterpart !== undefined) numberAsSource(metadata, counterpart, dialects)
    }
    checkEntities(running, target)
    restoreActiveRecords(source)
  }
  // The app names tables by what the source calls them.
  inner.findMetadata = (wanted) => {
    const known = typeof wanted === 'string' ? internals(source).findMetadata(wanted) : undefined
    return findMetadata.call(target, known?.target ?? wanted) ?? findMetadata.call(target, wanted)
  }
  Object.defineProperty(target, 'subscribers', {
    get: targetSubscribers(running),
    set: ignore,
  })
  return target
}

async function build(target: DataSource, own: boolean, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const { message } = error as Error
    if (own) throw error
    throw invalid(
      `the entities of the source are none of a ${target.options.type} database: ${message}`,
      'Give the target `entities` of its own: EntitySchemas with the same classes as `target`.',
    )
  }
}

/** Entities are found by their class or, where there is none, by their name. */
function checkEntities({ dataSource, tables }: Running, target: DataSource): void {
  const missing = dataSource.entityMetadatas.filter(
    (metadata: EntityMetadata) =>
      (metadata.tableType === 'regular' || metadata.tableType === 'entity-child') &&
      tables.ofEntity('source', metadata) !== undefined &&
      !target.entityMetadatas.some((other) => other.target === metadata.target),
  )
  if (missing.length === 0) return
  throw invalid(
    `the target has no entity for ${missing.map(({ name }) => name).join(', ')}`,
    'Add EntitySchemas with the same class as `target` (or the same `name`, where there is no class) to its `entities`.',
  )
}

/** The static methods of `BaseEntity` belong to the data source that built metadata last. */
function restoreActiveRecords(source: DataSource): void {
  for (const { target } of source.entityMetadatas) {
    const { useDataSource } = target as { useDataSource?: (dataSource: DataSource) => void }
    if (typeof target === 'function' && useDataSource !== undefined) useDataSource.call(target, source)
  }
}

function ignore(_value: unknown): void {
  // TypeORM assigns those of the options, of which there are none.
}

// Operations of the app outside of runners as a read that may run elsewhere, for those that were chosen: the text that TypeORM builds for
// the source says what is read.

import { sqlRead, type SqlRead } from '@twinwrite/core'
import type { EntityTarget, FindManyOptions, FindOneOptions, ObjectLiteral } from 'typeorm'
import type { Running } from './running.ts'
import type { AnyBuilder } from './typeorm-internals.ts'

/** What a read says of itself. */
export interface ReadShape extends SqlRead {
  readonly shape: string
}

/** Asked only for reads that were chosen; null where it is none, or it is not certain which rows it gives. */
export type Describe = () => ReadShape | null

type Options = FindManyOptions<ObjectLiteral>

const whole = ([, options]: readonly unknown[]): Options => options ?? {}
const only = ([, where]: readonly unknown[]): Options => ({ where: where as Options['where'] })
const behind = ([, , where]: readonly unknown[]): Options => ({ where: where as Options['where'] })

/** Where each operation has its options, and how many rows it gives. */
const operations: Readonly<
  Record<string, { of(given: readonly unknown[]): Options; gives: 'rows' | 'one' | 'value' }>
> = {
  find: { of: whole, gives: 'rows' },
  findBy: { of: only, gives: 'rows' },
  findAndCount: { of: whole, gives: 'rows' },
  findAndCountBy: { of: only, gives: 'rows' },
  findOne: { of: whole, gives: 'one' },
  findOneOrFail: { of: whole, gives: 'one' },
  findOneBy: { of: only, gives: 'one' },
  findOneByOrFail: { of: only, gives: 'one' },
  count: { of: whole, gives: 'value' },
  countBy: { of: only, gives: 'value' },
  exists: { of: whole, gives: 'value' },
  existsBy: { of: only, gives: 'value' },
  sum: { of: behind, gives: 'value' },
  average: { of: behind, gives: 'value' },
  minimum: { of: behind, gives: 'value' },
  maximum: { of: behind, gives: 'value' },
}

/** Undefined for an operation that writes. */
export function operationRead(
  running: Running,
  name: string,
  given: readonly unknown[],
): Describe | undefined {
  const operation = operations[name]
  if (operation === undefined) return undefined
  return () => {
    const target = given[0] as EntityTarget<ObjectLiteral>
    const { manager, dataSource } = running.sides.source
    const { lock, cache, relationLoadStrategy, ...options } = operation.of(given) as Options & FindOneOptions
    const loads = relationLoadStrategy ?? dataSource.options.relationLoadStrategy
    if (lock !== undefined || cache !== undefined || loads === 'query' || dataSource.options.cache)
      return null
    const { gives } = operation
    const isSure = gives === 'value' || (gives === 'one' && namesKey(running, target, options.where))
    if (gives === 'one' && !isSure && options.order === undefined) return null
    const builder = manager.createQueryBuilder(target, dataSource.getMetadata(target).name)
    const [text] = builder
      .setFindOptions(isSure ? { ...options, order: undefined, take: undefined, skip: undefined } : options)
      .getQueryAndParameters()
    const read = textRead(running, text)
    const shape = `${dataSource.getMetadata(target).name}.${name}`
    return read && { ...read, ordered: read.ordered || gives !== 'rows', shape }
  }
}

const listing = new Set(['getMany', 'getRawMany', 'getManyAndCount', 'getRawAndEntities'])
const single = new Set(['getOne', 'getOneOrFail', 'getRawOne'])
const counting = new Set(['getCount', 'getExists'])

/** Undefined for a method that writes or streams. */
export function builderRead(running: Running, builder: AnyBuilder, name: string): Describe | undefined {
  if (!listing.has(name) && !single.has(name) && !counting.has(name)) return undefined
  return () => {
    const { lockMode, cache, relationLoadStrategy, queryType } =
      builder.expressionMap as AnyBuilder['expressionMap'] & {
        relationLoadStrategy?: string
      }
    const isPlain =
      lockMode === undefined && !cache && relationLoadStrategy !== 'query' && queryType === 'select'
    if (!isPlain) return null
    const [text] = builder.getQueryAndParameters()
    const read = textRead(running, text)
    // Which row is the first one is up to the database.
    if (read === null || (single.has(name) && !read.ordered)) return null
    return { ...read, ordered: read.ordered || counting.has(name), shape: text }
  }
}

export function rawRead(running: Running, text: string): Describe {
  return () => {
    const read = textRead(running, text)
    return read && { ...read, shape: text }
  }
}

/** Name of the property that holds a column of the source. */
export function propertyOf({ dataSource, tables }: Running, table: string, column: string): string {
  const metadata = dataSource.entityMetadatas.find((one) => tables.ofEntity('source', one)?.mapping === table)
  return metadata?.columns.find(({ databaseName }) => databaseName === column)?.propertyName ?? column
}

function textRead({ migration, tables }: Running, text: string): SqlRead | null {
  return sqlRead(
    text,
    migration.engines.source,
    ({ schema, name }) => tables.find('source', schema, name)?.mapping,
  )
}

/** Whether a condition gives values for the whole key, so that there is one row at most. */
function namesKey({ dataSource }: Running, target: EntityTarget<ObjectLiteral>, where: unknown): boolean {
  if (typeof where !== 'object' || where === null || Array.isArray(where)) return false
  return dataSource.getMetadata(target).primaryColumns.every(({ propertyName }) => {
    const value = (where as Record<string, unknown>)[propertyName]
    return typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint'
  })
}

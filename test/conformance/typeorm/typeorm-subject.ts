// TypeORM as a subject: each method in the way that a TypeORM user would write it.

import { doubleWrite, perSide, twinwrite } from '@twinwrite/typeorm'
import type { MigrationConfig, Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import type { Engine, FileConnection, FreshDatabase } from '@twinwrite/testkit'
import {
  DataSource,
  type DataSourceOptions,
  type EntityManager,
  type FindManyOptions,
  type FindOperator,
  type FindOptionsWhere,
  In,
  type InsertQueryBuilder,
  IsNull,
  LessThan,
  LessThanOrEqual,
  Like,
  MoreThan,
  MoreThanOrEqual,
  Not,
  type ObjectLiteral,
} from 'typeorm'
import { numbered } from '../numbered.ts'
import type { Wrapped } from '../orm.ts'
import {
  type Compared,
  isCompared,
  type Isolation,
  type Query,
  type Statements,
  type Subject,
  type Values,
  type Where,
} from '../subject.ts'
import { tableOf, tables } from '../tables.ts'
import { entitiesOf } from './entities.ts'

export interface TypeormSubject extends Subject {
  transaction<T>(work: (inner: this) => Promise<T>, isolation?: Isolation): Promise<T>
}

const operators: Record<Compared['op'], (value: never) => FindOperator<unknown>> = {
  '<': LessThan,
  '<=': LessThanOrEqual,
  '>': MoreThan,
  '>=': MoreThanOrEqual,
  '<>': Not,
  in: In,
  like: Like,
}

export function whereOf(conditions: Where = {}): FindOptionsWhere<ObjectLiteral> {
  return Object.fromEntries(
    Object.entries(conditions).map(([column, value]) => [
      column,
      value === null ? IsNull() : isCompared(value) ? operators[value.op](value.value as never) : value,
    ]),
  )
}

function findOptions(query: Query = {}): FindManyOptions<ObjectLiteral> {
  const { where, order = [], limit, offset, columns } = query
  return {
    where: whereOf(where),
    order: Object.fromEntries(
      order.map((name) => (name.startsWith('-') ? [name.slice(1), 'DESC'] : [name, 'ASC'])),
    ),
    ...(limit === undefined ? {} : { take: limit }),
    ...(offset === undefined ? {} : { skip: offset }),
    ...(columns === undefined ? {} : { select: Object.fromEntries(columns.map((name) => [name, true])) }),
  }
}

/** TypeORM writes what the database gave into the objects. */
const copies = (rows: Values | readonly Values[]): ObjectLiteral[] =>
  (Array.isArray(rows) ? (rows as readonly Values[]) : [rows as Values]).map((row) => parsed(row))

/** A text in a column of JSON is a JSON text to the suites, and a value to TypeORM. */
function parsed(row: Values): ObjectLiteral {
  const { data } = row
  return typeof data === 'string' ? { ...row, data: JSON.parse(data) as unknown } : { ...row }
}

interface Engines {
  readonly source: Engine
  readonly target?: Engine
}

const dialects = { postgres: 'postgres', mysql: 'mysql', mariadb: 'mysql', sqlite: 'sqlite' } as const

const crosses = ({ source, target = source }: Engines): boolean => dialects[source] !== dialects[target]

/** TypeORM takes no empty condition for a write. */
function narrowed<B extends { where(conditions: ObjectLiteral): unknown }>(builder: B, conditions: Where): B {
  if (Object.keys(conditions).length > 0) builder.where(whereOf(conditions))
  return builder
}

/** @param engines with one side only for a plain client */
function statementsOn(manager: () => Promise<EntityManager>, engines: Engines): Statements {
  const inserting = async (
    table: string,
    rows: Values | readonly Values[],
    more: (builder: InsertQueryBuilder<ObjectLiteral>) => InsertQueryBuilder<ObjectLiteral>,
  ): Promise<unknown> => {
    const into = (await manager()).createQueryBuilder().insert().into(table)
    // What else it tells is the driver's own answer.
    const { identifiers } = await more(into.values(copies(rows))).execute()
    return identifiers.length
  }
  const affectedBy = (result: { affected?: number | null }): unknown => ({ affected: result.affected })
  return {
    insert: async (table, rows) => {
      const given = copies(rows)
      const { identifiers, generatedMaps } = await (
        await manager()
      ).insert(
        table,
        given.map((row) => ({ ...row })),
      )
      // Of given and generated keys together TypeORM tells wrong ones on MySQL.
      const mixed = given.some(({ id }) => id !== undefined) && given.some(({ id }) => id === undefined)
      return mixed ? identifiers.length : { identifiers, generatedMaps }
    },
    insertForKeys: async (table, rows) => (await (await manager()).insert(table, copies(rows))).identifiers,
    find: async (table, query) => (await manager()).find(table, findOptions(query)),
    count: async (table, conditions) => (await manager()).count(table, { where: whereOf(conditions) }),
    update: async (table, conditions, values) => {
      const builder = (await manager()).createQueryBuilder().update(table).set(parsed(values))
      return affectedBy(await narrowed(builder, conditions).execute())
    },
    increment: async (table, conditions, column, by) =>
      affectedBy(await (await manager()).increment(table, whereOf(conditions), column, by)),
    remove: async (table, conditions) => {
      const builder = (await manager()).createQueryBuilder().delete().from(table)
      return affectedBy(await narrowed(builder, conditions).execute())
    },
    upsert: async (table, rows, key, columns) => {
      if (columns !== undefined) {
        return inserting(table, rows, (builder) => builder.orUpdate([...columns], [...key]))
      }
      await (await manager()).upsert(table, copies(rows), [...key])
      return null
    },
    insertOrIgnore: async (table, rows) => inserting(table, rows, (builder) => builder.orIgnore()),
    raw: async ({ source, target }, bindings = []) => {
      const own = numbered(source, engines.source)
      const other = numbered(target, engines.target ?? engines.source)
      const isOne = engines.target === undefined || (source === target && !crosses(engines))
      const answer: unknown = await (await manager()).query(isOne ? own : perSide(own, other), [...bindings])
      // On SQLite it tells the last rowid of the connection, whatever the statement was.
      return typeof answer === 'number' ? { hiddenRowid: answer } : answer
    },
    stream: async (table, query = {}) => {
      const builder = (await manager()).createQueryBuilder(table, 't').where(whereOf(query.where))
      const columns = query.columns ?? tableOf(table, tables).columns.map(({ name }) => name)
      builder.select([])
      for (const name of columns) builder.addSelect(`t.${name}`, name)
      for (const name of query.order ?? []) {
        builder.addOrderBy(`t.${name.replace(/^-/, '')}`, name.startsWith('-') ? 'DESC' : 'ASC')
      }
      if (query.limit !== undefined) builder.limit(query.limit)
      if (query.offset !== undefined) builder.offset(query.offset)
      // TypeORM has no streams there.
      if (engines.source === 'sqlite') return builder.getRawMany()
      const rows: unknown[] = []
      for await (const row of await builder.stream()) rows.push(row)
      return rows
    },
    transaction: async (work, isolation) => {
      const run = (inner: EntityManager) => work(statementsOn(async () => inner, engines))
      const level = isolation?.toUpperCase() as 'SERIALIZABLE' | undefined
      const outer = await manager()
      return level === undefined || engines.source === 'sqlite'
        ? outer.transaction(run)
        : outer.transaction(level, run)
    },
  }
}

function subjectOf(db: DataSource, engines: Engines): TypeormSubject {
  const ready = db.initialize()
  return {
    ...statementsOn(async () => (await ready).manager, engines),
    engine: engines.source,
    end: async () => (await ready).destroy(),
  } as TypeormSubject
}

export function typeormOptions(side: Side, { engine, url, connection }: FreshDatabase): DataSourceOptions {
  const entities = entitiesOf(side, engine, tables)
  if (engine === 'sqlite') {
    const { filename } = connection as FileConnection
    // Nothing waits for the disk.
    const prepareDatabase = (database: { pragma(text: string): unknown }): void => {
      database.pragma('synchronous = OFF')
    }
    return { type: 'better-sqlite3', database: filename, entities, prepareDatabase: prepareDatabase as never }
  }
  return { type: engine, url, entities, poolSize: 4 }
}

export function plainTypeorm(database: FreshDatabase): TypeormSubject {
  const { engine } = database
  return subjectOf(new DataSource(typeormOptions('source', database)), { source: engine })
}

export function wrappedTypeorm(
  { source, target }: Readonly<Record<Side, FreshDatabase>>,
  config: MigrationConfig,
): Wrapped<TypeormSubject> {
  const migration = defineMigration(config)
  const options = typeormOptions('target', target)
  const db = new DataSource(
    doubleWrite(typeormOptions('source', source), {
      migration,
      // Within one engine the source's entities do, under the mapping's names.
      target: source.engine === target.engine ? { ...options, entities: undefined } : options,
    }),
  )
  return {
    subject: subjectOf(db, { source: source.engine, target: target.engine }),
    migration: twinwrite(db),
  }
}

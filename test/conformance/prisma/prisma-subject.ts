// Prisma as a subject: each method in the way that a Prisma user would write it.

import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { MigrationConfig, Side } from '@twinwrite/core'
import { doubleWrite, perSide } from '@twinwrite/prisma'
import { defineMigration } from '@twinwrite/sql'
import type { Engine, FreshDatabase } from '@twinwrite/testkit'
import { adapterFor } from '../../prisma/adapter-for.ts'
import { PrismaClient as MysqlSource } from '../../prisma/generated/conformance-mysql-source/client/client.ts'
import { PrismaClient as MysqlTarget } from '../../prisma/generated/conformance-mysql-target/client/client.ts'
import { PrismaClient as PostgresSource } from '../../prisma/generated/conformance-postgresql-source/client/client.ts'
import { PrismaClient as PostgresTarget } from '../../prisma/generated/conformance-postgresql-target/client/client.ts'
import { PrismaClient as SqliteSource } from '../../prisma/generated/conformance-sqlite-source/client/client.ts'
import { PrismaClient as SqliteTarget } from '../../prisma/generated/conformance-sqlite-target/client/client.ts'
import { numbered } from '../numbered.ts'
import type { Wrapped } from '../orm.ts'
import {
  isCompared,
  type Isolation,
  type Query,
  type Statements,
  type Subject,
  type Values,
  type Where,
} from '../subject.ts'
import { columnOf, tableOf, tables } from '../tables.ts'

/** What is called of a model, whatever it is. */
type Model = Record<
  'create' | 'createMany' | 'findMany' | 'count' | 'updateMany' | 'deleteMany' | 'upsert',
  (args?: object) => Promise<unknown>
>

/** The client, or one of its transactions. */
type Client = Pick<PostgresSource, '$queryRawUnsafe' | '$executeRawUnsafe' | '$disconnect' | '$transaction'> &
  Record<string, Model>

export interface PrismaSubject extends Subject, Statements {
  transaction<T>(work: (inner: this) => Promise<T>, isolation?: Isolation): Promise<T>
}

type ClientClass = new (options: {
  adapter: SqlDriverAdapterFactory
  transactionOptions: typeof transactionOptions
}) => PostgresSource

const classes = {
  postgres: { source: PostgresSource, target: PostgresTarget },
  mysql: { source: MysqlSource, target: MysqlTarget },
  mariadb: { source: MysqlSource, target: MysqlTarget },
  sqlite: { source: SqliteSource, target: SqliteTarget },
} as unknown as Record<Engine, Record<Side, ClientClass>>

/** The limits of a busy machine, not Prisma's own. */
const transactionOptions = { maxWait: 150_000, timeout: 150_000 }

const open = (database: FreshDatabase, side: Side): PostgresSource =>
  new classes[database.engine][side]({ adapter: adapterFor(database, 4), transactionOptions })

/** A value of a case as Prisma takes it for the column. */
function given(table: string, name: string, value: unknown): unknown {
  const spec = tables.find(({ source }) => source === table)
  if (typeof value !== 'string' || spec === undefined) return value
  switch (columnOf(spec, name).kind) {
    case 'datetime':
    case 'date':
      return new Date(`${value.replace(' ', 'T')}${value.length > 10 ? 'Z' : 'T00:00:00Z'}`)
    case 'json':
      return JSON.parse(value) as unknown
    case 'bigint':
      return BigInt(value)
    default:
      return value
  }
}

function data(table: string, values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, given(table, name, value)]))
}

export const operators = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte', '<>': 'not', in: 'in' } as const

function condition(table: string, name: string, value: unknown): unknown {
  if (!isCompared(value)) return given(table, name, value)
  if (value.op === 'in') return { in: (value.value as unknown[]).map((one) => given(table, name, one)) }
  if (value.op !== 'like') return { [operators[value.op]]: given(table, name, value.value) }
  const pattern = String(value.value)
  const text = pattern.replaceAll('%', '')
  if (pattern.startsWith('%')) return pattern.endsWith('%') ? { contains: text } : { endsWith: text }
  return { startsWith: text }
}

function where(table: string, conditions: Where = {}): object {
  return Object.fromEntries(
    Object.entries(conditions).map(([name, value]) => [name, condition(table, name, value)]),
  )
}

function select(
  table: string,
  { where: conditions, order = [], limit, offset, columns }: Query = {},
): object {
  return {
    where: where(table, conditions),
    orderBy: order.map((name) => (name.startsWith('-') ? { [name.slice(1)]: 'desc' } : { [name]: 'asc' })),
    ...(limit === undefined ? {} : { take: limit }),
    ...(offset === undefined ? {} : { skip: offset }),
    ...(columns === undefined ? {} : { select: Object.fromEntries(columns.map((name) => [name, true])) }),
  }
}

/** The `where` of a row by its key. */
function keyOf(table: string, values: Values, key: readonly string[]): object {
  const named = Object.fromEntries(key.map((name) => [name, values[name]]))
  return key.length === 1 ? named : { [key.join('_')]: named }
}

export const levels = {
  'read committed': 'ReadCommitted',
  'repeatable read': 'RepeatableRead',
  serializable: 'Serializable',
} as const

const isMany = (rows: Values | readonly Values[]): rows is readonly Values[] => Array.isArray(rows)

/** @param whole the client; null inside of a transaction, where a batch is a sequence */
function subjectOn(client: Client, engine: Engine, targetEngine: Engine, whole: boolean): PrismaSubject {
  const model = (table: string): Model => client[table]!
  const all = async (calls: readonly (() => Promise<unknown>)[]): Promise<unknown> => {
    if (whole) return client.$transaction(calls.map((call) => call()) as never)
    const answers: unknown[] = []
    for (const call of calls) answers.push(await call())
    return answers
  }
  const upsert = (
    table: string,
    row: Values,
    key: readonly string[],
    columns = Object.keys(row),
  ): Promise<unknown> =>
    model(table).upsert({
      where: keyOf(table, row, key),
      create: data(table, row),
      update: data(table, Object.fromEntries(columns.map((name) => [name, row[name]]))),
    })
  return {
    engine,
    insert: async (table, rows) =>
      isMany(rows)
        ? model(table).createMany({ data: rows.map((row) => data(table, row)) })
        : model(table).create({ data: data(table, rows) }),
    insertForKeys: async (table, rows) =>
      isMany(rows)
        ? all(rows.map((row) => () => model(table).create({ data: data(table, row) })))
        : model(table).create({ data: data(table, rows), select: { id: true } }),
    find: async (table, query) => model(table).findMany(select(table, query)),
    count: async (table, conditions) => model(table).count({ where: where(table, conditions) }),
    update: async (table, conditions, values) =>
      model(table).updateMany({ where: where(table, conditions), data: data(table, values) }),
    increment: async (table, conditions, column, by) =>
      model(table).updateMany({ where: where(table, conditions), data: { [column]: { increment: by } } }),
    remove: async (table, conditions) => model(table).deleteMany({ where: where(table, conditions) }),
    upsert: async (table, rows, key, columns) =>
      isMany(rows)
        ? all(rows.map((row) => () => upsert(table, row, key, columns as string[])))
        : upsert(table, rows, key, columns as string[]),
    insertOrIgnore: async (table, rows, key) => {
      const many = isMany(rows) ? rows : [rows]
      if (engine === 'sqlite') return all(many.map((row) => () => upsert(table, row, key, [])))
      return model(table).createMany({ data: many.map((row) => data(table, row)), skipDuplicates: true })
    },
    raw: async ({ source, target }, bindings = []) => {
      const [own, other] = [numbered(source, engine), numbered(target, targetEngine)]
      const text = own === other ? own : perSide(own, other)
      return /^\s*(?:select|with)/i.test(source) || /\breturning\b/i.test(source)
        ? client.$queryRawUnsafe(text, ...bindings)
        : client.$executeRawUnsafe(text, ...bindings)
    },
    stream: async (table, query) => (await model(table).findMany(select(table, query))) as unknown[],
    transaction: async (work, isolation) =>
      client.$transaction(
        async (tx) => work(subjectOn(tx as unknown as Client, engine, targetEngine, false) as never),
        isolation === undefined || engine === 'sqlite' ? {} : { isolationLevel: levels[isolation] },
      ),
    end: () => client.$disconnect(),
  }
}

export function plainPrisma(database: FreshDatabase): PrismaSubject {
  return subjectOn(open(database, 'source') as unknown as Client, database.engine, database.engine, true)
}

export function wrappedPrisma(
  { source, target }: Readonly<Record<Side, FreshDatabase>>,
  config: MigrationConfig,
): Wrapped<PrismaSubject> {
  const targetClient = open(target, 'target')
  const own = ({ engine, connection }: FreshDatabase): unknown =>
    engine === 'mysql' || engine === 'mariadb' ? connection : undefined
  const client = open(source, 'source').$extends(
    doubleWrite({
      target: targetClient,
      migration: (derived) => defineMigration({ ...config, tables: accepted(derived, config) }),
      ownConnections: { source: own(source), target: own(target) },
    }),
  )
  return {
    subject: subjectOn(client as unknown as Client, source.engine, target.engine, true),
    migration: client.$twinwrite,
  }
}

/** The tables that Prisma's schemas tell, with the losses that the proofs accept. */
function accepted(
  derived: MigrationConfig['tables'],
  { tables: wanted }: MigrationConfig,
): MigrationConfig['tables'] {
  return Object.fromEntries(
    Object.entries(derived).map(([name, table]) => {
      const { accept } = wanted[tableOf(name).source] as { accept: readonly string[] }
      return [name, { ...(table as object), accept }]
    }),
  )
}

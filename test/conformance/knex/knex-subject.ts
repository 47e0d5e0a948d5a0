// Knex as a subject: each method in the way that a Knex user would write it.

import { doubleWrite, perSide, twinwrite } from '@twinwrite/knex'
import type { MigrationConfig, RunningMigration, Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import type { Engine, FreshDatabase } from '@twinwrite/testkit'
import type { Database } from 'better-sqlite3'
import makeKnex, { type Knex } from 'knex'
import { isNumbered } from '../make-tables.ts'
import type { Wrapped } from '../orm.ts'
import {
  isCompared,
  type Isolation,
  type Query,
  type SideText,
  type Statements,
  type Subject,
  type Where,
} from '../subject.ts'
import { tables } from '../tables.ts'

export const clients = {
  postgres: 'pg',
  mysql: 'mysql2',
  mariadb: 'mysql2',
  sqlite: 'better-sqlite3',
} as const satisfies Record<Engine, string>

/** The statements over a Knex instance or one of its transactions. */
export interface KnexStatements extends Statements {
  readonly db: Knex
}

export interface KnexSubject extends Subject, KnexStatements {
  transaction<T>(work: (inner: this) => Promise<T>, isolation?: Isolation): Promise<T>
}

type Builder = Knex.QueryBuilder<Record<string, unknown>, unknown>

function where(builder: Builder, conditions: Where = {}): Builder {
  for (const [column, value] of Object.entries(conditions)) {
    if (value === null) void builder.whereNull(column)
    else if (!isCompared(value)) void builder.where(column, value as string)
    else if (value.op === 'in') void builder.whereIn(column, value.value as string[])
    else void builder.where(column, value.op, value.value as string)
  }
  return builder
}

function select(db: Knex, table: string, query: Query = {}): Builder {
  const builder = where(db(table), query.where).select(...(query.columns ?? ['*']))
  for (const name of query.order ?? []) {
    void (name.startsWith('-') ? builder.orderBy(name.slice(1), 'desc') : builder.orderBy(name))
  }
  if (query.limit !== undefined) void builder.limit(query.limit)
  if (query.offset !== undefined) void builder.offset(query.offset)
  return builder
}

/** Knex tells the rowid that SQLite gives each row, also where no column holds it. */
function toldOf(engine: Engine, table: string, answer: unknown): unknown {
  if (engine !== 'sqlite' || tables.find(({ source }) => source === table)?.columns.some(isNumbered))
    return answer
  return { hiddenRowid: answer }
}

/** @param textOf what the app gives Knex as raw SQL */
function subjectOn(db: Knex, engine: Engine, textOf: (text: SideText) => string): KnexSubject {
  return {
    db,
    engine,
    insert: async (table, rows) => toldOf(engine, table, await db(table).insert(rows)),
    insertForKeys: async (table, rows) => db(table).insert(rows, ['id']),
    find: async (table, query) => select(db, table, query),
    count: async (table, conditions) => where(db(table), conditions).count(),
    update: async (table, conditions, values) => where(db(table), conditions).update(values),
    increment: async (table, conditions, column, by) => where(db(table), conditions).increment(column, by),
    remove: async (table, conditions) => where(db(table), conditions).delete(),
    upsert: async (table, rows, key, columns) => {
      const conflict = db(table)
        .insert(rows)
        .onConflict(key as string[])
      const merge = columns === undefined ? conflict.merge() : conflict.merge(columns as string[])
      return toldOf(engine, table, await merge)
    },
    insertOrIgnore: async (table, rows, key) => {
      const ignore = db(table)
        .insert(rows)
        .onConflict(key as string[])
        .ignore()
      return toldOf(engine, table, await ignore)
    },
    raw: async (text, bindings = []) => db.raw(textOf(text), bindings as string[]),
    stream: async (table, query) => {
      const rows: unknown[] = []
      for await (const row of select(db, table, query).stream()) rows.push(row)
      return rows
    },
    transaction: async (work, isolation) =>
      db.transaction(
        async (trx) => work(subjectOn(trx, engine, textOf)),
        isolation === undefined ? {} : { isolationLevel: isolation },
      ),
    end: () => db.destroy(),
  }
}

/** Knex warns about what an engine does not have; the cases ask for it on purpose. */
const log = { warn: () => undefined }

/** One connection to a file, as is Knex's own default; there nothing waits for the disk. */
const onFile: Knex.PoolConfig = {
  min: 1,
  max: 1,
  afterCreate: (connection: Database, done: (error: Error | null, connection: Database) => void) => {
    connection.pragma('synchronous = OFF')
    done(null, connection)
  },
}

export function knexOptions(database: FreshDatabase): Knex.Config {
  const isFile = database.engine === 'sqlite'
  return {
    client: clients[database.engine],
    connection: database.connection,
    useNullAsDefault: isFile,
    log,
    pool: isFile ? onFile : { min: 0, max: 4 },
  }
}

export function plainKnex(database: FreshDatabase): KnexSubject {
  return subjectOn(makeKnex(knexOptions(database)), database.engine, ({ source }) => source)
}

export function wrappedKnex(
  databases: Readonly<Record<Side, FreshDatabase>>,
  config: MigrationConfig,
): Wrapped<KnexSubject> {
  const { source, target } = databases
  const db = makeKnex({
    ...knexOptions(source),
    client: doubleWrite(clients[source.engine], {
      migration: defineMigration(config),
      target: knexOptions(target),
    }),
  })
  const migration: RunningMigration = twinwrite(db)
  const crosses = clients[source.engine] !== clients[target.engine]
  const textOf = (text: SideText): string =>
    text.source === text.target && !crosses ? text.source : perSide(text.source, text.target)
  return { subject: subjectOn(db, source.engine, textOf), migration }
}

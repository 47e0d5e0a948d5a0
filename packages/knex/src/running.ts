// One `doubleWrite` at work: both sides' clients, the running migration, and what it takes to carry statements.

import { Aside } from './aside.ts'
import { type RunningMigration, type Side, StoreError, TwinwriteError } from '@twinwrite/core'
import knex, { type Knex } from 'knex'
import { compilingClient } from './carry/compiling-client.ts'
import { defaultSchema } from './carry/default-schema.ts'
import type { DialectName } from './carry/dialect.ts'
import { MappedTables } from './carry/mapped-table.ts'
import { type CarriedStatement, type CarrySides, carryStatement } from './carry/statement.ts'
import { connectionSpec } from './connection-spec.ts'
import type { Client, PhysicalConnection, Runnable } from './knex-internals.ts'
import { clientClass, type DoubleWriteOptions, invalid, isInstance } from './options.ts'
import { type PlainCalls, SideClient } from './side-client.ts'

interface TargetKey {
  /** The column that the database numbers. */
  readonly counter: string | null
  readonly key: readonly string[]
}

export class Running {
  readonly migration: RunningMigration
  readonly sides: Readonly<Record<Side, SideClient>>
  /** Connections of the target's pool that the app holds. */
  readonly targetConnections = new WeakSet<PhysicalConnection>()
  /** Where reads run a second time. */
  readonly aside: Aside
  readonly #ownTarget: Knex | null
  readonly #compiling: Client
  readonly #carrySides = new WeakMap<object, CarrySides>()
  #tables: MappedTables
  #keys: Promise<ReadonlyMap<string, TargetKey>> | undefined
  #knownKeys: ReadonlyMap<string, TargetKey> = new Map()
  #isKnown: boolean | 'asked' = false

  constructor(source: Client, sourceDialect: DialectName, plain: PlainCalls, options: DoubleWriteOptions) {
    const { target, migration, ownConnections } = options
    const targetKnex = isInstance(target) ? target : knex(target)
    this.#ownTarget = isInstance(target) ? null : targetKnex
    const targetClient = targetKnex.client as Client
    const { dialect: targetDialect } = clientClass(targetClient.constructor)
    if (targetClient.transacting) throw invalid('option target is a transaction; expected a Knex instance')
    if (!sharesBuilders(source, targetClient)) {
      throw invalid(
        'the target instance belongs to another copy of the package knex',
        'Make both with the same installation of knex.',
      )
    }
    const sides = {
      source: connectionSpec(source, sourceDialect, 'source', ownConnections?.source),
      target: connectionSpec(targetClient, targetDialect, 'target', ownConnections?.target),
    }
    this.migration = migration.start(sides, 'knex')
    this.sides = {
      source: new SideClient('source', source, sourceDialect, plain, this.migration),
      target: new SideClient('target', targetClient, targetDialect, callsOf(targetClient), this.migration),
    }
    this.aside = new Aside(this.sides, this.migration.reads?.asideConnections ?? 0)
    this.#compiling = compilingClient(targetClient, source)
    this.#tables = this.#mappedTables()
  }

  get sameDialect(): boolean {
    return this.sides.source.dialect === this.sides.target.dialect
  }

  /** What a statement of the app is about, and its form for the target. */
  async carry(statement: Runnable): Promise<CarriedStatement> {
    await this.migration.tablesKnown()
    if (!this.sameDialect) await this.#readKeys()
    return carryStatement(this.#sidesFor(statement.client), statement)
  }

  /** As `carry`, at once; null as long as too little is known of the tables. */
  carryNow(statement: Runnable): CarriedStatement | null {
    if (this.#isKnown === true) return carryStatement(this.#sidesFor(statement.client), statement)
    if (!this.#isKnown) this.#know().catch(() => (this.#isKnown = false))
    return null
  }

  /** Name of the mapping of a table of the source. */
  mappingOf(schema: string | null, name: string): string | undefined {
    return this.#tables.find(schema, name)?.names.mapping
  }

  /** Ends the migration, then the target's pool if it is ours. */
  async close(): Promise<void> {
    try {
      await this.migration.close()
    } finally {
      await this.aside.close()
      await this.#ownTarget?.destroy()
    }
  }

  async #know(): Promise<void> {
    this.#isKnown = 'asked'
    await this.migration.tablesKnown()
    if (!this.sameDialect) await this.#readKeys()
    this.#isKnown = true
  }

  #mappedTables(): MappedTables {
    const { client, dialect } = this.sides.source
    return new MappedTables(this.migration.tables, dialect, defaultSchema(client, dialect))
  }

  /** One per config, since a config may have an identifier hook of its own (`withUserParams`). */
  #sidesFor(client: Client): CarrySides {
    if (this.#tables.from !== this.migration.tables) this.#tables = this.#mappedTables()
    const tables = this.#tables
    const known = this.#carrySides.get(client.config)
    if (known?.tables === tables) return known
    const { source, target } = this.sides
    const made: CarrySides = {
      source: client,
      target: this.#compiling,
      sourceDialect: source.dialect,
      targetDialect: target.dialect,
      tables,
      // Known better once the server was asked.
      get scanDialect() {
        return source.scanDialect
      },
      counterOf: ({ names }) => this.#knownKeys.get(names.mapping)?.counter ?? null,
      keyOf: ({ names }) => this.#knownKeys.get(names.mapping)?.key ?? null,
    }
    this.#carrySides.set(client.config, made)
    return made
  }

  /** PostgreSQL tells no generated id unasked, and MySQL no row: what names the rows of an insert must be known. */
  async #readKeys(): Promise<void> {
    this.#keys ??= this.#targetKeys()
    try {
      this.#knownKeys = await this.#keys
    } catch (error) {
      this.#keys = undefined
      if (!(error instanceof StoreError)) throw error
      throw new TwinwriteError('TW_UNREACHABLE', `the catalog of the target: ${error.message}`, {
        cause: error,
      })
    }
  }

  async #targetKeys(): Promise<ReadonlyMap<string, TargetKey>> {
    const { tables } = this.migration
    const found = await this.migration.stores.target.catalog(tables.map(({ target }) => target))
    return new Map(
      tables.flatMap(({ mapping, target }): [string, TargetKey][] => {
        const table = found.find(({ name, schema }) => name === target.name && schema === target.schema)
        if (table === undefined) return []
        const counter = table.columns.find((column) => column.counter)?.name ?? null
        return [[mapping, { counter, key: table.key }]]
      }),
    )
  }
}

/** Knex asks builders for their class; those of another copy of the package would not be recognised. */
function sharesBuilders(source: Client, target: Client): boolean {
  const base = (client: Client): unknown => {
    let prototype: object = Object.getPrototypeOf(client.queryBuilder()) as object
    for (;;) {
      if (Object.hasOwn(prototype, '_objectWhere')) return prototype
      prototype = Object.getPrototypeOf(prototype) as object
    }
  }
  return base(source) === base(target)
}

function callsOf(client: Client): PlainCalls {
  return {
    query: (connection, compiled) => client._query(connection, compiled),
    stream: (connection, compiled, stream, options) => client._stream(connection, compiled, stream, options),
    acquire: () => client.acquireConnection(),
    release: (connection) => client.releaseConnection(connection),
    cancel: (connection) => client.cancelQuery(connection),
    processResponse: (compiled, runner) => client.processResponse(compiled, runner),
  }
}

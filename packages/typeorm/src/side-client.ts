// One side's data source with every statement captured: all that the app runs on a side, whatever way it came, passes
// `execute` here. Upholds W1, W8, W10.

import {
  type AdapterMigration,
  type AppCall,
  type AppConnection,
  scan,
  type ScanDialect,
  type Side,
  type TableName,
  tablesOf,
  TwinwriteError,
} from '@twinwrite/core'
import type { DataSource, EntityManager, QueryRunner } from 'typeorm'
import { appClasses } from './app-classes.ts'
import { captureRunner } from './captured-runner.ts'
import { crossed, notMapped } from './crossed.ts'
import { type DialectName, dialectOf } from './dialect.ts'
import type { MappedTables } from './mapped-tables.ts'
import { type NativeDriver, nativeDrivers, type Physical } from './native-connection.ts'
import { internals, type NativeRunner, type ReplicationMode } from './typeorm-internals.ts'

/** A physical connection, and whether a transaction without mapped tables is open on it while the side is not primary. */
interface Session {
  readonly connection: AppConnection<unknown>
  aside: boolean
}

/** What a side's client needs of the migration, which may start after it. */
export interface Surroundings {
  readonly migration: AdapterMigration
  readonly tables: MappedTables
}

export class SideClient {
  readonly side: Side
  readonly dialect: DialectName
  /** The data source as TypeORM's own code sees it: nothing on it is routed. */
  readonly dataSource: DataSource
  /** Its manager without a runner. */
  readonly manager: EntityManager
  readonly driver: NativeDriver
  readonly #surroundings: Surroundings
  readonly #plain: DataSource
  readonly #sessions = new WeakMap<Physical, Session>()
  readonly #early = new WeakSet<QueryRunner>()
  #names: ReadonlySet<string> = new Set()
  #namesOf: DataSource['entityMetadatas'] | undefined

  constructor(side: Side, dataSource: DataSource, surroundings: Surroundings) {
    this.side = side
    this.dialect = dialectOf(dataSource.options)
    this.dataSource = dataSource
    const classes = appClasses(dataSource)
    this.manager = new classes.EntityManager(dataSource)
    this.#plain = classes.DataSource.prototype
    this.driver = nativeDrivers[this.dialect]
    this.#surroundings = surroundings
    const { driver } = internals(dataSource)
    const create = driver.createQueryRunner.bind(driver)
    driver.createQueryRunner = (mode) => captureRunner(create(mode) as NativeRunner, this)
  }

  /** @param early while this side is primary; the runner may be used when it is not any more */
  createQueryRunner(mode: ReplicationMode, early = false): QueryRunner {
    const runner = this.#plain.createQueryRunner.call(this.dataSource, mode)
    // SQLite has one for all times.
    if (early && this.dialect !== 'sqlite') this.#early.add(runner)
    return runner
  }

  /** Runs one statement of the app and gives the driver's raw response. */
  execute(runner: NativeRunner, physical: Physical, call: AppCall<unknown>): Promise<unknown> {
    if (runner.mode === 'slave' && runner.driver.isReplicated) return this.#onReplica(call)
    const session = this.#session(runner, physical)
    if (this.side === 'target') {
      const refusal = this.#unmappedIn(call.sql)
      if (refusal !== undefined) return Promise.reject(refusal)
    } else if (this.#isAside(session)) {
      return this.#aside(session, runner, physical, call)
    }
    return session.connection.execute(call)
  }

  /** Of a read that is streamed, past `execute`. @throws TwinwriteError where its tables are on the other side */
  checkStream(runner: NativeRunner, physical: Physical, sql: string): void {
    const session = this.#session(runner, physical)
    const refusal =
      this.side === 'target'
        ? this.#unmappedIn(sql)
        : this.#isAside(session)
          ? this.#movedIn(session, runner, sql)
          : undefined
    if (refusal !== undefined) throw refusal
  }

  /** Of a mapped table: what this text must not do while the side follows; streams ask before they run. */
  writes(sql: string): boolean {
    const { kind } = scan(sql, this.#scanDialect)
    return kind !== 'read'
  }

  get #scanDialect(): ScanDialect {
    return this.#surroundings.migration.engines[this.side]
  }

  #session(runner: NativeRunner, physical: Physical): Session {
    const known = this.#sessions.get(physical)
    if (known !== undefined) return known
    const native = this.driver.native(runner, physical)
    const connection = this.#surroundings.migration.connect(this.side, native)
    const session = { connection, aside: false }
    this.#sessions.set(physical, session)
    return session
  }

  /** On the source while it follows: only what is not mapped runs, without capture. */
  async #aside(
    session: Session,
    runner: NativeRunner,
    physical: Physical,
    call: AppCall<unknown>,
  ): Promise<unknown> {
    const { kind } = scan(call.sql, this.#scanDialect)
    // What they may touch is for capture to find out.
    if (kind === 'opaque' || kind === 'ddl' || kind === 'truncate') return session.connection.execute(call)
    const refusal = this.#movedIn(session, runner, call.sql)
    if (refusal !== undefined) throw refusal
    const response = await this.driver.aside(runner, physical, call)
    if (kind === 'begin') session.aside = true
    else if (kind === 'commit' || kind === 'rollback') session.aside = false
    return response
  }

  #isAside({ aside, connection }: Session): boolean {
    return aside || (!connection.inTransaction && this.#surroundings.migration.primary() === 'target')
  }

  #movedIn({ aside }: Session, runner: NativeRunner, sql: string): TwinwriteError | undefined {
    const mapped = this.#surroundings.tables.among('source', tablesOf(sql, this.#scanDialect))
    if (mapped === undefined) return undefined
    if (aside) return this.#early.has(runner) ? overtaken() : movedAway(mapped.mapping)
    return moved()
  }

  async #onReplica(call: AppCall<unknown>): Promise<unknown> {
    const scanned = scan(call.sql, this.#scanDialect)
    const { kind } = scanned
    const { migration, tables } = this.#surroundings
    const written =
      kind === 'opaque'
        ? migration.tables.find((table) => scanned.names.includes(table[this.side].name.toLowerCase()))
        : kind === 'read'
          ? undefined
          : tables.among(this.side, tablesOf(call.sql, this.#scanDialect))
    if (written === undefined) return call.run(call)
    throw new TwinwriteError(
      'TW_CAPTURE_REFUSED',
      `a write of "${written.mapping}" was sent on a runner of a read replica`,
      { table: written.mapping, hint: 'Write on a runner of mode "master".' },
    )
  }

  #unmappedIn(sql: string): TwinwriteError | undefined {
    const unmapped = tablesOf(sql, this.#scanDialect).find((table) => this.#isUnmappedEntity(table))
    return unmapped && notMapped(unmapped.name, 'together with tables of the target')
  }

  /** A table that an entity of the app has, and that does not move; the target's catalog and the like are none. */
  #isUnmappedEntity({ schema, name }: TableName): boolean {
    if (this.#surroundings.tables.find('target', schema, name) !== undefined) return false
    return this.#entityTables().has(name)
  }

  #entityTables(): ReadonlySet<string> {
    const { entityMetadatas } = this.dataSource
    if (this.#namesOf !== entityMetadatas) {
      this.#namesOf = entityMetadatas
      this.#names = new Set(entityMetadatas.map(({ tableName }) => tableName))
    }
    return this.#names
  }
}

const away = new WeakSet<object>()

function movedAway(table: string): TwinwriteError {
  const error = crossed(
    `table "${table}" is on the target now, so it can't be used in a transaction of the source`,
    { table, hint: 'Use it in a transaction of its own.' },
  )
  away.add(error)
  return error
}

/** The error as that of an operation which went to the source because its own table was there. */
export function sinceOvertaken(error: unknown): unknown {
  return typeof error === 'object' && error !== null && away.has(error) ? overtaken() : error
}

/** Between the QueryRunner of a transaction and its BEGIN. Hooks may have been called since. */
function overtaken(): TwinwriteError {
  return new TwinwriteError('TW_STAGE_MOVED', 'the stage moved before this transaction began', {
    primary: 'rolled-back',
    hint: 'Run the whole transaction again, with a new QueryRunner.',
  })
}

function moved(): TwinwriteError {
  return new TwinwriteError('TW_STAGE_MOVED', 'the source is not primary any more', {
    hint: 'Create a new QueryRunner.',
  })
}

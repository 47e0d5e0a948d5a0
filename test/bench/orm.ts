// An ORM as the bench command needs it: the units of business code that are timed, as its users write them, and how its
// clients are made.

import type { MigrationDefinition, RunningMigration } from '@twinwrite/core'
import type { FreshDatabase, ServerConnection, ServerEngine } from '@twinwrite/testkit'

export type Database = FreshDatabase<ServerConnection> & { readonly engine: ServerEngine }

export interface Operation<Db> {
  readonly name: string
  /** Whether it writes nothing. Nobody reads from two databases by hand. */
  readonly reads?: true
  run(db: Db, turn: number): Promise<unknown>
}

export interface Client<Db> {
  readonly db: Db
  end(): Promise<void>
}

export interface Doubled<Db> extends Client<Db> {
  readonly migration: RunningMigration
}

export interface DoubledOptions {
  readonly migration: MigrationDefinition
  readonly connections: number
  /** With mysql2's `multipleStatements`. */
  readonly several: boolean
}

export interface Orm<Db> {
  readonly name: string
  readonly operations: readonly Operation<Db>[]
  /** Whether its driver for MySQL and MariaDB can be allowed to take several statements in one text. */
  readonly takesSeveral: boolean
  /** @param connections of its pool */
  plain(database: Database, connections: number): Promise<Client<Db>>
  doubled(source: Database, target: Database, options: DoubledOptions): Promise<Doubled<Db>>
}

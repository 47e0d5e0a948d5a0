// An ORM as the differential command needs it: it reads programs, which are plain data, in its own words.

import type { MigrationConfig, RunningMigration, Side } from '@twinwrite/core'
import type { Engine, FreshDatabase } from '@twinwrite/testkit'
import type { Statement, Transaction } from './program.ts'

/** What statements run on: a client, or one of its transactions or savepoints. */
export interface Runner {
  /** What the app sees of a statement. */
  run(statement: Statement): PromiseLike<unknown>
  /** Commits when the work is done, rolls back and rejects when it throws. */
  transaction(settings: Settings, work: (inner: Runner) => Promise<void>): Promise<unknown>
  /** As `transaction`, inside of one. */
  savepoint(work: (inner: Runner) => Promise<void>): Promise<unknown>
  /** A transaction that the app ends itself. */
  begin(settings: Settings): Promise<Begun>
}

export type Settings = Pick<Transaction, 'form' | 'isolation' | 'readOnly'>

export interface Begun extends Runner {
  commit(): Promise<unknown>
  rollback(): Promise<unknown>
  /** What the app can ask of a transaction that has ended. */
  ended(): unknown
}

export interface Client extends Runner {
  end(): Promise<void>
}

export interface Orm {
  readonly name: string
  /** Whether it has words for it; what it has none for does not stand in its programs. */
  speaks(said: Statement | Transaction): boolean
  /** Whether it is one statement to the database: several would find themselves among others by chance. */
  isOne(statement: Statement, engine: Engine): boolean
  /** Whether it runs again by itself when the stage moves meanwhile; the app repeats the others. */
  isRepeated(statement: Statement): boolean
  plain(database: FreshDatabase): Client
  wrapped(
    databases: Readonly<Record<Side, FreshDatabase>>,
    config: MigrationConfig,
  ): { readonly client: Client; readonly migration: RunningMigration }
}

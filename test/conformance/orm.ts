// An ORM as the conformance command needs it: a plain client, a wrapped one, and the suites that it takes part in.

import type { MigrationConfig, RunningMigration, Side } from '@twinwrite/core'
import type { Engine, FreshDatabase } from '@twinwrite/testkit'
import type { Suite } from './case.ts'
import type { KnownDifference } from './known-difference.ts'
import type { Subject } from './subject.ts'

export interface Wrapped<S extends Subject> {
  readonly subject: S
  readonly migration: RunningMigration
}

export interface Orm<S extends Subject = Subject> {
  readonly name: string
  readonly suites: readonly Suite<S>[]
  /** Engines of whose JSON columns it gives the text, not the value. */
  readonly jsonAsText: readonly Engine[]
  /** Engines whose decimal columns, as its own migrations make them, hold floating-point numbers. */
  readonly floatDecimals: readonly Engine[]
  readonly knownDifferences: readonly KnownDifference[]
  plain(database: FreshDatabase): S
  wrapped(databases: Readonly<Record<Side, FreshDatabase>>, config: MigrationConfig): Wrapped<S>
}

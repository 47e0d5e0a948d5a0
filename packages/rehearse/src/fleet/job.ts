// What a process of the rehearsal is told when it begins. It comes by a message, never by the command line, which everybody can read.

import type { GateLimits } from '@twinwrite/control'
import type { ConnectionSpec, MigrationDefinition, Side, Stage } from '@twinwrite/core'
import type { OneDatabase } from '../scratch/definition.ts'
import type { Place } from '../scratch/place.ts'
import type { RunnableStatement } from '../statements/mirrored.ts'
import type { TrafficTable } from '../traffic/traffic-table.ts'

/** How each process gets the migration, whose conversions are functions and so can't be sent: out of a module that exports `rehearsed`. */
export interface FoundBy {
  /** URL of the module. */
  readonly module: string
  /** What `rehearsed`, a function that gives it, is called with. */
  readonly given: unknown
}

export interface Found {
  readonly migration: MigrationDefinition
  readonly source: ConnectionSpec
  readonly target: ConnectionSpec
}

/** Where the scratch sides are. */
export interface Scratch {
  /** Databases that the operator has named; null: beside the real side. */
  readonly named: Readonly<Record<Side, ConnectionSpec | null>>
  readonly places: Readonly<Record<Side, Place>>
  readonly flat: OneDatabase
}

interface Common {
  readonly foundBy: FoundBy
  readonly scratch: Scratch
}

export interface WriterJob extends Common {
  readonly role: 'writer'
  readonly tables: readonly TrafficTable[]
  readonly statements: readonly RunnableStatement[]
  readonly number: number
  readonly everyMs: number
}

/** Begins a switch and dies in its midst. */
export interface ControllerJob extends Common {
  readonly role: 'controller'
  readonly to: Stage
  readonly diesAt: 'drain' | 'open'
  readonly limits: GateLimits
}

export type Job = WriterJob | ControllerJob

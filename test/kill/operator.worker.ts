// A process that does nothing but one piece of work, to be killed at any moment.

import { backfill, type BackfillOptions, type BackfillReport } from '@twinwrite/backfill'
import type { ConnectionSpec, MigrationConfig, RunningMigration, Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { parent } from '@twinwrite/testkit'
import { repair, type RepairReport, verify, type VerifyOptions, type VerifyReport } from '@twinwrite/verify'

export type Work =
  | { readonly kind: 'backfill'; readonly options: BackfillOptions }
  | { readonly kind: 'verify'; readonly options: VerifyOptions }
  | { readonly kind: 'repair' }

/** What a process of that work ends with. */
export interface Reports {
  readonly backfill: BackfillReport
  readonly verify: VerifyReport
  readonly repair: RepairReport
}

export interface Task {
  readonly config: MigrationConfig
  readonly sides: Readonly<Record<Side, ConnectionSpec>>
  readonly work: Work
}

export type Message =
  | { readonly begun: true }
  /** How many rows are done. */
  | { readonly rows: number }
  | { readonly report: Reports[Work['kind']] }
  | { readonly failed: string }

const tell = (message: Message): void => parent.send(message)

parent.onMessage((message) => void carryOut(message as Task))

async function carryOut({ config, sides, work }: Task): Promise<void> {
  const migration = defineMigration(config).operate(sides)
  try {
    tell({ report: await done(migration, work) })
  } catch (error) {
    tell({ failed: String(error) })
  }
  await migration.close()
  process.exit(0)
}

function done(migration: RunningMigration, work: Work): Promise<Reports[Work['kind']]> {
  switch (work.kind) {
    case 'backfill':
      return watched(backfill(migration, work.options))
    case 'verify':
      return watched(verify(migration, work.options))
    case 'repair':
      tell({ begun: true })
      return repair(migration)
  }
}

interface Run<T> {
  readonly done: Promise<T>
  progress(): { readonly tables: readonly { readonly rows: number }[] }
}

async function watched<T>(run: Run<T>): Promise<T> {
  tell({ begun: true })
  const look = (): void => tell({ rows: run.progress().tables.reduce((sum, { rows }) => sum + rows, 0) })
  const timer = setInterval(look, 10)
  try {
    return await run.done
  } finally {
    clearInterval(timer)
  }
}

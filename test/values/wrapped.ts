// The wrapped ORM between the two databases of a round, in the stage in which the target follows.

import type { MigrationConfig, RunningMigration, Side } from '@twinwrite/core'
import { doubleWrite, twinwrite } from '@twinwrite/knex'
import { defineMigration } from '@twinwrite/sql'
import type { Engine, FreshDatabase } from '@twinwrite/testkit'
import knex, { type Knex } from 'knex'
import { clientOf } from '../knex/fixture.ts'
import { sessionStatements } from './types/by-engine.ts'

export type Databases = Readonly<Record<Side, FreshDatabase>>

export interface Wrapped {
  readonly app: Knex
  readonly migration: RunningMigration
}

export async function follow(
  { source, target }: Databases,
  tables: MigrationConfig['tables'],
): Promise<Wrapped> {
  const app = knex({
    ...settings(source),
    client: doubleWrite(clientOf[source.engine], {
      migration: defineMigration(configOf(tables)),
      target: settings(target),
    }),
  })
  const migration = twinwrite(app)
  try {
    await migration.install()
    await migration.setStage('source-first')
  } catch (error) {
    await app.destroy()
    throw error
  }
  return { app, migration }
}

/** The same migration as an operator sees it; the caller closes it. */
export function operator({ source, target }: Databases, tables: MigrationConfig['tables']): RunningMigration {
  return defineMigration(configOf(tables)).operate({
    source: { engine: source.engine, connection: source.connection },
    target: { engine: target.engine, connection: target.connection },
  })
}

/** Each row that is refused is tried by itself, which takes its time on a busy machine. */
const longestDrainMs = 240_000

export async function drained(migration: RunningMigration): Promise<void> {
  if (!(await migration.drain({ timeoutMs: longestDrainMs }))) throw new Error('the journal did not drain')
}

function configOf(tables: MigrationConfig['tables']): MigrationConfig {
  return { name: 'values', tables, beatMs: 100, leaseMs: 300, pollMs: { min: 1, max: 20 }, attempts: 1 }
}

function settings({ engine, connection }: FreshDatabase): Knex.Config {
  return {
    client: clientOf[engine],
    connection,
    ...(engine === 'sqlite'
      ? { useNullAsDefault: true }
      : { pool: { min: 0, max: 2, afterCreate: afterCreate(engine) } }),
  }
}

function afterCreate(
  engine: Engine,
): (
  connection: { query(sql: string, done: (error: unknown) => void): void },
  done: (error: unknown, connection: unknown) => void,
) => void {
  return (connection, done) => {
    const sql = sessionStatements[engine].join('; ')
    connection.query(sql, (error) => done(error, connection))
  }
}

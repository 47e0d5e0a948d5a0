// A migration of the shop between two fresh databases: the app's Knex with double writes, commands of an operator beside it, and plain SQL.

import { doubleWrite, twinwrite } from '@twinwrite/knex'
import type { MigrationConfig, RunningMigration, Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { adminQuery, freshDatabase, type ServerConnection, type ServerEngine } from '@twinwrite/testkit'
import knex, { type Knex } from 'knex'
import { contents, createTables, fillTables } from './shop.ts'

export interface Pair {
  readonly source: ServerEngine
  readonly target: ServerEngine
}

export interface Place {
  readonly pair: Pair
  readonly connection: Readonly<Record<Side, ServerConnection>>
  readonly url: Readonly<Record<Side, string>>
  /** What the app's process has: it journals, and relays. */
  readonly migration: RunningMigration
  readonly db: Knex
  /** Takes part for a command, as another process would. */
  operate(): RunningMigration
  plain(side: Side, sql: string): Promise<Record<string, unknown>[]>
  contents(side: Side): Promise<string[]>
  /** Waits until the journal is empty. */
  settled(): Promise<void>
  close(): Promise<void>
}

const client = { postgres: 'pg', mysql: 'mysql2', mariadb: 'mysql2' } as const

/** What two engines may see otherwise: equality of texts, width of times. */
const accept = ['code', 'note', 'seen', 'paid', 'data', 'ratio', 'total']

export const shopConfig = ({ source, target }: Pair): MigrationConfig => ({
  name: 'shop',
  tables:
    source === target
      ? { orders: true, positions: true }
      : { orders: { accept }, positions: { accept: ['article'] } },
  beatMs: 100,
  leaseMs: 300,
  pollMs: { min: 5, max: 50 },
  freezeTimeoutMs: 5000,
})

/** @param on servers other than the shared ones */
export async function openPlace(
  pair: Pair,
  rows: number,
  on: Partial<Record<Side, { url: string }>> = {},
): Promise<Place> {
  const databases = {
    source: await freshDatabase(pair.source, on.source),
    target: await freshDatabase(pair.target, on.target),
  }
  const plain: Place['plain'] = (side, sql) => adminQuery(pair[side], databases[side].url, sql)
  for (const side of ['source', 'target'] as const) {
    for (const sql of createTables(pair[side])) await plain(side, sql)
  }
  if (rows > 0) for (const sql of fillTables(pair.source, rows)) await plain('source', sql)
  const connection = { source: databases.source.connection, target: databases.target.connection }
  const definition = defineMigration(shopConfig(pair))
  const db = knex({
    client: doubleWrite(client[pair.source], {
      migration: definition,
      target: { client: client[pair.target], connection: connection.target },
    }),
    connection: connection.source,
    pool: { min: 0, max: 6 },
  })
  const migration = twinwrite(db)
  const operators: RunningMigration[] = []
  return {
    pair,
    connection,
    url: { source: databases.source.url, target: databases.target.url },
    migration,
    db,
    plain,
    operate: () => {
      const { source, target } = pair
      const operator = definition.operate({
        source: { engine: source, connection: connection.source },
        target: { engine: target, connection: connection.target },
      })
      operators.push(operator)
      return operator
    },
    contents: (side) => contents(pair[side], databases[side].url),
    settled: async () => {
      if (!(await migration.drain({ timeoutMs: 30_000 }))) throw new Error('the journal did not drain')
    },
    close: async () => {
      await Promise.all(operators.map((operator) => operator.close()))
      await db.destroy()
      await Promise.all([databases.source.drop(), databases.target.drop()])
    },
  }
}

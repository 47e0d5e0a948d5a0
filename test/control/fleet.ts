// For tests of control: a migration between two fresh databases of different engines, and as many processes as a test wants.

import type { MigrationConfig, RunningMigration } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { adminQuery, freshDatabase } from '@twinwrite/testkit'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Fleet {
  /** One process; `operate` looks and acts only when asked. */
  start(config?: Partial<MigrationConfig>): RunningMigration
  operate(config?: Partial<MigrationConfig>): RunningMigration
  close(): Promise<void>
}

const ddl = 'CREATE TABLE orders (id int PRIMARY KEY, total int NOT NULL)'

export async function openFleet(common: Partial<MigrationConfig> = {}): Promise<Fleet> {
  const source = await freshDatabase('mysql')
  const target = await freshDatabase('postgres')
  await adminQuery('mysql', source.url, ddl)
  await adminQuery('postgres', target.url, ddl)
  await adminQuery('mysql', source.url, 'INSERT INTO orders VALUES (1, 10), (2, 20)')
  const sides = {
    source: { engine: 'mysql', connection: source.connection },
    target: { engine: 'postgres', connection: target.connection },
  } as const
  const define = (config: Partial<MigrationConfig>) =>
    defineMigration({
      name: 'shop',
      tables: { orders: true },
      pollMs: { min: 5, max: 50 },
      ...common,
      ...config,
    })
  const open: RunningMigration[] = []
  const opened = (migration: RunningMigration): RunningMigration => {
    open.push(migration)
    return migration
  }
  return {
    start: (config = {}) => opened(define(config).start(sides)),
    operate: (config = {}) => opened(define(config).operate(sides)),
    close: async () => {
      await Promise.all(open.map((migration) => migration.close()))
      await Promise.all([source.drop(), target.drop()])
    },
  }
}

export async function until(holds: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms`)
    await sleep(10)
  }
}

// For tests: a migration between two databases on two real servers, and the command on it.

import type { StageSource } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { freshDatabase, openSession } from '@twinwrite/testkit'
import { onTestFinished } from 'vitest'
import type { MigrationEntry, TwinwriteConfig } from '../config.ts'
import { type Ran, runCli } from './run-cli.ts'

export interface Shop {
  readonly config: TwinwriteConfig
  cli(...inputs: readonly string[]): Promise<Ran>
  json(...inputs: readonly string[]): Promise<Record<string, never>>
  source(sql: string): Promise<readonly Record<string, unknown>[]>
  target(sql: string): Promise<readonly Record<string, unknown>[]>
}

/** Empty ones, with a session on each, for the time of the test. */
export async function twoDatabases() {
  const [source, target] = await Promise.all([freshDatabase('postgres'), freshDatabase('mysql')])
  onTestFinished(() => source.drop())
  onTestFinished(() => target.drop())
  const [there, here] = await Promise.all([
    openSession('postgres', source.url),
    openSession('mysql', target.url),
  ])
  onTestFinished(() => there.close())
  onTestFinished(() => here.close())
  return { source, target, there, here }
}

/** One table on each side. */
export async function shop(
  tables: object = { items: { target: 'things', columns: { label: 'name' } } },
  settings: Pick<MigrationEntry, 'backfill' | 'verify'> = {},
  stageSource: StageSource | null = null,
): Promise<Shop> {
  const { source, target, there, here } = await twoDatabases()
  await there.query('CREATE TABLE items (id bigint PRIMARY KEY, label varchar(20))')
  await here.query('CREATE TABLE things (id bigint PRIMARY KEY, name varchar(20) COLLATE utf8mb4_0900_bin)')
  const config = {
    migrations: [
      {
        migration: defineMigration({
          name: 'shop',
          tables: tables as never,
          beatMs: 100,
          leaseMs: 300,
          stageSource,
        }),
        source: { engine: 'postgres', connection: source.connection },
        target: { engine: 'mysql', connection: target.connection },
        ...settings,
      },
    ],
  } as const
  const cli = (...inputs: readonly string[]): Promise<Ran> => runCli(config, inputs)
  return {
    config,
    cli,
    json: async (...inputs) => JSON.parse((await cli(...inputs, '--json')).out),
    source: (sql) => there.query(sql),
    target: (sql) => here.query(sql),
  }
}

// What a user can get wrong, each with a coded error or a warning that says how to mend it, on real servers.

import { type MigrationConfig, type RunningMigration, TwinwriteError } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import {
  adminQuery,
  freshDatabase,
  type FreshDatabase,
  type ServerConnection,
  type ServerEngine,
} from '@twinwrite/testkit'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rawConnection } from '../capture/native-connections.ts'
import { until } from './world.ts'

const ddl = 'CREATE TABLE orders (id int PRIMARY KEY, total int NOT NULL)'
const config: MigrationConfig = {
  name: 'shop',
  tables: { orders: true },
  beatMs: 100,
  leaseMs: 300,
  pollMs: { min: 5, max: 50 },
}

describe.each(['postgres', 'mysql', 'mariadb'] as const)('%s as source', (engine: ServerEngine) => {
  let source: FreshDatabase<ServerConnection>
  let target: FreshDatabase<ServerConnection>
  const open: RunningMigration[] = []

  beforeEach(async () => {
    source = await freshDatabase(engine)
    target = await freshDatabase('postgres')
  })

  afterEach(async () => {
    await Promise.all(open.splice(0).map((migration) => migration.close()))
    await source.drop()
    await target.drop()
  })

  const start = (
    changed: Partial<MigrationConfig> = {},
    connections: { source?: object; target?: object } = {},
  ): RunningMigration => {
    const migration = defineMigration({ ...config, ...changed }).start({
      source: { engine, connection: connections.source ?? source.connection },
      target: { engine: 'postgres', connection: connections.target ?? target.connection },
    })
    open.push(migration)
    return migration
  }

  const tables = async (): Promise<void> => {
    await adminQuery(engine, source.url, ddl)
    await adminQuery('postgres', target.url, ddl)
  }

  /** The error's code and its whole message, which must name the thing and the remedy. */
  async function refusal(run: () => Promise<unknown>): Promise<{ code: string; message: string }> {
    const error: unknown = await run().then(
      () => new Error('nothing was refused'),
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof TwinwriteError)) throw error
    expect(error.message).toContain(error.hint)
    return { code: error.code, message: error.message }
  }

  test('a table that does not exist is named, with its side', async () => {
    await adminQuery(engine, source.url, ddl)
    const { code, message } = await refusal(() => start().setStage('source-first'))
    expect(code).toBe('TW_TABLE_UNKNOWN')
    expect(message).toMatch(/target.*orders/)
  })

  test('a target that does not answer at the start lets the app run, and the journal holds its writes (W7)', async () => {
    await tables()
    const first = start()
    await first.install()
    await first.setStage('source-first')
    await first.close()
    const started = performance.now()
    const dead = start({}, { target: { ...target.connection, port: 1 } })
    const raw = await rawConnection(engine, source.connection)
    const app = dead.connect('source', raw.native)
    await app.execute(raw.call('INSERT INTO orders (id, total) VALUES (1, 10)'))
    expect(performance.now() - started).toBeLessThan(5000)
    const status = await dead.status()
    expect(status.journal).toMatchObject({ entries: 1 })
    expect(status.target).toMatchObject({ reachable: false })
    expect(await refusal(() => dead.switchStage('target-first'))).toMatchObject({ code: 'TW_UNREACHABLE' })
    await raw.end()
    expect(await start().drain()).toBe(true)
    expect(await adminQuery('postgres', target.url, 'SELECT id, total FROM orders')).toEqual([
      { id: 1, total: 10 },
    ])
  })

  test('a schema that drifted is told at the start as a warning, and in the status; the journal holds', async () => {
    await tables()
    const first = start()
    await first.install()
    await first.setStage('source-first')
    await first.close()
    await adminQuery(engine, source.url, 'ALTER TABLE orders ADD COLUMN note varchar(20)')
    const warnings: unknown[] = []
    const listen = (event: unknown): void => void warnings.push(event)
    subscribe('twinwrite:warning', listen)
    try {
      const drifted = start()
      await until(() => warnings.length > 0)
      expect(warnings[0]).toMatchObject({ migration: 'shop', code: 'TW_COLUMN_UNMATCHED' })
      expect((await drifted.status()).problems[0]).toMatchObject({
        table: 'orders',
        column: 'note',
        severity: 'error',
      })
      expect((await refusal(() => drifted.switchStage('target-first'))).code).toBe('TW_COLUMN_UNMATCHED')
    } finally {
      unsubscribe('twinwrite:warning', listen)
    }
  })

  test('journal tables of another version are refused, and left alone', async () => {
    await tables()
    await start().install()
    await adminQuery(engine, source.url, `UPDATE _tw_meta SET value = '999' WHERE name = 'version'`)
    const { code, message } = await refusal(() => start().install())
    expect(code).toBe('TW_INSTALL_VERSION')
    expect(message).toContain('999')
  })

  test('a user who may not create tables gets the way around it: statements for an administrator', async () => {
    await tables()
    const poor = { ...source.connection, user: 'tw_poor', password: 'poor' }
    const { database } = source.connection
    const grants =
      engine === 'postgres'
        ? [
            `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tw_poor') THEN CREATE ROLE tw_poor LOGIN PASSWORD 'poor'; END IF; END $$`,
            'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
            'GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO tw_poor',
          ]
        : [
            `CREATE USER IF NOT EXISTS 'tw_poor'@'%' IDENTIFIED BY 'poor'`,
            `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${database}\`.* TO 'tw_poor'@'%'`,
          ]
    for (const sql of grants) await adminQuery(engine, source.url, sql)
    const migration = start({}, { source: poor })
    const { code, message } = await refusal(() => migration.install())
    expect(code).toBe('TW_INSTALL_DENIED')
    expect(message).toContain('dryRun')
    const { source: statements } = await migration.install({ dryRun: true })
    for (const sql of statements) await adminQuery(engine, source.url, sql)
    if (engine === 'postgres') {
      const denied = await refusal(() => migration.status())
      expect([denied.code, denied.message.includes('Grant')]).toEqual(['TW_INSTALL_DENIED', true])
      await adminQuery(
        engine,
        source.url,
        'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO tw_poor',
      )
    }
    expect((await migration.status()).source).toMatchObject({
      fence: { role: 'primary', stage: 'source-only' },
    })
  })

  test('steps that do not exist, and calls in the wrong stage, name the right ones', async () => {
    await tables()
    const migration = start()
    expect((await refusal(() => migration.setStage('target-first'))).code).toBe('TW_STAGE_STEP')
    expect((await refusal(() => migration.switchStage('source-first'))).message).toContain('setStage()')
    expect((await refusal(() => migration.load())).message).toContain('source-first')
    await migration.setStage('source-first')
    expect((await refusal(() => migration.setStage('target-first'))).message).toContain('switchStage()')
    expect((await refusal(() => migration.uninstall())).code).toBe('TW_STAGE_STEP')
    await migration.setStage('source-only')
    await migration.uninstall()
    expect(await migration.status()).toMatchObject({ installed: false, stage: 'source-only' })
  })

  test('statements that cannot be captured are refused before they run, or marked and then block the switch (W10)', async () => {
    await tables()
    const migration = start()
    await migration.setStage('source-first')
    const raw = await rawConnection(engine, source.connection)
    const app = migration.connect('source', raw.native)
    await app.execute(raw.call('INSERT INTO orders (id, total) VALUES (1, 10)'))
    const sql = 'TRUNCATE TABLE orders'
    expect(await refusal(() => app.execute(raw.call(sql)))).toMatchObject({ code: 'TW_CAPTURE_REFUSED' })
    expect((await refusal(() => app.execute(raw.call('ALTER TABLE orders ADD COLUMN x int')))).code).toBe(
      'TW_SCHEMA_CHANGE',
    )
    expect(await adminQuery(engine, source.url, 'SELECT id FROM orders')).toHaveLength(1)
    if (engine === 'postgres') {
      const marking = start({ uncaptured: 'mark' })
      const marked = marking.connect('source', raw.native)
      await marked.execute(raw.call(sql))
      expect((await marking.status()).journal).toMatchObject({ marks: ['orders'] })
      const { code, message } = await refusal(() => marking.switchStage('target-first'))
      expect([code, message.includes('orders')]).toEqual(['TW_SWITCH_REFUSED', true])
    }
    await raw.end()
  })
})

test('wrong options are named by their path, with what they take', () => {
  const wrong = {
    name: 'shop',
    tables: { orders: { columns: { id: 3 } } },
    leaseMs: -1,
    colour: 'red',
  } as never
  expect(() => defineMigration(wrong)).toThrow(TwinwriteError)
  expect(() => defineMigration(wrong)).toThrow(/TW_CONFIG_INVALID[\s\S]*colour/)
})

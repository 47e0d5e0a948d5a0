// Writes whose keys nobody can find: never silence (W10). They are refused before they run, or run under a mark of every table that they
// may write, which keeps the switch away until a load has settled it.

import { type MigrationConfig, type RunningMigration, TwinwriteError } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { type Engine, freshDatabase, type FreshDatabase } from '@twinwrite/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { switchSteps } from '../../packages/core/src/switch/switch-steps.ts'
import { type RawConnection, rawConnection } from '../capture/native-connections.ts'

const tables = [
  'CREATE TABLE orders (id int PRIMARY KEY, total int NOT NULL)',
  `CREATE TABLE items (id int PRIMARY KEY, order_id int, qty int NOT NULL,
    CONSTRAINT items_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)`,
  'CREATE TABLE notes (id int PRIMARY KEY, total int)',
  'CREATE VIEW open_notes AS SELECT id, total FROM notes',
]

/** A view through which orders can be written. */
const view: Record<Engine, readonly string[]> = {
  postgres: ['CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE total > 0'],
  mysql: ['CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE total > 0'],
  mariadb: ['CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE total > 0'],
  sqlite: [
    'CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE total > 0',
    'CREATE TRIGGER put INSTEAD OF INSERT ON open_orders BEGIN INSERT INTO orders VALUES (NEW.id, NEW.total); END',
    'CREATE TRIGGER mend INSTEAD OF UPDATE ON open_orders BEGIN UPDATE orders SET total = NEW.total WHERE id = NEW.id; END',
    'CREATE TRIGGER cut INSTEAD OF DELETE ON open_orders BEGIN DELETE FROM orders WHERE id = OLD.id; END',
  ],
}

const writes = [
  ['INSERT', 'INSERT INTO open_orders (id, total) VALUES (3, 30)'],
  ['INSERT', 'INSERT INTO open_orders (id, total) SELECT id + 10, total FROM orders'],
  ['UPDATE', 'UPDATE open_orders SET total = total + 1'],
  ['UPDATE', 'UPDATE open_orders SET total = 11 WHERE id = 1'],
  ['DELETE', 'DELETE FROM open_orders'],
  ['DELETE', 'DELETE FROM open_orders WHERE id = 1'],
] as const

const moreWrites: Record<Engine, readonly (readonly [string, string])[]> = {
  postgres: [
    ['INSERT', 'INSERT INTO public.open_orders AS o (id, total) VALUES (1, 5) ON CONFLICT (id) DO NOTHING'],
    ['UPDATE', 'UPDATE open_orders AS o SET total = n.total FROM notes AS n WHERE n.id = o.id'],
    ['DELETE', 'DELETE FROM open_orders AS o USING notes AS n WHERE n.id = o.id'],
    ['nested-write', 'WITH gone AS (DELETE FROM open_orders RETURNING id) SELECT count(*) FROM gone'],
  ],
  mysql: [
    ['REPLACE', 'REPLACE INTO open_orders (id, total) VALUES (1, 5)'],
    ['UPDATE', 'UPDATE open_orders AS o JOIN notes AS n ON n.id = o.id SET o.total = n.total'],
    ['DELETE', 'DELETE o FROM open_orders AS o JOIN notes AS n ON n.id = o.id'],
  ],
  mariadb: [
    ['REPLACE', 'REPLACE INTO open_orders (id, total) VALUES (1, 5)'],
    ['UPDATE', 'UPDATE open_orders AS o JOIN notes AS n ON n.id = o.id SET o.total = n.total'],
    ['DELETE', 'DELETE FROM o USING open_orders AS o JOIN notes AS n ON n.id = o.id'],
  ],
  sqlite: [
    ['INSERT', 'INSERT OR IGNORE INTO Open_Orders (id, total) VALUES (1, 5)'],
    ['UPDATE', 'UPDATE main.open_orders SET total = n.total FROM notes AS n WHERE n.id = open_orders.id'],
  ],
}

const sqliteTransaction = (engine: Engine): string => (engine === 'sqlite' ? 'BEGIN IMMEDIATE' : 'BEGIN')

async function refusal(run: () => Promise<unknown>): Promise<TwinwriteError> {
  const error: unknown = await run().then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof TwinwriteError)) throw error
  return error
}

describe.each(['postgres', 'mysql', 'mariadb', 'sqlite'] as const)('on %s', (engine) => {
  let source: FreshDatabase
  let target: FreshDatabase
  let plain: RawConnection
  let raw: RawConnection
  const open: RunningMigration[] = []

  beforeEach(async () => {
    source = await freshDatabase(engine as 'sqlite')
    target = await freshDatabase(engine as 'sqlite')
    plain = await rawConnection(engine, source.connection)
    raw = await rawConnection(engine, source.connection)
    const other = await rawConnection(engine, target.connection)
    for (const sql of tables) {
      await plain.run(sql)
      await other.run(sql)
    }
    await other.end()
    for (const sql of view[engine]) await plain.run(sql)
  })

  afterEach(async () => {
    await Promise.all([plain.end(), raw.end()])
    await Promise.all(open.splice(0).map((migration) => migration.close()))
    await Promise.all([source.drop(), target.drop()])
  })

  /** In source-first, with two orders of which the first has an item, all loaded. */
  async function start(changed: Partial<MigrationConfig> = {}) {
    const migration = defineMigration({
      name: 'shop',
      tables: { orders: true, items: true },
      beatMs: 100,
      leaseMs: 300,
      pollMs: { min: 5, max: 50 },
      ...changed,
    }).start({
      source: { engine, connection: source.connection },
      target: { engine, connection: target.connection },
    })
    open.push(migration)
    await plain.run('INSERT INTO orders (id, total) VALUES (1, 10), (2, 20)')
    await plain.run('INSERT INTO items (id, order_id, qty) VALUES (1, 1, 1)')
    await plain.run('INSERT INTO notes (id, total) VALUES (1, 100)')
    await migration.setStage('source-first')
    await migration.load()
    const connection = migration.connect('source', raw.native)
    const run = (sql: string): Promise<unknown> => connection.execute(raw.call(sql))
    return { migration, run }
  }

  const rows = (sql: string): Promise<unknown[]> => plain.rows(sql)
  const orders = (): Promise<unknown[]> => rows('SELECT id, total FROM orders ORDER BY id')

  async function targetOrders(): Promise<unknown[]> {
    const other = await rawConnection(engine, target.connection)
    const found = await other.rows('SELECT id, total FROM orders ORDER BY id')
    await other.end()
    return found
  }

  test('writes through a view are refused before they run, and tell what to write instead (W10)', async () => {
    const { migration, run } = await start()
    const before = await orders()
    for (const [verb, sql] of [...writes, ...moreWrites[engine]]) {
      const error = await refusal(() => run(sql))
      expect([sql, error.code, error.table]).toEqual([sql, 'TW_CAPTURE_REFUSED', 'orders'])
      expect(error.message).toContain(verb)
      if (verb !== 'nested-write')
        expect(error.message).toMatch(/through "open_orders"|through "Open_Orders"/)
      await run(sqliteTransaction(engine))
      expect((await refusal(() => run(sql))).code).toBe('TW_CAPTURE_REFUSED')
      await run('COMMIT')
    }
    expect(await orders()).toEqual(before)
    expect((await migration.status()).marks).toEqual([])
  })

  test('reads of such a view, and writes of views over other tables, run as ever', async () => {
    const { migration, run } = await start()
    await run('SELECT id FROM open_orders')
    if (engine !== 'sqlite') await run('UPDATE open_notes SET total = 1')
    if (engine === 'mysql' || engine === 'mariadb')
      await run('UPDATE notes AS n JOIN open_orders AS o ON n.id = o.id SET n.total = o.total')
    await run('INSERT INTO orders (id, total) SELECT id + 10, total FROM open_orders')
    expect(await migration.drain()).toBe(true)
    expect(await targetOrders()).toEqual(await orders())
  })

  test('with `uncaptured: "mark"` a refused write runs under marks, which block the switch until a load (W10)', async () => {
    const { migration, run } = await start({ uncaptured: 'mark' })
    await run('INSERT INTO open_orders (id, total) VALUES (3, 30)')
    expect((await migration.status()).marks).toMatchObject([
      { table: 'orders', reason: expect.stringContaining('INSERT through "open_orders"') as string },
      { table: 'items' },
    ])
    const refused = await refusal(() => migration.switchStage('target-first'))
    expect([refused.code, /marks on items, orders/.test(refused.message)]).toEqual([
      'TW_SWITCH_REFUSED',
      true,
    ])
    expect(await targetOrders()).toHaveLength(2)

    await migration.load()
    expect((await migration.status()).marks).toEqual([])
    expect(await targetOrders()).toEqual(await orders())
    await migration.switchStage('target-first')
    expect((await migration.status()).stage).toBe('target-first')
  })

  test('in a transaction the marks stand and fall with it, beside what is captured (W2, W3, W10)', async () => {
    const { migration, run } = await start({ uncaptured: 'mark' })
    for (const end of ['ROLLBACK', 'COMMIT']) {
      await run(sqliteTransaction(engine))
      await run('UPDATE orders SET total = 21 WHERE id = 2')
      await run('DELETE FROM open_orders WHERE id = 1')
      await run(end)
      const marked = (await migration.status()).journal?.marks
      expect([end, marked]).toEqual([end, end === 'COMMIT' ? ['items', 'orders'] : []])
    }
    expect(await rows('SELECT id FROM items')).toEqual([])
    expect(await migration.drain()).toBe(true)
    expect(await targetOrders()).toEqual([
      { id: 1, total: 10 },
      { id: 2, total: 21 },
    ])
    await migration.load()
    expect(await targetOrders()).toEqual([{ id: 2, total: 21 }])
    await migration.switchStage('target-first')
  })

  test('under marks an error of the database stays its own, and what it left standing goes on (W1)', async () => {
    const { migration, run } = await start({ uncaptured: 'mark' })
    const twice = 'INSERT INTO open_orders (id, total) VALUES (1, 1)'
    const expected = await plain.run(twice).catch((error: unknown) => error)
    for (const inside of [false, true]) {
      if (inside) await run(sqliteTransaction(engine))
      const thrown = await run(twice).catch((error: unknown) => error)
      expect(thrown).not.toBeInstanceOf(TwinwriteError)
      expect((thrown as Error).message).toBe((expected as Error).message)
    }
    if (engine === 'postgres') {
      await run('ROLLBACK')
      expect((await migration.status()).marks).toEqual([])
    } else {
      await run('UPDATE orders SET total = 12 WHERE id = 1')
      await run('COMMIT')
      expect(await migration.drain()).toBe(true)
      expect((await targetOrders())[0]).toEqual({ id: 1, total: 12 })
    }
  })

  test('the app sees the answer of its own statement, and its own last id (W1)', async () => {
    const { run } = await start({ uncaptured: 'mark' })
    const sql = 'UPDATE open_orders SET total = total WHERE id > 0'
    const native = await plain.run(sql)
    expect(raw.native.shape.affected(await run(sql))).toBe(raw.native.shape.affected(native))
    if (engine !== 'mysql' && engine !== 'mariadb') return
    await run('CREATE TEMPORARY TABLE counted (id int AUTO_INCREMENT PRIMARY KEY)')
    await run('INSERT INTO counted VALUES (), ()')
    const last = await raw.rows('SELECT LAST_INSERT_ID() AS id')
    await run(sql)
    expect(await raw.rows('SELECT LAST_INSERT_ID() AS id')).toEqual(last)
  })

  test('a mark that commits between the gates and the freeze ends the switch (W10)', async () => {
    const { migration, run } = await start({ uncaptured: 'mark' })
    const { source: from, target: to } = migration.stores
    const { epoch } = (await migration.status()).source.fence!
    const step = (
      name: string,
    ): ((context: Parameters<(typeof switchSteps)[number]['run']>[0]) => Promise<void>) =>
      switchSteps.find((one) => one.name === name)!.run
    const context = {
      clock: { now: () => Date.now(), sleep: () => Promise.resolve(), random: () => 0 },
      options: { freezeTimeoutMs: 2000, drainTimeoutMs: 2000, counterHeadroom: 0, maxLagMs: 5000 },
      from,
      to,
      fromStage: 'source-first',
      toStage: 'target-first',
      epoch,
      drainPage: () => Promise.resolve(0),
      closed: () => Promise.resolve([]),
    } as const
    await step('gates')(context)
    await run('DELETE FROM open_orders WHERE id = 2')
    await step('freeze')(context)
    expect((await refusal(() => step('drain')(context))).code).toBe('TW_SWITCH_REFUSED')
    expect(await migration.recover()).toBe('rolled-back')
  })

  test('a process that has not seen the switch runs nothing under marks on the side that was primary (W8)', async () => {
    const { migration } = await start()
    await migration.switchStage('target-first')
    await migration.switchStage('source-first')
    const late = defineMigration({
      name: 'shop',
      tables: { orders: true, items: true },
      uncaptured: 'mark',
      beatMs: 60_000,
      leaseMs: 600_000,
    }).start({
      source: { engine, connection: source.connection },
      target: { engine, connection: target.connection },
    })
    open.push(late)
    await late.status()
    const connection = late.connect('source', raw.native)
    await migration.switchStage('target-first')
    const before = await orders()
    const sql = 'UPDATE open_orders SET total = 77'
    expect((await refusal(() => connection.execute(raw.call(sql)))).code).toBe('TW_STAGE_MOVED')
    expect(await orders()).toEqual(before)
  })
})

describe('partitions of a mapped table on postgres', () => {
  test('are refused as targets of writes, with what would drop or empty them (W10)', async () => {
    const source = await freshDatabase('postgres')
    const target = await freshDatabase('postgres')
    const plain = await rawConnection('postgres', source.connection)
    const raw = await rawConnection('postgres', source.connection)
    const other = await rawConnection('postgres', target.connection)
    await plain.run('CREATE TABLE events (id int PRIMARY KEY, note text) PARTITION BY RANGE (id)')
    await plain.run('CREATE TABLE events_low PARTITION OF events FOR VALUES FROM (0) TO (10)')
    await plain.run('CREATE TABLE apart (id int PRIMARY KEY)')
    await other.run('CREATE TABLE events (id int PRIMARY KEY, note text)')
    const migration = defineMigration({ name: 'shop', tables: { events: true } }).start({
      source: { engine: 'postgres', connection: source.connection },
      target: { engine: 'postgres', connection: target.connection },
    })
    try {
      await migration.setStage('source-first')
      const connection = migration.connect('source', raw.native)
      const run = (sql: string): Promise<unknown> => connection.execute(raw.call(sql))
      await run(`INSERT INTO events VALUES (1, 'a')`)
      for (const sql of [
        `INSERT INTO events_low VALUES (2, 'b')`,
        `UPDATE ONLY events_low SET note = 'c'`,
        'DELETE FROM public.events_low',
        'TRUNCATE apart, events_low',
        'COPY events_low FROM STDIN',
        `MERGE INTO events_low AS e USING apart AS a ON a.id = e.id WHEN MATCHED THEN DELETE`,
      ]) {
        const error = await refusal(() => run(sql))
        expect([sql, error.code, error.table]).toEqual([sql, 'TW_CAPTURE_REFUSED', 'events'])
      }
      for (const sql of ['DROP TABLE events_low', 'ALTER TABLE events_low ADD CHECK (id > 0)'])
        expect([sql, (await refusal(() => run(sql))).code]).toEqual([sql, 'TW_SCHEMA_CHANGE'])
      await run('TRUNCATE apart')
      expect(await migration.drain()).toBe(true)
      expect(await other.rows('SELECT * FROM events')).toEqual([{ id: 1, note: 'a' }])
    } finally {
      await Promise.all([plain.end(), raw.end(), other.end()])
      await migration.close()
      await Promise.all([source.drop(), target.drop()])
    }
  })
})

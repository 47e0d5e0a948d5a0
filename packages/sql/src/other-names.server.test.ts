// Other names by which a table's rows can be written, as the catalogs of real servers tell them (W10).

import { freshDatabase } from '@twinwrite/testkit'
import { describe, expect, it } from 'vitest'
import { cleanUp, engines, testSide, type TestSide } from './testing/test-side.ts'

const hostile = `open "orders" \`2\`; -- it's ☃`

/** For each table the other names, with their schema where it is not the default one. */
async function otherNames(side: TestSide, ...tables: readonly string[]): Promise<string[][]> {
  const found = await side.store.catalog(tables.map((name) => ({ schema: null, name })))
  return found.map(({ writableThrough }) =>
    writableThrough.map(({ schema, name }) => (schema === null ? name : `${schema}.${name}`)).sort(),
  )
}

async function orders(engine: TestSide['engine']): Promise<TestSide> {
  const side = await testSide(engine)
  await side.app.run('CREATE TABLE orders (id int PRIMARY KEY, total int)')
  await side.app.run('CREATE TABLE other (id int PRIMARY KEY, total int)')
  return side
}

describe.each(['postgres', 'mysql', 'mariadb'] as const)('views of %s', (engine) => {
  it('count when they can write the table, directly or through other views, whatever their names (W10, W14)', async () => {
    const side = await orders(engine)
    const { quote } = side.dialect
    await side.app.run('CREATE VIEW direct AS SELECT id, total FROM orders AS o WHERE total > 5')
    await side.app.run(`CREATE VIEW ${quote(hostile)} AS SELECT id FROM direct`)
    await side.app.run(
      `CREATE VIEW third AS SELECT * FROM ${quote(hostile)} WHERE id IN (SELECT id FROM orders)`,
    )
    await side.app.run('CREATE VIEW summed AS SELECT count(*) AS n FROM orders')
    await side.app.run('CREATE VIEW both_sides AS SELECT * FROM orders UNION ALL SELECT * FROM other')
    await side.app.run('CREATE VIEW elsewhere AS SELECT id, total FROM other')
    expect(await otherNames(side, 'orders', 'other')).toEqual([
      ['direct', hostile, 'third'].sort(),
      ['elsewhere'],
    ])
  })
})

it.each(['mysql', 'mariadb'] as const)(
  'on %s views over joins and of other schemas count, too',
  async (engine) => {
    const side = await orders(engine)
    const away = await freshDatabase(engine)
    cleanUp(() => away.drop())
    const [schema, here] = [away, side].map(({ connection }) => (connection as { database: string }).database)
    await side.app.run(
      'CREATE VIEW joined AS SELECT a.id, b.total FROM orders AS a JOIN other AS b ON a.id = b.id',
    )
    await side.app.run(`CREATE VIEW ${schema}.away AS SELECT id FROM ${here}.orders`)
    expect(await otherNames(side, 'orders', 'other')).toEqual([
      ['joined', `${schema}.away`].sort(),
      ['joined'],
    ])
  },
)

describe('postgres', () => {
  it('tells a view from the tables that it only reads', async () => {
    const side = await orders('postgres')
    await side.app.run(
      'CREATE VIEW big AS SELECT id, (SELECT max(total) FROM other) AS most FROM orders WHERE id IN (SELECT id FROM other)',
    )
    await side.app.run('CREATE VIEW joined AS SELECT o.id FROM orders AS o JOIN other USING (id)')
    expect(await otherNames(side, 'orders', 'other')).toEqual([['big'], []])
  })

  it('tells partitions at any depth, the tables that they are partitions of, and views over both', async () => {
    const side = await testSide('postgres')
    await side.app.run('CREATE SCHEMA archive')
    for (const sql of [
      'CREATE TABLE events (id int PRIMARY KEY) PARTITION BY RANGE (id)',
      'CREATE TABLE low PARTITION OF events FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id)',
      'CREATE TABLE archive.lowest PARTITION OF low FOR VALUES FROM (0) TO (5)',
      'CREATE TABLE high PARTITION OF events FOR VALUES FROM (10) TO (20)',
      'CREATE VIEW lowest_view AS SELECT * FROM archive.lowest',
      'CREATE VIEW all_events AS SELECT * FROM events',
    ])
      await side.app.run(sql)
    expect(await otherNames(side, 'events', 'low', 'high')).toEqual([
      ['all_events', 'archive.lowest', 'high', 'low', 'lowest_view'],
      ['all_events', 'archive.lowest', 'events', 'lowest_view'],
      ['all_events', 'events'],
    ])
  })

  it('tells children by inheritance and their other parents', async () => {
    const side = await testSide('postgres')
    await side.app.run('CREATE TABLE base (id int PRIMARY KEY)')
    await side.app.run('CREATE TABLE extra (note text)')
    await side.app.run('CREATE TABLE derived (PRIMARY KEY (id)) INHERITS (base, extra)')
    expect(await otherNames(side, 'base')).toEqual([['derived', 'extra']])
  })

  it('counts views whose rules or triggers name the table', async () => {
    const side = await orders('postgres')
    for (const sql of [
      'CREATE VIEW ruled AS SELECT 1 AS id',
      'CREATE RULE put AS ON INSERT TO ruled DO INSTEAD INSERT INTO orders (id) VALUES (NEW.id)',
      'CREATE VIEW triggered AS SELECT o.id FROM orders AS o JOIN other USING (id)',
      'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
      'CREATE TRIGGER put INSTEAD OF INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION f()',
    ])
      await side.app.run(sql)
    expect(await otherNames(side, 'orders', 'other')).toEqual([['ruled', 'triggered'], ['triggered']])
  })
})

it('on sqlite views count whose INSTEAD OF triggers name the table or another such view (W10)', async () => {
  const side = await orders('sqlite')
  for (const sql of [
    'CREATE VIEW plain AS SELECT * FROM orders',
    'CREATE VIEW entry AS SELECT * FROM orders',
    'CREATE TRIGGER put INSTEAD OF INSERT ON Entry BEGIN INSERT INTO "orders" VALUES (NEW.id, NEW.total); END',
    'CREATE VIEW outer_entry AS SELECT * FROM entry',
    'CREATE TRIGGER put_outer INSTEAD OF INSERT ON outer_entry BEGIN INSERT INTO entry VALUES (NEW.id, NEW.total); END',
    'CREATE TRIGGER own AFTER INSERT ON orders BEGIN INSERT INTO other VALUES (NEW.id, NEW.total); END',
  ])
    await side.app.run(sql)
  expect(await otherNames(side, 'orders', 'other')).toEqual([['Entry', 'outer_entry'], []])
})

it.each(engines)('on %s a table without other names has none', async (engine) => {
  expect(await otherNames(await orders(engine), 'orders', 'other')).toEqual([[], []])
})

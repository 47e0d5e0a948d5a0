// What the catalog says of tables, on real servers, hostile names included.

import { columnOf } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { engines, testSide, type TestSide } from './testing/test-side.ts'

const hostile = [`select "from" \`x\` ; -- \\`, 'ünï ☃ ?$1', `it's`] as const

describe.each(engines)('the catalog of %s', (engine) => {
  it('leaves unknown names out, and takes hostile names as they are (W14)', async () => {
    const side = await testSide(engine)
    const q = (name: string): string => side.dialect.quote(name)
    const [table, id, value] = hostile
    await side.app.run(`CREATE TABLE ${q(table)} (${q(id)} int PRIMARY KEY, ${q(value)} varchar(20) UNIQUE)`)
    const side2 = await side.store.catalog([
      { schema: null, name: 'absent' },
      { schema: null, name: table },
    ])
    expect(side2).toHaveLength(1)
    expect(side2[0]).toMatchObject({ schema: null, name: table, key: [id] })
    expect(side2[0]!.columns.map(({ name }) => name)).toEqual([id, value])
    expect(side2[0]!.uniques.map(({ columns }) => columns)).toEqual([[value]])
  })

  it('finds the key: the primary key, else the first unique key without nullable columns, else none', async () => {
    const side = await testSide(engine)
    await side.app.run(
      'CREATE TABLE a (x int NOT NULL, y int NOT NULL, z int, PRIMARY KEY (y, x), UNIQUE (z))',
    )
    await side.app.run('CREATE TABLE b (x int UNIQUE, y int NOT NULL UNIQUE, z int NOT NULL)')
    await side.app.run('CREATE TABLE c (x int UNIQUE)')
    const found = await side.store.catalog(['a', 'b', 'c'].map((name) => ({ schema: null, name })))
    expect(found.map(({ name, key }) => [name, key])).toEqual([
      ['a', ['y', 'x']],
      ['b', ['y']],
      ['c', []],
    ])
    expect(found.map(({ uniques }) => uniques.map(({ columns }) => columns))).toEqual([
      [['z']],
      [['x']],
      [['x']],
    ])
  })

  it('finds foreign keys from both ends with their actions', async () => {
    const side = await testSide(engine)
    await side.app.run('CREATE TABLE parent (id int PRIMARY KEY)')
    await side.app.run(
      'CREATE TABLE child (id int PRIMARY KEY, p int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL)',
    )
    const [parent, child] = await side.store.catalog(
      ['parent', 'child'].map((name) => ({ schema: null, name })),
    )
    expect(child!.foreignKeys).toHaveLength(1)
    expect(child!.foreignKeys[0]).toMatchObject({
      child: { schema: null, name: 'child' },
      childColumns: ['p'],
      parent: { schema: null, name: 'parent' },
      parentColumns: ['id'],
      onDelete: 'cascade',
      onUpdate: 'set null',
    })
    expect(parent!.referencedBy).toEqual(child!.foreignKeys)
    expect(parent!.foreignKeys).toEqual([])
  })
})

describe('the catalog of postgres', () => {
  async function described(
    side: TestSide,
    name: string,
  ): Promise<Awaited<ReturnType<TestSide['store']['catalog']>>[number]> {
    return (await side.store.catalog([{ schema: null, name }]))[0]!
  }

  it('tells lengths, scales, ranges, counters, defaults and generated columns', async () => {
    const side = await testSide('postgres')
    await side.app.run(`CREATE TABLE t (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, s serial, v varchar(40) NOT NULL DEFAULT 'x', n numeric(12, 3),
      t timestamp(3), b bit(4), twice int GENERATED ALWAYS AS (s * 2) STORED, c text COLLATE "C", u uuid)`)
    const table = await described(side, 't')
    const column = (name: string) => columnOf(table, name)
    expect(column('id')).toMatchObject({
      type: 'bigint',
      counter: true,
      identityAlways: true,
      nullable: false,
    })
    expect(column('s')).toMatchObject({
      counter: true,
      identityAlways: false,
      hasDefault: true,
      range: { max: '2147483647' },
    })
    expect(column('v')).toMatchObject({
      type: 'character varying(40)',
      length: 40,
      hasDefault: true,
      counter: false,
    })
    expect(column('n')).toMatchObject({ kind: 'decimal', precision: 12, scale: 3, nullable: true })
    expect(column('t')).toMatchObject({ kind: 'datetime', scale: 3 })
    expect(column('b')).toMatchObject({ kind: 'bits', length: 4 })
    expect(column('twice')).toMatchObject({ generated: true, counter: false })
    expect(column('u')).toMatchObject({ kind: 'uuid', length: null, foldsText: false })
  })

  it('has no columns for partial and expression indexes, and knows case-insensitive collations', async () => {
    const side = await testSide('postgres')
    await side.app.run(
      `CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    )
    await side.app.run('CREATE TABLE t (id int PRIMARY KEY, a text COLLATE ci UNIQUE, b text)')
    await side.app.run('CREATE UNIQUE INDEX partial ON t (b) WHERE id > 5')
    await side.app.run('CREATE UNIQUE INDEX lowered ON t (lower(b))')
    const table = await described(side, 't')
    expect(columnOf(table, 'a')).toMatchObject({ foldsText: true })
    expect(table.uniques.map(({ name, columns }) => [name, columns])).toEqual([
      ['t_a_key', ['a']],
      ['partial', null],
      ['lowered', null],
    ])
  })

  it('tells triggers and rules, and finds tables of other schemas and partitioned ones', async () => {
    const side = await testSide('postgres')
    await side.app.run('CREATE SCHEMA other')
    await side.app.run(`CREATE TYPE other.mood AS ENUM ('up', 'down')`)
    await side.app.run(
      'CREATE TABLE other.p (id int, m other.mood, PRIMARY KEY (id)) PARTITION BY RANGE (id)',
    )
    await side.app.run('CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$')
    await side.app.run(
      'CREATE TRIGGER tr BEFORE INSERT OR UPDATE ON other.p FOR EACH ROW EXECUTE FUNCTION f()',
    )
    await side.app.run('CREATE RULE ru AS ON DELETE TO other.p DO INSTEAD NOTHING')
    const [table] = await side.store.catalog([{ schema: 'other', name: 'p' }])
    expect(table).toMatchObject({ schema: 'other', name: 'p', key: ['id'] })
    expect(columnOf(table!, 'm')).toMatchObject({ kind: 'enum', type: 'other.mood', labels: ['up', 'down'] })
    expect(table!.triggers).toEqual([
      { name: 'ru', timing: 'instead of', event: 'delete' },
      { name: 'tr', timing: 'before', event: 'insert or update' },
    ])
  })
})

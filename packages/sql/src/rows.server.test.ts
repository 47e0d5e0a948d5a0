// Rows on real servers, by keys and names of every shape: what is asked for is read and written, and nothing else.

import { encodeKey, type Row, type SideTable } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { applyWrites, readRows, upsertsOf } from './testing/apply.ts'
import { engines, first, rowLocking, type TestSide, testSide } from './testing/test-side.ts'

const secondary = { ...first, role: 'secondary' } as const

async function withTable(
  engine: TestSide['engine'],
  definition: string,
  ...more: string[]
): Promise<[TestSide, SideTable]> {
  const side = await testSide(engine)
  for (const statement of [definition, ...more]) await side.app.run(statement)
  await side.store.install(secondary)
  const name = /CREATE TABLE (\w+)/.exec(definition)![1]!
  const [table] = await side.use(name)
  return [side, table!]
}

const values = async (side: TestSide, sql: string): Promise<unknown[][]> =>
  (await side.app.run(sql)).rows.map((row) => Object.values(row))

const varchar: Record<TestSide['engine'], string> = {
  postgres: 'varchar(60)',
  mysql: 'varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin',
  mariadb: 'varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin',
  sqlite: 'varchar(60)',
}

describe.each(engines)('rows on %s', (engine) => {
  it('stand under composite keys with every character (W4)', async () => {
    const [side, table] = await withTable(
      engine,
      `CREATE TABLE pairs (b ${varchar[engine]} NOT NULL, a int NOT NULL, v int, PRIMARY KEY (a, b))`,
    )
    const rows: Row[] = ['', ' ', 'x|y', 'x~p', `it's "q" \\ \` ? $1`, 'ä𝄞', 'X', 'x'].map((b, index) => [
      b,
      '1',
      String(index),
    ])
    await applyWrites(side.store, [upsertsOf(table, rows)])
    const keys = rows.map(([b, a]) => encodeKey([a!, b!]))
    expect(await readRows(side.store, 'pairs', keys)).toEqual(
      new Map(rows.map((row, index) => [keys[index], row])),
    )
    await applyWrites(side.store, [upsertsOf(table, [[...rows[2]!.slice(0, 2), null]], [keys[3]!, keys[6]!])])
    const left = await readRows(side.store, 'pairs', keys)
    expect([...left.keys()].sort()).toEqual(keys.filter((key) => key !== keys[3] && key !== keys[6]).sort())
    expect(left.get(keys[2]!)).toEqual(['x|y', '1', null])
  })

  it('are read and deleted by thousands of composite keys', async () => {
    const [side, table] = await withTable(
      engine,
      `CREATE TABLE pairs (b ${varchar[engine]} NOT NULL, a int NOT NULL, PRIMARY KEY (a, b))`,
    )
    const rows: Row[] = Array.from({ length: 3000 }, (_, index) => [`b${index}`, String(index % 7)])
    await applyWrites(side.store, [upsertsOf(table, rows)])
    const keys = rows.map(([b, a]) => encodeKey([a!, b!]))
    expect((await readRows(side.store, 'pairs', keys)).size).toBe(3000)
    await applyWrites(side.store, [upsertsOf(table, [], keys.slice(1))])
    expect([...(await readRows(side.store, 'pairs', keys)).keys()]).toEqual([keys[0]])
  })

  it('are found and written under hostile names of tables and columns (W14)', async () => {
    const side = await testSide(engine, {
      naming: { migration: `it's "a" \`b\` ? \\ ☃`, prefix: '_tw "x`_' },
    })
    const q = (name: string): string => side.dialect.quote(name)
    const [name, id, value, unique] = [`t"'\`; DROP TABLE canary; -- ?`, 'select', 'v $1 ? :x', 'ü"`']
    await side.app.run('CREATE TABLE canary (id int)')
    await side.app.run(
      `CREATE TABLE ${q(name)} (${q(id)} int PRIMARY KEY, ${q(value)} varchar(60), ${q(unique)} int NOT NULL UNIQUE)`,
    )
    await side.store.install(first)
    await side.store.addJournal([{ table: name, key: '1', op: 'insert' }], 1)
    await side.store.changeFence({ role: 'primary', epoch: 1 }, secondary, 1000)
    const [table] = await side.use(name)
    await applyWrites(side.store, [
      upsertsOf(table!, [
        ['1', `'; DROP TABLE canary; --`, '5'],
        ['2', null, '6'],
      ]),
    ])
    const swapped = [
      ['1', '?', '6'],
      ['2', null, '5'],
    ]
    await applyWrites(side.store, [upsertsOf(table!, swapped)], true)
    const { journal, rows } = await side.store.snapshot([
      { table: name, key: '1' },
      { table: name, key: '2' },
    ])
    expect([...rows.get(name)!.values()]).toEqual(expect.arrayContaining(swapped))
    expect(journal.map(({ table: of, key }) => [of, key])).toEqual([[name, '1']])
    expect(await side.store.inTheWay([upsertsOf(table!, [['3', '', '6']])], 'unique')).toEqual([
      { table: name, key: '1' },
    ])
    expect(await side.store.keysAfter(name, '1', 5)).toEqual(['2'])
    await side.store.uninstall()
    expect((await side.app.run('SELECT count(*) AS n FROM canary')).rows).toHaveLength(1)
  })

  it('keep columns that are not mapped', async () => {
    const [side, table] = await withTable(
      engine,
      `CREATE TABLE t (id int PRIMARY KEY, a int, extra int DEFAULT 7, u int UNIQUE)`,
    )
    const mapped = { ...table, columns: table.columns.filter(({ name }) => name !== 'extra') }
    side.store.use(new Map([['t', mapped]]))
    await applyWrites(side.store, [upsertsOf(mapped, [['1', '1', '1']])])
    await side.app.run('UPDATE t SET extra = 8')
    await applyWrites(side.store, [upsertsOf(mapped, [['1', '2', '3']])], true)
    expect(await values(side, 'SELECT a, extra, u FROM t')).toEqual([[2, 8, 3]])
  })

  it('come in any number', async () => {
    const [side, table] = await withTable(engine, `CREATE TABLE t (id int PRIMARY KEY, a int, u int UNIQUE)`)
    const rows = Array.from({ length: 2_345 }, (_, id): Row => [String(id), String(id * 2), null])
    await applyWrites(side.store, [upsertsOf(table, rows)])
    await applyWrites(side.store, [
      upsertsOf(
        table,
        rows.slice(0, 1_500),
        rows.slice(2_000).map(([id]) => id!),
      ),
    ])
    expect(Number((await values(side, 'SELECT count(*) FROM t WHERE a = id * 2'))[0]![0])).toBe(2_000)
    expect(
      await readRows(
        side.store,
        't',
        rows.map(([id]) => id!),
      ),
    ).toHaveLength(2_000)
  })

  it('consist of a key alone where there is nothing else', async () => {
    const [side, table] = await withTable(engine, `CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))`)
    for (let round = 0; round < 2; round++)
      await applyWrites(side.store, [
        upsertsOf(
          table,
          [
            ['1', '2'],
            ['3', '4'],
          ],
          ['5|6'],
        ),
      ])
    expect(await values(side, 'SELECT a, b FROM t ORDER BY a')).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it.each([
    ['integers', 'int', ['1', '2', '3']],
    ['texts', varchar[engine], ['a', 'b', 'c']],
    ['nullable texts', 'varchar(5)', ['a', 'b', null]],
  ] as const)('swap unique %s within a batch, also when one row goes (C15)', async (_, type, given) => {
    const notNull = given.includes(null as never) ? '' : 'NOT NULL'
    const [side, table] = await withTable(
      engine,
      `CREATE TABLE t (id ${varchar[engine]} NOT NULL PRIMARY KEY, u ${type} ${notNull} UNIQUE, v int)`,
    )
    const [a, b, c] = given
    await applyWrites(side.store, [
      upsertsOf(table, [
        ['x', a, '1'],
        ['y', b, '2'],
        ['z', c, '3'],
      ]),
    ])
    await applyWrites(
      side.store,
      [
        upsertsOf(
          table,
          [
            ['x', c, '4'],
            ['y', a, '5'],
          ],
          ['z'],
        ),
      ],
      true,
    )
    expect(await readRows(side.store, 't', ['x', 'y', 'z'])).toEqual(
      new Map([
        ['x', ['x', c, '4']],
        ['y', ['y', a, '5']],
      ]),
    )
  })

  it('are read page by page in the order of the key', async () => {
    const [side, table] = await withTable(
      engine,
      `CREATE TABLE t (a int, b ${varchar[engine]}, PRIMARY KEY (a, b))`,
    )
    const rows = [1, 2, 10].flatMap((a) => ['', 'B', 'a', 'ä'].map((b): Row => [String(a), b]))
    await applyWrites(side.store, [upsertsOf(table, rows)])
    const keys: string[] = []
    for (let after: string | null = null; ;) {
      const page: string[] = await side.store.keysAfter('t', after, 5)
      keys.push(...page)
      if (page.length < 5) break
      after = page.at(-1)!
    }
    expect(keys).toHaveLength(12)
    expect(new Set(keys)).toEqual(new Set(rows.map((row) => encodeKey(row as string[]))))
    expect(keys.map((key) => Number(key.split('|')[0]))).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 10, 10, 10, 10])
  })

  it('pull in missing parents and blocking children', async () => {
    const [side, parent] = await withTable(
      engine,
      'CREATE TABLE parent (id int PRIMARY KEY, v int)',
      'CREATE TABLE child (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES parent (id))',
    )
    const [, child] = await side.use('parent', 'child')
    await applyWrites(side.store, [
      upsertsOf(parent, [
        ['1', '1'],
        ['2', '2'],
      ]),
      upsertsOf(child!, [
        ['10', '1'],
        ['11', '2'],
        ['12', null],
      ]),
    ])
    expect(
      await side.store.inTheWay(
        [
          upsertsOf(child!, [
            ['13', '1'],
            ['14', '7'],
            ['15', null],
          ]),
        ],
        'foreign-key',
      ),
    ).toEqual([{ table: 'parent', key: '7' }])
    expect(await side.store.inTheWay([upsertsOf(parent, [], ['1', '5'])], 'foreign-key')).toEqual([
      { table: 'child', key: '10' },
    ])
    expect(
      await side.store.inTheWay([upsertsOf(parent, [], ['1']), upsertsOf(child!, [], ['10'])], 'foreign-key'),
    ).toEqual([])
  })

  it('are written child before parent where our sessions turn foreign keys off', async () => {
    const [side] = await withTable(
      engine,
      'CREATE TABLE parent (id int PRIMARY KEY, v int)',
      'CREATE TABLE child (id int PRIMARY KEY, p int NOT NULL, FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE)',
    )
    const [parent, child] = await side.use('parent', 'child')
    await applyWrites(side.store, [upsertsOf(child!, [['10', '1']])])
    await applyWrites(side.store, [upsertsOf(parent!, [['1', '1']])])
    await applyWrites(side.store, [upsertsOf(parent!, [], ['1'])])
    expect(await values(side, 'SELECT id FROM child')).toEqual([[10]])
  })
})

const folding: Record<TestSide['engine'], string> = {
  postgres: 'text COLLATE ci',
  mysql: 'varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci',
  mariadb: 'varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
  sqlite: 'text COLLATE NOCASE',
}

describe.each(engines)('keys that fold on %s', (engine) => {
  async function folded(): Promise<[TestSide, SideTable]> {
    const side = await testSide(engine)
    if (engine === 'postgres') {
      await side.app.run(
        `CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
      )
    }
    await side.app.run(`CREATE TABLE t (id ${folding[engine]} NOT NULL PRIMARY KEY, v int)`)
    await side.store.install(secondary)
    const [table] = await side.use('t')
    await applyWrites(side.store, [
      upsertsOf(table!, [
        ['abc', '1'],
        ['b', '2'],
      ]),
    ])
    return [side, table!]
  }

  it('are read and deleted by their exact spelling only (W4)', async () => {
    const [side, table] = await folded()
    expect(table.key[0]!.foldsText).toBe(true)
    expect(await readRows(side.store, 't', ['ABC', 'b'])).toEqual(new Map([['b', ['b', '2']]]))
    await applyWrites(side.store, [upsertsOf(table, [], ['ABC', 'B'])])
    expect((await readRows(side.store, 't', ['abc', 'b'])).size).toBe(2)
  })

  it('never overwrite a row with another spelling, which is in the way instead (C17)', async () => {
    const [side, table] = await folded()
    const write = upsertsOf(table, [
      ['ABC', '9'],
      ['b', '3'],
    ])
    await expect(applyWrites(side.store, [write])).rejects.toMatchObject({ reason: 'unique' })
    expect(await side.store.inTheWay([write], 'unique')).toEqual([{ table: 't', key: 'abc' }])
    await applyWrites(side.store, [{ ...write, deletes: ['abc'] }], true)
    expect(await values(side, 'SELECT id, v FROM t ORDER BY v')).toEqual([
      ['b', 3],
      ['ABC', 9],
    ])
  })
})

describe.each(rowLocking)('a snapshot on %s', (engine) => {
  it('is one: journal and rows are of the same moment (I1)', async () => {
    const side = await testSide(engine)
    await side.app.run('CREATE TABLE a (id int PRIMARY KEY, v int)')
    await side.app.run('CREATE TABLE b (id int PRIMARY KEY, v int)')
    await side.store.install(first)
    const tables = await side.use('a', 'b')
    for (const table of tables) await side.app.run(`INSERT INTO ${table.mapping} VALUES (1, 0)`)
    let stop = false
    const writer = (async () => {
      for (let v = 1; !stop; v++) {
        await side.app.run('BEGIN')
        await side.app.run(`UPDATE a SET v = ${v} WHERE id = 1`)
        await side.app.own(side.dialect.journal([{ table: 'a', key: '1', op: 'update' }], 1, false))
        await side.app.run(`UPDATE b SET v = ${v} WHERE id = 1`)
        await side.app.run('COMMIT')
      }
    })()
    for (let round = 0; round < 300; round++) {
      const { rows, journal } = await side.store.snapshot([
        { table: 'a', key: '1' },
        { table: 'b', key: '1' },
      ])
      const [a, b] = ['a', 'b'].map((name) => rows.get(name)!.get('1')![1])
      expect([a, String(journal.length)]).toEqual([b, a])
    }
    stop = true
    await writer
  })
})

// Settings of the app's session and driver that change ids, counts or what is stored: capture follows them, or says no.

import type { Engine } from '@twinwrite/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { rawConnection } from './native-connections.ts'
import { familyTables, generatedTables, itemTables, itemTablesMapped } from './schemas.ts'
import { type Twin, twin, type TwinOptions } from './twin.ts'

const opened: Twin[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.end()
})

async function open(engine: Engine, schema: string[], options: TwinOptions = {}): Promise<Twin> {
  const pair = await twin(engine, schema, options)
  opened.push(pair)
  return pair
}

describe.each(['mysql', 'mariadb'] as const)('sessions of %s', (engine) => {
  const generated = (options: TwinOptions): Promise<Twin> => open(engine, generatedTables(engine), options)

  it('ids in steps of ten are the captured ones (W10, failure case k)', async () => {
    const pair = await generated({
      session: ['SET SESSION auto_increment_increment = 10', 'SET SESSION auto_increment_offset = 7'],
    })
    for (const sql of [
      `INSERT INTO items (code) VALUES ('s1'), ('s2'), ('s3')`,
      `INSERT IGNORE INTO items (code) VALUES ('s4'), ('s1'), ('s5'), ('s6')`,
      `INSERT INTO items (id, code) VALUES (NULL, 's7'), (5000, 's8'), (NULL, 's9')`,
      `INSERT INTO items (code) SELECT CONCAT(code, '!') FROM items WHERE code LIKE 's%'`,
      `REPLACE INTO items (code) VALUES ('s1'), ('s20')`,
    ]) {
      const { error, captured, changed } = await pair.write(sql)
      expect(error).toBeUndefined()
      expect(captured, sql).toEqual(changed)
      expect(changed.length).toBeGreaterThan(1)
    }
  })

  it('zero is a key where the session says so (W10)', async () => {
    const pair = await generated({ session: [`SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'`] })
    const one = await pair.write(`INSERT INTO plain (id, n) VALUES (?, 1)`, 0)
    expect(one.captured).toEqual(['plain:0'])
    await pair.write(`DELETE FROM plain WHERE id = 0`)
    const mixed = await pair.write(`INSERT INTO plain (id, n) VALUES (0, 1), (NULL, 2), (90, 3)`)
    expect(mixed.captured).toEqual(expect.arrayContaining([...mixed.changed]))
    expect(mixed.changed).toContain('plain:0')
  })

  it('a NULL that the session turns into a key takes its transaction back (W10)', async () => {
    const pair = await generated({ session: [`SET SESSION sql_mode = ''`] })
    const before = await pair.snapshot()
    await pair.wrapped.run(pair.begin)
    await expect(
      pair.capture(`INSERT INTO entries (tenant, sku) SELECT 9, NULLIF(CONCAT('s', id), 's2') FROM plain`),
    ).rejects.toMatchObject({ code: 'TW_CAPTURE_REFUSED' })
    await pair.wrapped.run('ROLLBACK')
    expect(await pair.snapshot()).toEqual(before)
  })

  it("a read of ours fails with the text of the app's statement (W1)", async () => {
    const pair = await open(engine, familyTables(engine))
    const sql = `REPLACE INTO parents VALUES (1, 'p1', 5)`
    await pair.wrapped.run('START TRANSACTION READ ONLY')
    await expect(pair.capture(sql)).rejects.toMatchObject({
      code: 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
      sql,
    })
    await pair.wrapped.run('ROLLBACK')
  })

  it('an upsert whose generated id meets a row that has just come there is captured (W10)', async () => {
    const pair = await generated({})
    const { wrapped } = pair
    // Makes the first row wait after both numbers, 10 and 11, are reserved.
    await wrapped.run(`INSERT INTO items (id, code) VALUES (9, 'known')`)
    await wrapped.run(
      `CREATE TRIGGER wait AFTER INSERT ON items FOR EACH ROW SET @waited = IF(NEW.code = 'slow', SLEEP(0.7), 0)`,
    )
    const other = await rawConnection(engine, pair.connection)
    await wrapped.run('BEGIN')
    const capturing = pair.capture(
      `INSERT INTO items (code, n) VALUES ('slow', 1), ('known', 1) ON DUPLICATE KEY UPDATE n = n + 100`,
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
    await other.run(`INSERT INTO items (id, code) VALUES (11, 'in between')`)
    await other.end()
    const { changes } = await capturing
    await wrapped.run('COMMIT')
    const rows = await wrapped.rows(`SELECT id, code, n FROM items WHERE id > 8 ORDER BY id`)
    expect(rows).toEqual([
      { id: 9, code: 'known', n: 0 },
      { id: 10, code: 'slow', n: 1 },
      { id: 11, code: 'in between', n: 100 },
    ])
    expect(changes.map(({ key }) => key)).toEqual(expect.arrayContaining(['10', '11']))
  })

  it('IGNORE leaves the number of a row that has just come there to the next (W10)', async () => {
    const pair = await generated({})
    const { wrapped } = pair
    await wrapped.run(
      `CREATE TRIGGER wait AFTER INSERT ON items FOR EACH ROW SET @waited = IF(NEW.code = 'slow', SLEEP(0.7), 0)`,
    )
    const other = await rawConnection(engine, pair.connection)
    const before = await pair.snapshot()
    await wrapped.run('BEGIN')
    const capturing = pair.capture(`INSERT IGNORE INTO items (code) VALUES ('slow'), ('x'), ('y'), ('z')`)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await other.run(`INSERT INTO items (id, code) VALUES (5, 'in between')`)
    await other.end()
    const { changes } = await capturing
    await wrapped.run('COMMIT')
    const added = [...(await pair.snapshot()).keys()].filter((row) => !before.has(row) && row !== 'items:5')
    expect(changes.map(({ table, key }) => `${table}:${key}`)).toEqual(added)
    expect(added).toEqual(['items:4'])
  })

  it('a unique value that has moved since the snapshot is found where it is now (W10)', async () => {
    const pair = await generated({ session: ['SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ'] })
    const { wrapped } = pair
    const other = await rawConnection(engine, pair.connection)
    await wrapped.run('BEGIN')
    await wrapped.rows('SELECT * FROM items')
    await other.run(`UPDATE items SET id = 50 WHERE code = 'b'`)
    await other.end()
    const { changes } = await pair.capture(
      `INSERT INTO items (code, n) VALUES ('b', 1), ('new', 1) ON DUPLICATE KEY UPDATE n = n + 5`,
    )
    await wrapped.run('COMMIT')
    expect(changes.map(({ key }) => key)).toEqual(['50', '51'])
    expect(await wrapped.rows(`SELECT n FROM items WHERE id = 50`)).toEqual([{ n: 5 }])
  })

  it('reads of ours leave the snapshot of the transaction to the app (W1)', async () => {
    const pair = await generated({ session: ['SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ'] })
    const { wrapped } = pair
    const other = await rawConnection(engine, pair.connection)
    for (const [round, sql] of [
      `INSERT INTO items (code) VALUES ('p1'), ('p2')`,
      `INSERT INTO notes (id, n) VALUES ('ü', 1)`,
      `UPDATE plain SET id = id + 100 WHERE n = 1`,
      `UPDATE items SET n = 5 WHERE code = 'b'`,
      `REPLACE INTO items (code) VALUES ('c')`,
      `INSERT INTO notes (id, n) VALUES ('a', 1), ('b', 1) ON DUPLICATE KEY UPDATE n = 2`,
      `INSERT INTO archive SELECT id, n FROM plain WHERE n = 2`,
      `DELETE FROM parents WHERE code = 'p1'`,
    ].entries()) {
      await wrapped.run('BEGIN')
      await pair.capture(sql)
      await other.run(`INSERT INTO numbered (tenant, n) VALUES (${round}, 0)`)
      expect(await wrapped.rows(`SELECT tenant FROM numbered WHERE tenant = ${round}`), sql).toHaveLength(1)
      await wrapped.run('COMMIT')
    }
    await other.end()
  })

  it('counts of changed instead of found rows come back as they are (W1)', async () => {
    const pair = await generated({ settings: { flags: ['-FOUND_ROWS'] } })
    for (const sql of [
      `UPDATE plain SET n = 1 WHERE id = 1`,
      `UPDATE plain SET n = 7 WHERE n > 0`,
      `UPDATE plain SET n = 7 WHERE n > 0`,
      `INSERT INTO items (code, n) VALUES ('b', 0), ('new', 0) ON DUPLICATE KEY UPDATE n = 0`,
      `INSERT INTO items (code, n) VALUES ('b', 0) ON DUPLICATE KEY UPDATE n = 0`,
    ]) {
      expect((await pair.write(sql)).error).toBeUndefined()
    }
  })

  it('numbers as texts, dates as texts and no local formats change nothing (W1, W4)', async () => {
    const settings = { supportBigNumbers: true, bigNumberStrings: true, dateStrings: true, charset: 'latin1' }
    const pair = await generated({ settings })
    await pair.write(`INSERT INTO items (id, code) VALUES (18446744073709551000, 'big')`)
    const next = await pair.write(`INSERT INTO items (code) VALUES ('bigger'), ('biggest')`)
    expect(next.captured).toEqual(['items:18446744073709551001', 'items:18446744073709551002'])
    const texts = await pair.write(`INSERT INTO notes (id, n) VALUES (?, 1)`, 'ünï')
    expect(texts.captured).toEqual(['notes:ünï'])
  })

  it('a key that is cut when it is stored is refused, and its transaction must not commit (W10)', async () => {
    const pair = await generated({ session: [`SET SESSION sql_mode = ''`] })
    const long = 'a key of more than twenty characters'
    for (const sql of [
      `INSERT INTO notes (id, n) VALUES (?, 1)`,
      `INSERT INTO notes (id, n) VALUES (?, 1), ('b', 1)`,
      `INSERT INTO notes (id, n) VALUES (?, 1) ON DUPLICATE KEY UPDATE n = 2`,
      `REPLACE INTO notes (id, n) VALUES (?, 1)`,
    ]) {
      await pair.wrapped.run('BEGIN')
      await expect(pair.capture(sql, [long]), sql).rejects.toMatchObject({ code: 'TW_CAPTURE_REFUSED' })
      await pair.wrapped.run('ROLLBACK')
    }
  })

  it('in strict mode the same is the error of the server (W1)', async () => {
    const pair = await generated({})
    const { error } = await pair.write(
      `INSERT INTO notes (id, n) VALUES (?, 1)`,
      'a key of more than twenty characters',
    )
    expect(String(error)).toMatch(/Data too long/)
  })

  it('an array bound to one parameter is refused before anything runs (W10)', async () => {
    const pair = await generated({})
    await pair.wrapped.run('BEGIN')
    pair.wrapped.sent.length = 0
    await expect(pair.capture(`INSERT INTO plain (id, n) VALUES (?)`, [[5, 6]])).rejects.toMatchObject({
      code: 'TW_CAPTURE_REFUSED',
    })
    expect(pair.wrapped.sent).toEqual([])
    await pair.wrapped.run('ROLLBACK')
  })

  it('an array bound to IN is captured (W10)', async () => {
    const pair = await generated({})
    const { captured, changed } = await pair.write(`UPDATE plain SET n = 50 WHERE id IN (?)`, [1, 2])
    expect(captured).toEqual(changed)
    expect(changed).toEqual(['plain:1', 'plain:2'])
  })

  it('a response of a transaction of ours looks like one without (W1)', async () => {
    const pair = await generated({})
    const expected = await pair.plain.run(`INSERT INTO plain (n) VALUES (1)`)
    await pair.wrapped.run('BEGIN')
    const { response } = await pair.capture(`INSERT INTO plain (n) VALUES (1)`)
    await pair.wrapped.run('COMMIT')
    expect(pair.wrapped.native.shape.autocommitted(response)).toEqual(expected)
  })
})

describe('sessions of SQLite', () => {
  it('big integers are given as such (W1)', async () => {
    const pair = await open('sqlite', itemTables('sqlite'), {
      mapped: itemTablesMapped,
      settings: { safeIntegers: true },
    })
    await pair.write(`INSERT INTO items (id, code) VALUES (?, 'big')`, 9007199254740993n)
    const { captured } = await pair.write(`UPDATE items SET n = 1 WHERE id = ?`, 9007199254740993n)
    expect(captured).toEqual(['items:9007199254740993'])
    await pair.write(`DELETE FROM items WHERE id = -1`)
  })
})

describe('sessions of PostgreSQL', () => {
  it('rows as arrays lose our columns, too (W1)', async () => {
    const pair = await open('postgres', itemTables('postgres'), {
      mapped: itemTablesMapped,
      rowMode: 'array',
    })
    await pair.write(`INSERT INTO items (code) VALUES ('a1'), ('a2') RETURNING id, code`)
    await pair.write(`UPDATE items SET id = id + 1000 WHERE n = 1 RETURNING *`)
    const { changed, captured } = await pair.write(`DELETE FROM items WHERE n = 0`)
    expect(captured).toEqual(changed)
  })

  it('an update of more rows than parameters fit in a statement is bound to all of them (W10)', async () => {
    const many = `INSERT INTO items (code) SELECT 'm' || g FROM generate_series(1, 70000) AS g`
    const pair = await open('postgres', [...itemTables('postgres'), many], { mapped: itemTablesMapped })
    const { changed, captured } = await pair.write(`UPDATE items SET id = id + 1000000 WHERE code LIKE 'm%'`)
    expect(changed.length).toBe(140_000)
    expect(captured.length).toBe(140_000)
  })
})

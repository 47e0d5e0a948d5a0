// PostgreSQL: journal and fence inside of the app's own statement, and together with its COMMIT.

import { type Change, type ChangeOp, encodeKey } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { first, type TestSide, testSide } from '../testing/test-side.ts'

const guard = { role: 'primary', epoch: 1 } as const

async function installed(): Promise<TestSide> {
  const side = await testSide('postgres')
  await side.app.run('CREATE TABLE t (id bigserial PRIMARY KEY, "we""ird |~" text UNIQUE, v int)')
  await side.store.install(first)
  return side
}

const journaled = (side: TestSide, op: ChangeOp = 'insert', epoch = 1): string =>
  `${side.dialect.fold('shop.t', ['id::text'], op, epoch)} AS key`
const insert = (side: TestSide, values: string, epoch = 1): string =>
  `INSERT INTO t (v) VALUES ${values} RETURNING v, ${journaled(side, 'insert', epoch)}`
const update = (side: TestSide, v: number): string =>
  `UPDATE t SET v = ${v} WHERE id = 1 RETURNING ${journaled(side, 'update')}`
const entries = async (side: TestSide): Promise<unknown[]> =>
  (await side.store.journalPage(100)).map(({ table, key }) => [table, key])
const countRows = async (side: TestSide): Promise<number> =>
  Number((await side.app.run('SELECT count(*) AS n FROM t')).rows[0]!['n'])

describe('fold', () => {
  it('journals each touched row once, and tells its key (W3)', async () => {
    const side = await installed()
    const { rows } = await side.app.run(insert(side, '(7), (8), (9)'))
    expect(rows).toEqual([7, 8, 9].map((v, index) => ({ v, key: String(index + 1) })))
    expect(await entries(side)).toEqual(['1', '2', '3'].map((key) => ['shop.t', key]))
  })

  it('encodes composite and hostile keys as encodeKey does', async () => {
    const side = await installed()
    const call = side.dialect.fold(`it's`, ['id::text', '"we""ird |~"'], 'insert', 1)!
    await side.app.run(`INSERT INTO t ("we""ird |~") VALUES ('a|b~c') RETURNING ${call} -- done`)
    expect(await entries(side)).toEqual([[`it's`, '1|a~pb~~c']])
  })

  it.each([['a'], ['a', 'b'], ['b', 'a', 'c']])('takes keys of any collation: %s %s %s', async (...parts) => {
    const side = await installed()
    await side.app.run(
      `CREATE COLLATION uncased (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    )
    await side.app.run(
      `CREATE TABLE k (a text COLLATE uncased, b varchar(9) COLLATE "en-x-icu", c text COLLATE "C")`,
    )
    const call = side.dialect.fold(
      'shop.k',
      parts.map((part) => `${part}::text`),
      'insert',
      1,
    )!
    await side.app.run(`INSERT INTO k VALUES ('A|', 'B~', 'C') RETURNING ${call}`)
    const texts = { a: 'A|', b: 'B~', c: 'C' } as Record<string, string>
    expect(await entries(side)).toEqual([['shop.k', encodeKey(parts.map((part) => texts[part]!))]])
  })

  it.each(['frozen', 'epoch', 'absent'])('fails as a whole when the fence refuses (%s) (W8)', async (why) => {
    const side = await installed()
    if (why === 'frozen') await side.store.changeFence(guard, { ...first, role: 'frozen' }, 1000)
    if (why === 'absent') await side.app.run('DELETE FROM _tw_fence')
    const error = await side.app
      .run(insert(side, '(1)', why === 'epoch' ? 2 : 1))
      .catch((cause: unknown) => cause)
    expect(side.dialect.refused(error)).toBe(true)
    expect(await countRows(side)).toBe(0)
    expect(await entries(side)).toEqual([])
  })

  it('needs no fence when nothing is written', async () => {
    const side = await installed()
    await side.store.changeFence(guard, { ...first, role: 'frozen' }, 1000)
    const { rows } = await side.app.run(
      `UPDATE t SET v = 1 WHERE id = 5 RETURNING ${journaled(side, 'update')}`,
    )
    expect(rows).toEqual([])
  })

  it('checks the fence in every execution of a prepared statement, with a generic plan too (W8)', async () => {
    const side = await installed()
    await side.app.run('SET plan_cache_mode = force_generic_plan')
    await side.app.run(`PREPARE w (int) AS ${insert(side, '($1)')}`)
    for (let v = 0; v < 8; v++) await side.app.run(`EXECUTE w (${v})`)
    await side.store.changeFence(guard, { ...first, role: 'frozen' }, 1000)
    const error = await side.app.run('EXECUTE w (9)').catch((cause: unknown) => cause)
    expect(side.dialect.refused(error)).toBe(true)
    await side.store.changeFence({ role: 'frozen', epoch: 1 }, first, 1000)
    await side.app.run('EXECUTE w (10)')
    expect(await countRows(side)).toBe(9)
    expect(await entries(side)).toHaveLength(9)
  })

  it.each(['repeatable read', 'serializable'])(
    'journals where the session runs %s by default, and refuses when its snapshot is older than the fence (C30)',
    async (isolation) => {
      const side = await installed()
      await side.app.run(`SET default_transaction_isolation = '${isolation}'`)
      await side.app.run(insert(side, '(1)'))
      expect(await entries(side)).toEqual([['shop.t', '1']])
      const holder = await side.connect()
      await holder.run('BEGIN')
      await holder.run('SELECT 1 FROM t WHERE id = 1 FOR UPDATE')
      const write = side.app.run(update(side, 3)).catch((cause: unknown) => cause)
      await new Promise((resolve) => setTimeout(resolve, 150))
      expect(await side.store.changeFence(guard, { ...first, role: 'frozen', epoch: 2 }, 1000)).toBe(true)
      expect(await side.store.changeFence({ role: 'frozen', epoch: 2 }, { ...first, epoch: 1 }, 1000)).toBe(
        true,
      )
      await holder.run('ROLLBACK')
      expect(side.dialect.refused(await write)).toBe(true)
      expect((await side.app.run('SELECT v FROM t')).rows).toEqual([{ v: 1 }])
    },
  )

  it('refuses a write that waited for a row while the stage moved (W8)', async () => {
    const side = await installed()
    await side.app.run('INSERT INTO t (v) VALUES (1)')
    const holder = await side.connect()
    await holder.run('BEGIN')
    await holder.run('UPDATE t SET v = 2 WHERE id = 1')
    const write = side.app.run(update(side, 3)).catch((cause: unknown) => cause)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await side.store.changeFence(guard, { ...first, role: 'frozen', epoch: 2 }, 5000)).toBe(true)
    await holder.run('COMMIT')
    expect(side.dialect.refused(await write)).toBe(true)
    expect(await entries(side)).toEqual([])
    expect((await side.app.run('SELECT v FROM t')).rows).toEqual([{ v: 2 }])
  })

  it('lets a change of the stage wait for the end of a write that has checked the fence (W8)', async () => {
    const side = await installed()
    await side.app.run('BEGIN')
    await side.app.run(insert(side, '(1)'))
    let changed = false
    const change = side.store
      .changeFence(guard, { ...first, role: 'frozen', epoch: 2 }, 5000)
      .finally(() => (changed = true))
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(changed).toBe(false)
    await side.app.run('COMMIT')
    expect(await change).toBe(true)
    expect(await entries(side)).toEqual([['shop.t', '1']])
  })

  it('is not confused by an error of the app that looks alike', async () => {
    const side = await installed()
    const error = await side.app.run(`SELECT 'x'::int`).catch((cause: unknown) => cause)
    expect(side.dialect.refused(error)).toBe(false)
  })
})

describe('journal and COMMIT as one text', () => {
  const changes: Change[] = [
    { table: `it's`, key: `'; DROP TABLE t; -- \\ ☃`, op: 'insert' },
    { table: 't', key: '2', op: 'delete' },
  ]

  it.each([1, 2])('commits the transaction with its entries, of which there are %i (W3)', async (count) => {
    const side = await installed()
    const made = changes.slice(0, count)
    await side.app.run('BEGIN')
    await side.app.run('INSERT INTO t (v) VALUES (1)')
    await side.app.run(side.dialect.journalAndCommit(made, 1)!)
    const other = await side.connect()
    expect((await other.run('SELECT v FROM t')).rows).toEqual([{ v: 1 }])
    expect(await entries(side)).toEqual(made.map(({ table, key }) => [table, key]))
  })

  it('holds no value other than as hexadecimal (W14)', async () => {
    const side = await installed()
    expect(side.dialect.journalAndCommit(changes, 1)).not.toContain('DROP')
  })

  it('commits nothing when the fence refuses (W8)', async () => {
    const side = await installed()
    await side.store.changeFence(guard, { ...first, role: 'frozen' }, 1000)
    await side.app.run('BEGIN')
    await side.app.run('INSERT INTO t (v) VALUES (1)')
    const error = await side.app
      .run(side.dialect.journalAndCommit(changes, 1)!)
      .catch((cause: unknown) => cause)
    expect(side.dialect.refused(error)).toBe(true)
    await side.app.run('ROLLBACK')
    expect(await countRows(side)).toBe(0)
  })

  it('refuses in a REPEATABLE READ transaction that is older than the fence, and no other (C30)', async () => {
    const side = await installed()
    for (const moved of [false, true]) {
      await side.app.run('BEGIN ISOLATION LEVEL REPEATABLE READ')
      await side.app.run('INSERT INTO t (v) VALUES (1)')
      if (moved) {
        await side.store.changeFence(guard, { ...first, role: 'frozen' }, 1000)
        await side.store.changeFence({ role: 'frozen', epoch: 1 }, first, 1000)
      }
      const error = await side.app.run(side.dialect.journalAndCommit(changes, 1)!).then(
        () => null,
        (cause: unknown) => cause,
      )
      expect(error !== null && side.dialect.refused(error)).toBe(moved)
      if (moved) await side.app.run('ROLLBACK')
    }
    expect(await countRows(side)).toBe(1)
  })
})

// PostgreSQL: columns and keys that can't be written in the usual way.

import { describe, expect, it } from 'vitest'
import { applyWrites, upsertsOf } from '../testing/apply.ts'
import { first, type TestSide, testSide } from '../testing/test-side.ts'

async function withTable(
  definition: string,
): Promise<[TestSide, Awaited<ReturnType<TestSide['use']>>[number]]> {
  const side = await testSide('postgres')
  await side.app.run(definition)
  await side.store.install({ ...first, role: 'secondary' })
  const [table] = await side.use('t')
  return [side, table!]
}

describe('rows on postgres', () => {
  it('keep an identity that is always generated as the primary has it, in the key and beside it', async () => {
    const [side, table] = await withTable(
      'CREATE TABLE t (id uuid PRIMARY KEY, n bigint GENERATED ALWAYS AS IDENTITY UNIQUE, v int)',
    )
    const [a, b] = ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']
    await applyWrites(side.store, [
      upsertsOf(table, [
        [a, '7', '1'],
        [b, '9', '1'],
      ]),
    ])
    await applyWrites(side.store, [
      upsertsOf(table, [
        [a, '8', '2'],
        [b, '9', '2'],
      ]),
    ])
    await applyWrites(
      side.store,
      [
        upsertsOf(table, [
          [a, '9', '3'],
          [b, '8', '3'],
        ]),
      ],
      true,
    )
    expect((await side.app.run('SELECT n::int, v FROM t ORDER BY id')).rows).toEqual([
      { n: 9, v: 3 },
      { n: 8, v: 3 },
    ])
  })

  it('are written under a deferrable key at the second try, and at once from then on', async () => {
    const [side, table] = await withTable('CREATE TABLE t (id int PRIMARY KEY DEFERRABLE, v int)')
    const write = (v: string): Promise<void> =>
      applyWrites(side.store, [
        upsertsOf(table, [
          ['1', v],
          ['2', v],
        ]),
      ])
    await expect(write('1')).rejects.toMatchObject({ reason: 'transient' })
    await write('1')
    await write('2')
    expect((await side.app.run('SELECT id, v FROM t ORDER BY id')).rows).toEqual([
      { id: 1, v: 2 },
      { id: 2, v: 2 },
    ])
  })

  it('do not fire triggers of the table', async () => {
    const [side, table] = await withTable('CREATE TABLE t (id int PRIMARY KEY, v int)')
    await side.app.run(
      'CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v := 99; RETURN NEW; END $$',
    )
    await side.app.run('CREATE TRIGGER no BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION no()')
    await applyWrites(side.store, [upsertsOf(table, [['1', '5']])])
    expect((await side.app.run('SELECT v FROM t')).rows).toEqual([{ v: 5 }])
  })
})

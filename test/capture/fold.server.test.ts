// A single write on PostgreSQL carries its journal entries and the fence in one statement: the app can't tell (W1), and
// the journal holds exactly the touched keys (W3).

import { defaultNaming, openStore } from '@twinwrite/sql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planOf } from '../../packages/core/src/capture/plan-of.ts'
import { scan } from '../../packages/core/src/scan/scan.ts'
import type { WriteScan } from '../../packages/core/src/write/write-side.ts'
import { parametersFor } from './case.ts'
import { itemTables, itemTablesMapped } from './schemas.ts'
import { comparable, type Twin, twin } from './twin.ts'

const epoch = 1

describe.each(['objects', 'arrays'] as const)('a folded write on PostgreSQL, rows as %s', (rows) => {
  let pair: Twin
  let store: ReturnType<typeof openStore>
  beforeAll(async () => {
    pair = await twin('postgres', itemTables('postgres'), {
      mapped: itemTablesMapped,
      ...(rows === 'arrays' ? { rowMode: 'array' as const } : {}),
    })
    const naming = { migration: 'capture', ...defaultNaming }
    store = openStore({ engine: 'postgres', connection: pair.connection, side: 'source', naming })
    await store.install({ role: 'primary', epoch, stage: 'source-first' })
  })
  afterAll(async () => {
    await store.close()
    await pair.end()
  })

  function planned(text: string, bindings: readonly unknown[]) {
    const sql = parametersFor('postgres', text)
    const call = pair.wrapped.call(sql, bindings)
    const request = { side: pair.side, connection: pair.wrapped.native, call }
    return { call, plan: planOf(request, scan(sql, 'postgres') as WriteScan).fold(request, epoch) }
  }

  async function folded(text: string, bindings: readonly unknown[]) {
    const { call, plan } = planned(text, bindings)
    if (plan === null) throw new Error(`not folded: ${text}`)
    return plan.finish(await call.run(plan.sent))
  }

  it.each([
    [`INSERT INTO items (code, n) VALUES (?, 1)`, ['f1']],
    [`INSERT INTO items (code, n) VALUES (?, 1), (?, 2);`, ['f2', 'f3']],
    [
      `INSERT INTO items (code, n) VALUES (?, 1), ('f9', 2) ON CONFLICT (code) DO UPDATE SET n = 50 -- the end`,
      ['f2'],
    ],
    [`INSERT INTO items (code) VALUES ('f9') ON CONFLICT DO NOTHING`, []],
    [`UPDATE items SET name = ? WHERE id = ? /* trace */`, ['x', 3]],
    [`UPDATE items SET id = ?, name = ? WHERE id = ?`, [3, 'y', 3]],
    [`UPDATE items AS i SET n = u.n FROM unmapped u WHERE u.id = i.id`, []],
    [`WITH w AS (SELECT 5 AS id) UPDATE items SET n = 6 WHERE id IN (SELECT id FROM w)`, []],
    [`DELETE FROM items WHERE id IN (?, 5000)`, [5]],
    [`DELETE FROM items WHERE n < 0`, []],
    [`DELETE FROM entries WHERE tenant = ?`, [1]],
    [`INSERT INTO items (code, n) VALUES (?, 1) RETURNING id, code, name AS "Name"`, ['f4']],
    [`INSERT INTO items (code, n) VALUES (?, 1) RETURNING *`, ['f5']],
  ])('%s', async (text, bindings) => {
    const expected = await pair.plain.run(parametersFor('postgres', text), bindings)
    const before = await pair.snapshot()
    const journaled = new Set((await store.journalPage(1000)).map(({ id }) => id))
    const { response, changes } = await folded(text, bindings)
    expect(await comparable(pair.wrapped, { response })).toEqual(
      await comparable(pair.plain, { response: expected }),
    )
    const after = await pair.snapshot()
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      (row) => before.get(row) !== after.get(row),
    )
    expect(changes.map(({ table, key }) => `${table}:${key}`).sort()).toEqual(changed.sort())
    const added = (await store.journalPage(1000)).filter(({ id }) => !journaled.has(id))
    expect(added.map(({ table, key }) => `${table}:${key}`).sort()).toEqual(changed)
  })

  it.each([
    ['gives another key', `UPDATE items SET id = ? WHERE id = ?`, [1, 2]],
    ['is not of a mapped table', `UPDATE unmapped SET n = ?`, [1]],
  ])('a write that %s is not folded', (_, text, bindings) => {
    expect(planned(text, bindings).plan).toBeNull()
  })
})

describe('errors of PostgreSQL point into the text of the app (W1)', () => {
  let pair: Twin
  beforeAll(async () => {
    pair = await twin('postgres', itemTables('postgres'), { mapped: itemTablesMapped })
  })
  afterAll(() => pair.end())

  it.each([
    ['in a plain write', `UPDATE items SET name = 'ü😀', nothing = 1 WHERE id = 1`],
    ['in RETURNING', `DELETE FROM items WHERE id = 1 RETURNING nothing`],
    [
      'in the condition of a key change',
      `UPDATE items SET id = 5, name = 'ü😀' WHERE name = '😀' AND nothing = 3`,
    ],
    ['behind a pinned condition', `UPDATE items SET id = 500 WHERE id = 1 RETURNING nothing`],
    ['at run time', `UPDATE items SET id = 5 WHERE 1 / (id - 1) > 0`],
    ['with a parameter of no type', `INSERT INTO items (code) VALUES (nothing)`],
  ])('%s', async (_, sql) => {
    const { error } = await pair.write(sql)
    expect(error).toBeInstanceOf(Error)
  })
})

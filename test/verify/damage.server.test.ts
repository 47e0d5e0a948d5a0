// Damage behind twinwrite's back is found, all of it and nothing else, and repaired (W11, W12, failure cases g and q).

import { gatesBefore, limitsOf } from '@twinwrite/control'
import { lastVerified, reportText, repair, repairStatements, verify } from '@twinwrite/verify'
import type { Engine } from '@twinwrite/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { openShop, orderRow, type Shop } from './shop.ts'

let shop: Shop

afterEach(() => shop.close())

const pairs: readonly (readonly [Engine, Engine])[] = [
  ['postgres', 'postgres'],
  ['mysql', 'mysql'],
  ['mysql', 'postgres'],
  ['postgres', 'mysql'],
  ['mariadb', 'mysql'],
  ['sqlite', 'postgres'],
  ['sqlite', 'sqlite'],
]

describe.each(pairs)('%s to %s', (source, target) => {
  test('finds changed, missing and extra rows on the secondary, and writes past the ORM on the primary; repairs them (W11, W12)', async () => {
    shop = await openShop(source, target, { orders: 250 })
    const operator = shop.operator()
    const before = await verify(operator).done
    expect(before.shown).toEqual([])
    // Texts that both sides do not order alike are looked through twice, once from each side.
    const labels = source === target && source !== 'sqlite' ? 8 : 8 * 2
    expect(before).toMatchObject({ clean: true, mismatches: 0, rows: 250 + labels + 12 })

    const { source: there, target: here } = shop.plain
    await here('orders').where({ id: 7 }).update({ note: 'changed behind' })
    await here('orders').where({ id: 8 }).update({ total: null })
    await here('orders').where('id', '>=', 240).delete()
    await here('orders').insert(orderRow(target, 900))
    await here('labels').where({ code: 'ü' }).delete()
    await here('labels').insert({ code: 'Ω', text: 'only here' })
    await here('order_lines').where({ order_id: 2, pos: 1 }).update({ qty: -1 })
    await there('orders').where({ id: 20 }).update({ note: 'past the ORM' })
    await there('orders').where({ id: 21 }).delete()
    await there('orders').insert(orderRow(source, 901))
    const damaged = [
      '7 different',
      '8 different',
      '20 different',
      '21 extra',
      '900 extra',
      '901 missing',
      ...Array.from({ length: 11 }, (_, index) => `${240 + index} missing`),
    ]

    const found = await verify(operator, { mask: ['orders.note'] }).done
    expect(found.shown.map(({ table, key, kind }) => `${table} ${key} ${kind}`).sort()).toEqual(
      [
        ...damaged.map((text) => `orders ${text}`),
        'labels ü missing',
        'labels Ω extra',
        'order_lines 2|1 different',
      ].sort(),
    )
    expect(found).toMatchObject({ clean: false, mismatches: 20 })
    const changed = found.shown.find(({ key }) => key === '7')
    expect(changed!.differences).toHaveLength(1)
    expect(changed!.differences[0]).toMatchObject({ column: 'note' })
    expect(JSON.stringify(found) + reportText(found)).not.toContain('changed behind')
    expect(await operator.stores.target.mismatches(100)).toHaveLength(20)

    const statements = await repairStatements(operator)
    expect(statements.join('\n')).toContain('past the ORM')
    expect((await verify(operator).done).mismatches).toBe(20)

    const repaired = await repair(operator)
    expect(repaired).toEqual({ repaired: 20, left: [] })
    expect(await operator.stores.target.mismatches(100)).toEqual([])
    expect(await verify(operator).done).toMatchObject({ clean: true, mismatches: 0 })
    const notes = await here('orders').whereIn('id', [7, 20]).orderBy('id').pluck('note')
    expect(notes).toEqual(['note 7', 'past the ORM'])
  })
})

test('a repair of chosen tables leaves the stored mismatches of others alone', async () => {
  shop = await openShop('postgres', 'mysql')
  const operator = shop.operator()
  const { target: here } = shop.plain
  await here('orders').where({ id: 7 }).update({ note: 'changed' })
  await here('labels').where({ code: 'zoo' }).update({ text: 'changed' })
  expect((await verify(operator).done).mismatches).toBe(2)
  const repaired = await verify(operator, { tables: ['orders'], repair: true }).done
  expect(repaired).toMatchObject({ clean: true, repair: { repaired: 1, left: [] } })
  expect(await here('labels').where({ code: 'zoo' }).pluck('text')).toEqual(['changed'])
  expect(await operator.stores.target.mismatches(10)).toMatchObject([{ table: 'labels', key: 'zoo' }])
  // Named as often as there are tables: still no look at all of them.
  expect((await verify(operator, { tables: ['orders', 'orders', 'orders'] }).done).tables).toHaveLength(1)
  expect(await lastVerified(operator)).toMatchObject([{ mode: 'full', mismatches: 2, clean: false }])
})

test('of thousands of stored mismatches none hides others: all are looked at again, counted and repaired', async () => {
  shop = await openShop('postgres', 'mysql')
  const operator = shop.operator()
  const { target } = operator.stores
  const { target: here } = shop.plain
  // Of a load that came after the verification, and of a table that is mapped no more.
  const old = (table: string, count: number): Promise<void> =>
    target.saveMismatches(
      Array.from({ length: count }, (_, n) => ({ table, key: `old ${n}`, kind: 'missing', body: '{}' })),
    )
  const many = 10_001
  await old('labels', many)
  await old('gone', 1)
  await target.saveMismatches([{ table: 'orders', key: '7', kind: 'different', body: '{}' }])
  expect(await target.countMismatches({ tables: ['labels'] })).toBe(many)
  expect(await verify(operator, { tables: ['orders'] }).done).toMatchObject({ clean: true, open: 0 })
  await here('labels').where({ code: 'zoo' }).update({ text: 'changed' })
  expect(await verify(operator).done).toMatchObject({ clean: false, mismatches: 1, open: 1 })

  await old('labels', many)
  expect(await repair(operator)).toEqual({ repaired: many + 1, left: [] })
  expect(await here('labels').where({ code: 'zoo' }).pluck('text')).not.toEqual(['changed'])
  expect(await verify(operator).done).toMatchObject({ clean: true, open: 0 })
  const gates = await gatesBefore(operator, 'target-first', limitsOf())
  expect(gates.find(({ name }) => name === 'mismatches')).toMatchObject({ open: true })
})

test('a row that the secondary cannot hold does not end a dry run, and is left by a repair without its masked values', async () => {
  shop = await openShop('postgres', 'mysql')
  const operator = shop.operator()
  const { source: there, target: here } = shop.plain
  await there.raw(`UPDATE orders SET total = 'NaN' WHERE id = 7`)
  await here('orders').where({ id: 8 }).update({ note: 'changed' })
  await here.raw(`ALTER TABLE labels ADD UNIQUE (text)`)
  await there('labels').where({ code: 'zoo' }).update({ text: 'label 9' })
  expect((await verify(operator).done).mismatches).toBe(3)

  const statements = await repairStatements(operator)
  expect(statements).toContain('-- orders 7: refused: TW_SECONDARY_REJECTED')
  expect(statements.filter((statement) => /zoo|note 8/.test(statement))).toHaveLength(2)

  const reasons = async (mask: readonly string[]): Promise<Record<string, string>> => {
    const { left } = await repair(operator, undefined, { mask })
    return Object.fromEntries(left.map(({ table, reason }) => [table, reason]))
  }
  const plain = await reasons([])
  expect(plain).toEqual({
    orders: expect.stringContaining('NaN'),
    labels: expect.stringContaining('label 9'),
  })
  expect(await reasons(['orders.note'])).toEqual({
    orders: 'rejected: the target does not accept a value of it (not shown: columns are masked)',
    labels: plain['labels'],
  })
  const { repair: again } = await verify(operator, { repair: true, mask: ['labels.text'] }).done
  expect(again!.left.find(({ table }) => table === 'labels')!.reason).toBe(
    'unique: another row holds a value of it (not shown: columns are masked)',
  )
})

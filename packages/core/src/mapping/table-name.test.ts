import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { parseTableName, sameTable, tableText } from './table-name.ts'

describe('parseTableName', () => {
  it.each([
    ['orders', null, 'orders'],
    ['shop.orders', 'shop', 'orders'],
    ['"my.schema"."my.orders"', 'my.schema', 'my.orders'],
    ['shop."a""b"', 'shop', 'a"b'],
    ['or"ders', null, 'or"ders'],
    ["o'; DROP TABLE x --", null, "o'; DROP TABLE x --"],
    ['constructor', null, 'constructor'],
    ['commandes été', null, 'commandes été'],
  ])('reads %j', (text, schema, name) => {
    expect(parseTableName(text)).toEqual({ schema, name })
  })

  it.each(['', '.', 'a.', '.a', 'a..b', 'a.b.c', '"', '""', '"a', '"a"b'])('refuses %j', (text) => {
    expect(parseTableName(text)).toBeNull()
  })

  test.prop([
    fc.option(fc.string({ minLength: 1 }), { nil: null }),
    fc.string({ minLength: 1, unit: 'binary' }),
  ])('reads back every name that tableText writes, however hostile (W14)', (schema, name) => {
    expect(parseTableName(tableText({ schema, name }))).toEqual({ schema, name })
  })
})

describe('sameTable', () => {
  it('tells tables of two schemas apart', () => {
    expect(sameTable({ schema: null, name: 'a' }, { schema: null, name: 'a' })).toBe(true)
    expect(sameTable({ schema: 's', name: 'a' }, { schema: null, name: 'a' })).toBe(false)
    expect(sameTable({ schema: 's', name: 'a' }, { schema: 's', name: 'b' })).toBe(false)
  })
})

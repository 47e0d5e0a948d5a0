import { describe, expect, it } from 'vitest'
import type { Column, ColumnKind } from '../catalog.ts'
import { column } from '../mapping/catalog-fixture.ts'
import type { Expr } from '../scan/statement.ts'
import { isFoundAgain, isRounded } from './found-again.ts'

const cell = { type: 'placeholder', param: 0, cast: null, range: { start: 0, end: 1 } } as unknown as Expr
const of = (kind: ColumnKind, more: Partial<Column> = {}): Column => column('c', kind, more)
const found = (one: Column, given: unknown): boolean => isFoundAgain(one, cell, [given])

describe('a row is found again by the value that it was given (W10)', () => {
  it('where that is stored as it is, or as an equal one', () => {
    for (const given of [7, 7n, '7', ' 07', '7.0', '+7', true]) expect(found(of('integer'), given)).toBe(true)
    for (const given of ['1.25', 1.2, '-3']) expect(found(of('decimal', { scale: 2 }), given)).toBe(true)
    for (const given of ['a ', 5, true, new Date()])
      expect(found(of('text', { type: 'varchar(9)' }), given)).toBe(true)
    expect(found(of('date'), '2024-05-06')).toBe(true)
    expect(found(of('datetime', { scale: 0 }), new Date(2024, 5, 6, 7, 8, 9))).toBe(true)
    expect(found(of('datetime', { scale: 3 }), new Date())).toBe(true)
    expect(found(of('instant', { scale: 6 }), '2024-05-06 07:08:09.123456')).toBe(true)
    expect(found(of('bytes'), Buffer.from('x'))).toBe(true)
  })

  it('or else that is in doubt', () => {
    const int = of('integer', { range: { min: '-128', max: '127' } })
    for (const given of [7.5, '7.5', '7x', '', new Date(), 128, '-129']) expect(found(int, given)).toBe(false)
    const money = of('decimal', { precision: 4, scale: 2 })
    for (const given of ['100', 123.4]) expect(found(money, given)).toBe(false)
    for (const given of ['2024-02-31', '2024-13-01']) expect(found(of('date'), given)).toBe(false)
    expect(found(of('text', { type: 'varchar(9)' }), 'ä')).toBe(false)
    for (const given of ['1.255', 1.239, '1e2']) expect(found(of('decimal', { scale: 2 }), given)).toBe(false)
    expect(found(of('text', { type: 'char(9)' }), 'a ')).toBe(false)
    expect(found(of('date'), new Date())).toBe(false)
    expect(found(of('datetime', { scale: 0 }), '2024-05-06 07:08:09.9')).toBe(false)
    expect(found(of('datetime', { scale: 6 }), '20240506070809')).toBe(false)
    expect(found(of('float64'), 0.1)).toBe(false)
  })
})

describe('a whole number that is given with a fraction', () => {
  it('is known to be stored in another form', () => {
    for (const given of [1.5, -0.4, '1.5', ' .5 ', '2.50'])
      expect(isRounded(of('integer'), cell, [given])).toBe(true)
    for (const given of [1, '1', '1.0', 'x', null, '1e1'])
      expect(isRounded(of('integer'), cell, [given])).toBe(false)
    expect(isRounded(of('decimal', { scale: 0 }), cell, [1.5])).toBe(false)
  })
})

import { describe, expect, test } from 'vitest'
import type { DirectedTable } from '../apply/direction.ts'
import type { Column, ColumnKind } from '../catalog.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { Row } from '../store.ts'
import { differingColumns, equalRows, wasPrimary } from './equal-rows.ts'

const column = (name: string, kind: ColumnKind): Column => ({
  name,
  type: kind,
  kind,
  nullable: true,
  generated: false,
  counter: false,
  identityAlways: false,
  hasDefault: false,
  range: null,
  length: null,
  precision: null,
  scale: null,
  foldsText: false,
  labels: null,
})

const side: SideTable = {
  mapping: 'item',
  table: {
    schema: null,
    inSchema: null,
    name: 'item',
    columns: [],
    key: ['id'],
    uniques: [],
    foreignKeys: [],
    referencedBy: [],
    triggers: [],
    writableThrough: [],
  },
  columns: [column('id', 'integer'), column('amount', 'decimal'), column('tags', 'json')],
  key: [column('id', 'integer')],
}

/** The secondary's amounts have no fraction. */
const table: DirectedTable = {
  from: side,
  to: { ...side, columns: [...side.columns, column('origin', 'text')] },
  convert: ([id = null, amount = null, tags = null]: Row) => {
    if (amount === 'bad') throw new Error('does not fit')
    return [id, amount?.replace(/\..*/, '') ?? null, tags, 'shop']
  },
  carriesTexts: false,
  comparesTexts: false,
  back: ([id = null, amount = null, tags = null]) => [id, amount, tags],
  telling: { from: 3, to: 3 },
}

describe('two rows are equal (W11)', () => {
  test('when the one becomes the other, whatever its constants are', () => {
    expect(equalRows(table, ['1', '2.5', null], ['1', '2', null, 'shop'], false)).toBe(true)
    expect(equalRows(table, ['1', '2.5', null], ['1', '2', null, 'by hand'], false)).toBe(true)
    expect(equalRows(table, ['1', '2.5', null], ['1', '3', null, 'shop'], false)).toBe(false)
    expect(equalRows(table, ['1', '2.5', '[]'], ['1', '2', null, 'shop'], false)).toBe(false)
  })

  test('the other way round only once the sides have exchanged their roles', () => {
    const now: DirectedTable = {
      ...table,
      from: table.to,
      to: table.from,
      convert: table.back,
      back: table.convert,
    }
    expect(equalRows(now, ['1', '2', null, 'shop'], ['1', '2.5', null], true)).toBe(true)
    expect(equalRows(now, ['1', '2', null, 'shop'], ['1', '2.5', null], false)).toBe(false)
    expect(wasPrimary({ role: 'secondary', epoch: 1, stage: 'source-only' })).toBe(false)
    expect(wasPrimary({ role: 'secondary', epoch: 4, stage: 'source-first' })).toBe(true)
  })

  test('when JSON numbers are the same, however the database writes them', () => {
    const json = (left: string, right: string): boolean =>
      equalRows(table, ['1', null, left], ['1', null, right, null], false)
    expect(json('{"a":1.50,"b":1e2}', '{"a":1.5,"b":100.0}')).toBe(true)
    expect(json('[-0.0,0.001]', '[0,1e-3]')).toBe(true)
    expect(json('{"a":"1.50"}', '{"a":"1.5"}')).toBe(false)
    expect(json('[10]', '[1]')).toBe(false)
    expect(json('[9007199254740993]', '[9007199254740992]')).toBe(false)
  })

  test('when both floats are zero: not every engine has a sign for it', () => {
    const floats = { ...side, columns: [column('id', 'integer'), column('f', 'float64')] }
    const both: DirectedTable = {
      ...table,
      from: floats,
      to: floats,
      convert: (row) => row,
      telling: { from: 2, to: 2 },
    }
    expect(equalRows(both, ['1', '-0'], ['1', '0'], false)).toBe(true)
    expect(equalRows(both, ['1', '-0'], ['1', '-1'], false)).toBe(false)
    expect(equalRows(both, ['1', '-0'], ['1', null], false)).toBe(false)
  })

  test('never when the row can not be converted; then all columns differ', () => {
    expect(equalRows(table, ['1', 'bad', null], ['1', 'bad', null, 'shop'], false)).toBe(false)
    expect(differingColumns(table, null, ['1', '2', null, 'shop'])).toEqual(['id', 'amount', 'tags'])
    expect(differingColumns(table, ['1', '2', null, 'shop'], ['1', '3', null, null])).toEqual(['amount'])
  })
})

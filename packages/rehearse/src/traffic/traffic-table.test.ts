import type { Column, Row, SideTable } from '@twinwrite/core'
import { expect, it } from 'vitest'
import { heldByBoth } from '../scratch/held-by-both.ts'
import { column } from '../testing/column.ts'
import { FreshValues, newRow } from './new-row.ts'
import { isWritten, type TrafficTable, trafficTable } from './traffic-table.ts'

/** @param pairs columns of the source with their counterparts; the first is the key */
function traffic(
  pairs: readonly (readonly [Column, Column | 'converted'])[],
  rows: readonly Row[],
  { converted = false, writers = 5 } = {},
): TrafficTable {
  const columns = pairs.map(([own]) => own)
  const [key] = columns
  const table: SideTable = {
    mapping: 'things',
    table: {
      schema: null,
      inSchema: null,
      name: 'things',
      columns,
      key: [key!.name],
      uniques: [],
      foreignKeys: [],
      referencedBy: [],
      triggers: [],
      writableThrough: [],
    },
    columns,
    key: [key!],
  }
  const made = new Map(pairs.map(([own, other]) => [own.name, heldByBoth(own, other)]))
  return trafficTable(table, made, { engine: 'mysql', rows, converted, writers })
}

const keyOf = (table: TrafficTable): string => newRow(table, 0, 'w0x0', new FreshValues(0))!.key![0]!

it('makes a UUID where the other side wants one, and bytes for keys of bytes', () => {
  const char = column('id', 'text', { type: 'char(36)', length: 36 })
  expect(keyOf(traffic([[char, column('id', 'uuid')]], [['x']]))).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
  const binary = column('id', 'bytes', { type: 'binary(16)', length: 16 })
  const keyed = traffic([[binary, column('id', 'uuid')]], [['00']])
  expect(keyOf(keyed)).toMatch(/^[0-9a-f]{32}$/)
  expect(keyed.keyed).toBe(true)
  expect(isWritten(keyed, 'target')).toBe(true)
})

it('leaves its token in no text that the other side reads otherwise', () => {
  const id = column('id', 'integer')
  const text = (name: string): Column => column(name, 'text')
  const table = traffic(
    [
      [id, id],
      [text('doc'), column('doc', 'json')],
      [text('price'), 'converted'],
      [column('flags', 'text', { type: `set('a')` }), text('flags')],
      [text('note'), text('note')],
    ],
    [['1', '{}', '$1', 'a', '']],
  )
  expect(table.token).toBe('note')
})

it('gives each writer room of its own, within the smaller range of both sides', () => {
  const wide = column('id', 'integer', { range: { min: '0', max: '4294967295' } })
  const narrow = column('id', 'integer', { range: { min: '-32768', max: '32767' } })
  const writers = 65
  const { fresh } = traffic([[wide, narrow]], [['7']], { writers })
  const [{ from, span }] = fresh as unknown as [{ from: string; span: number }]
  expect(Number(from) + writers * span).toBeLessThanOrEqual(32_768)
  const last = new FreshValues(writers - 1)
  for (let made = 0; made < span; made++) expect(Number(last.of(fresh![0]!))).toBeLessThanOrEqual(32_767)
  expect(last.of(fresh![0]!)).toBeNull()
})

it('knows when nobody writes: without rows, and where a conversion stands in the way', () => {
  const id = column('id', 'integer')
  expect(isWritten(traffic([[id, id]], []), 'source')).toBe(false)
  const converted = traffic([[id, id]], [['1']], { converted: true })
  expect([isWritten(converted, 'source'), isWritten(converted, 'target')]).toEqual([true, false])
})

import type { Column, ColumnKind } from '@twinwrite/core'
import { expect, it } from 'vitest'
import { column } from '../testing/column.ts'
import { type Counterpart, heldByBoth } from './held-by-both.ts'

const of = (kind: ColumnKind, more: Partial<Column> = {}): Column => column('one', kind, more)
const smallint = { type: 'smallint', range: { min: '-32768', max: '32767' } }
const tinyint = { type: 'tinyint unsigned', range: { min: '0', max: '255' } }

it.each<[string, Column, Counterpart, Partial<Column>]>([
  ['the shorter text', of('text', { length: 80 }), of('text', { length: 12 }), { kind: 'text', length: 12 }],
  [
    'a text that one side fills up',
    of('text'),
    of('text', { type: 'char(9)', length: 9 }),
    { type: 'char(9)' },
  ],
  ['the smaller range', of('integer', smallint), of('integer', tinyint), { range: { min: '0', max: '255' } }],
  [
    'digits of a decimal',
    of('integer'),
    of('decimal', { precision: 5, scale: 2 }),
    { range: { min: '0', max: '999' } },
  ],
  ['digits of a text', of('integer'), of('text', { length: 4 }), { range: { min: '0', max: '9999' } }],
  ['a UUID in a text', of('text', { type: 'char(36)', length: 36 }), of('uuid'), { kind: 'uuid' }],
  ['a date in a text', of('text'), of('date'), { kind: 'date' }],
  ['a label in a text', of('text'), of('enum', { labels: ['sad'] }), { kind: 'enum', labels: ['sad'] }],
  [
    'the labels of both',
    of('enum', { labels: ['a', 'b'] }),
    of('enum', { labels: ['b', 'c'] }),
    { labels: ['b'] },
  ],
  ['the bytes of a UUID', of('bytes', { length: 64 }), of('uuid'), { kind: 'bytes', length: 16 }],
  ['what a conversion only copies', of('integer', smallint), 'converted', { kind: 'integer' }],
  ['what stays on its side', of('text', { length: 80 }), null, { kind: 'text', length: 80 }],
])('takes %s', (_, own, other, held) => {
  expect(heldByBoth(own, other)).toMatchObject({ name: 'one', ...held })
})

it.each<[string, Column, Counterpart]>([
  ['a text that a conversion reads', of('text'), 'converted'],
  ['a SET', of('text', { type: `set('a','b')` }), of('text')],
  ['an address', of('text'), of('text', { type: 'inet6' })],
  ['a type of the other engine', of('text'), of('native', { type: 'point' })],
  ['a UUID that the text is too short for', of('text', { length: 20 }), of('uuid')],
])('makes up nothing for %s', (_, own, other) => {
  expect(heldByBoth(own, other).kind).toBe('native')
})

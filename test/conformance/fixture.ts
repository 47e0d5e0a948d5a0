// The rows with which every case begins. Ids are below 100: generated ones are above 1000.

import { isDecimal } from './column-types.ts'
import type { Fixture } from './reset.ts'
import { columnOf, tableOf } from './tables.ts'

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

export const fixture: Fixture = {
  items: [
    ['id', 'code', 'name', 'n', 'price'],
    ...range(8).map((id) => [id, `c${id}`, id === 8 ? null : `name ${id}`, id % 3, `${id}.50`]),
  ],
  lines: [
    ['tenant', 'sku', 'n', 'note'],
    ...range(6).map((n) => [(n % 2) + 1, `s${n}`, n, n === 6 ? null : `note ${n}`]),
  ],
  tags: [
    ['word', 'weight'],
    ['blue', 1],
    ['green', 2],
    ['red', 3],
  ],
  samples: [
    ['id', 'big', 'exact', 'ratio', 'data', 'ref', 'moment', 'day', 'body', 'lastSeen'],
    [
      1,
      '9007199254740993',
      '12345678901234567890.0123456789',
      0.1,
      '{"b": 1, "a": [1, 2.5]}',
      '0b9b1c9e-6f0a-4c07-9d5c-1f2f3a4b5c6d',
      '2024-02-29 12:34:56.123456',
      '2024-02-29',
      'text',
      'ada',
    ],
    [2, null, null, null, null, null, null, null, null, null],
  ],
  owners: [['id', 'name'], ...range(3).map((id) => [id, `owner ${id}`])],
  pets: [['id', 'ownerId', 'name'], ...range(5).map((id) => [id, (id % 3) + 1, `pet ${id}`])],
  tokens: [
    ['id', 'holder', 'n'],
    ['11111111-1111-4111-8111-111111111111', 'ada', 1],
    ['22222222-2222-4222-8222-222222222222', 'bob', 2],
  ],
}

/** Of decimals what a floating-point number holds. */
export const fixtureOfFloats: Fixture = Object.fromEntries(
  Object.entries(fixture).map(([table, [names, ...rows]]) => {
    const decimals = names.map((name) => isDecimal(columnOf(tableOf(table), name).kind))
    const rounded = rows.map((row) =>
      row.map((cell, at) => (decimals[at] === true && cell !== null ? String(Number(cell)) : cell)),
    )
    return [table, [names, ...rounded]]
  }),
)

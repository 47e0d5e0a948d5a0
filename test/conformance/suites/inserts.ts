// Inserting in every form, with given and with generated keys.

import type { Suite } from '../case.ts'
import { attempt } from '../case.ts'

const someRows = (count: number, first = 1): { code: string; name: string; n: number }[] =>
  Array.from({ length: count }, (_, index) => ({
    code: `new-${first + index}`,
    name: `row ${index}`,
    n: index % 7,
  }))

export const inserts: Suite = {
  name: 'inserts',
  cases: [
    {
      title: 'one row with a generated key',
      run: async (subject) => [
        await subject.insert('items', { code: 'new', name: 'one', n: 1, price: '3.25' }),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'the generated key of one row is told',
      run: async (subject) => [
        await subject.insertForKeys('items', { code: 'new', name: 'one', n: 1 }),
        await subject.insertForKeys('owners', { name: 'new' }),
        await subject.find('items', { where: { code: 'new' } }),
      ],
    },
    {
      title: 'the generated keys of several rows',
      run: async (subject) => [
        await subject.insertForKeys('items', someRows(5)),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'a given key for a column that the database numbers',
      run: async (subject) => [
        await subject.insert('items', { id: 50, code: 'fifty', n: 5 }),
        await subject.insert('items', { code: 'next', n: 6 }),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'given and generated keys in one statement',
      run: async (subject) => [
        await subject.insert('items', [
          { code: 'a', n: 1 },
          { id: 60, code: 'b', n: 2 },
          { code: 'c', n: 3 },
        ]),
        await subject.find('items', { columns: ['code', 'n'], order: ['code'] }),
      ],
    },
    {
      title: 'columns that are left out get their defaults',
      run: async (subject) => [
        await subject.insert('items', { code: 'bare' }),
        await subject.insert('items', [
          { code: 'half', n: 9 },
          { code: 'other', name: 'named', n: 2 },
        ]),
        await subject.find('items', { where: { code: 'bare' } }),
      ],
    },
    {
      title: 'a composite key',
      run: async (subject) => [
        await subject.insert('lines', { tenant: 9, sku: 's1', n: 1, note: null }),
        await subject.insert('lines', [
          { tenant: 9, sku: 's2', n: 2, note: 'two' },
          { tenant: 8, sku: 's2', n: 3, note: 'three' },
        ]),
        await subject.find('lines', { order: ['tenant', 'sku'] }),
      ],
    },
    {
      title: 'a text key',
      run: async (subject) => [
        await subject.insert('tags', [
          { word: 'über', weight: 5 },
          { word: 'a b', weight: 6 },
          { word: "o'clock", weight: 7 },
          { word: 'back\\slash', weight: 8 },
          { word: '日本', weight: 9 },
        ]),
        await subject.find('tags', { order: ['weight'] }),
      ],
    },
    {
      title: 'a uuid key',
      run: async (subject) => [
        await subject.insert('tokens', { id: '33333333-3333-4333-8333-333333333333', holder: 'cyd', n: 3 }),
        await subject.find('tokens', { where: { id: '33333333-3333-4333-8333-333333333333' } }),
      ],
    },
    {
      title: 'hundreds of rows at once',
      run: async (subject) => [
        await subject.insert('items', someRows(400)),
        await subject.count('items'),
        await subject.find('items', { where: { code: 'new-400' } }),
      ],
    },
    {
      title: 'hundreds of rows with a composite key at once',
      run: async (subject) => [
        await subject.insert(
          'lines',
          Array.from({ length: 400 }, (_, n) => ({ tenant: n % 10, sku: `bulk-${n}`, n, note: 'bulk' })),
        ),
        await subject.count('lines'),
      ],
    },
    {
      title: 'a parent and its children',
      run: async (subject) => [
        await subject.insert('owners', { id: 70, name: 'parent' }),
        await subject.insert('pets', [
          { id: 71, ownerId: 70, name: 'first' },
          { id: 72, ownerId: 70, name: 'second' },
        ]),
        await subject.find('pets', { where: { ownerId: 70 }, order: ['id'] }),
      ],
    },
    {
      title: 'a row that breaks a unique key is refused with the error of the database',
      run: async (subject) => [
        await attempt(() => subject.insert('items', { id: 80, code: 'c1', n: 1 })),
        await attempt(() => subject.insert('items', { id: 1, code: 'fresh', n: 1 })),
        await attempt(() => subject.insert('lines', { tenant: 1, sku: 's2', n: 1 })),
        await attempt(() => subject.insert('tags', { word: 'red', weight: 1 })),
        await subject.count('items'),
      ],
    },
    {
      title: 'of many rows one breaks a unique key, and none is inserted',
      run: async (subject) => [
        await attempt(() =>
          subject.insert('lines', [
            { tenant: 9, sku: 'x', n: 1 },
            { tenant: 1, sku: 's2', n: 2 },
            { tenant: 9, sku: 'y', n: 3 },
          ]),
        ),
        await subject.find('lines', { order: ['tenant', 'sku'] }),
      ],
    },
    {
      title: 'a missing value is refused with the error of the database',
      run: async (subject) => [
        await attempt(() => subject.insert('items', { id: 81, code: null, n: 1 })),
        await attempt(() => subject.insert('owners', { id: 81, name: null })),
        await subject.count('items'),
      ],
    },
    {
      title: 'a child without a parent is refused with the error of the database',
      run: async (subject) => [
        await attempt(() => subject.insert('pets', { id: 90, ownerId: 99, name: 'stray' })),
        await subject.count('pets'),
      ],
    },
    {
      title: 'a text that is too long is refused with the error of the database',
      engines: ['postgres', 'mysql', 'mariadb'],
      run: async (subject) => [
        await attempt(() => subject.insert('tags', { word: 'x'.repeat(61), weight: 1 })),
        await subject.count('tags'),
      ],
    },
    {
      title: 'an unknown column and an unknown table fail with the error of the database',
      run: async (subject) => [
        await attempt(() => subject.find('nowhere')),
        await attempt(() => subject.insert('nowhere', { id: 1 })),
      ],
    },
    {
      title: 'many inserts at the same time, each with its own key',
      run: async (subject) => [
        await Promise.all(
          Array.from({ length: 20 }, (_, n) =>
            subject.insert('lines', { tenant: 20 + n, sku: 'parallel', n, note: 'p' }),
          ),
        ),
        await subject.find('lines', { where: { sku: 'parallel' }, order: ['tenant'] }),
      ],
    },
  ],
}

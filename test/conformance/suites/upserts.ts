// Inserting or updating, inserting or leaving alone.

import type { Suite } from '../case.ts'

export const upserts: Suite = {
  name: 'upserts',
  cases: [
    {
      title: 'a new row',
      run: async (subject) => [
        await subject.upsert('tags', { word: 'violet', weight: 4 }, ['word']),
        await subject.find('tags', { order: ['weight'] }),
      ],
    },
    {
      title: 'a row that is there',
      run: async (subject) => [
        await subject.upsert('tags', { word: 'red', weight: 40 }, ['word']),
        await subject.upsert('lines', { tenant: 1, sku: 's2', n: 50, note: 'merged' }, ['tenant', 'sku']),
        await subject.find('tags', { order: ['weight'] }),
      ],
    },
    {
      title: 'a row that is there already as it should be',
      run: async (subject) => [
        await subject.upsert('tags', { word: 'red', weight: 3 }, ['word']),
        await subject.find('tags', { order: ['weight'] }),
      ],
    },
    {
      title: 'some of its columns',
      run: async (subject) => [
        await subject.upsert(
          'lines',
          { tenant: 1, sku: 's2', n: 50, note: 'not taken' },
          ['tenant', 'sku'],
          ['n'],
        ),
        await subject.find('lines', { order: ['tenant', 'sku'] }),
      ],
    },
    {
      title: 'new rows and rows that are there in one statement',
      run: async (subject) => [
        await subject.upsert(
          'lines',
          [
            { tenant: 1, sku: 's2', n: 51, note: 'a' },
            { tenant: 7, sku: 's7', n: 52, note: 'b' },
            { tenant: 1, sku: 's4', n: 53, note: 'c' },
          ],
          ['tenant', 'sku'],
        ),
        await subject.find('lines', { order: ['tenant', 'sku'] }),
      ],
    },
    {
      title: 'by a unique column that is not the key: the row keeps its generated key',
      run: async (subject) => {
        const before = await subject.find('items', { where: { code: 'c3' } })
        await subject.upsert('items', { code: 'c3', name: 'merged', n: 33 }, ['code'])
        return [before, await subject.find('items', { order: ['id'] })]
      },
    },
    {
      title: 'a row with a generated key is made by an upsert',
      run: async (subject) => {
        await subject.upsert('items', { code: 'fresh', name: 'made', n: 34 }, ['code'])
        return subject.find('items', { order: ['id'] })
      },
    },
    {
      title: 'rows that are there are left alone',
      run: async (subject) => {
        const answers = [
          await subject.insertOrIgnore('tags', { word: 'red', weight: 99 }, ['word']),
          await subject.insertOrIgnore('tags', { word: 'pink', weight: 9 }, ['word']),
          await subject.insertOrIgnore(
            'lines',
            [
              { tenant: 1, sku: 's2', n: 99, note: 'no' },
              { tenant: 6, sku: 's6', n: 6, note: 'yes' },
            ],
            ['tenant', 'sku'],
          ),
        ]
        return [answers, await subject.find('lines', { order: ['tenant', 'sku'] })]
      },
    },
    {
      title: 'rows with generated keys, some of which are there already and left alone',
      // Whether a row that is left alone uses up a number is the engine's own affair.
      differsOn: ['postgres', 'mysql', 'mariadb', 'sqlite'],
      run: async (subject) => {
        await subject.insertOrIgnore(
          'items',
          [
            { code: 'c1', n: 90 },
            { code: 'first', n: 91 },
            { code: 'c2', n: 92 },
            { code: 'second', n: 93 },
          ],
          ['code'],
        )
        return subject.find('items', { columns: ['code', 'n'], order: ['code'] })
      },
    },
    {
      title: 'in a transaction that is rolled back',
      run: async (subject) => {
        const stop = new Error('stop')
        await subject
          .transaction(async (inner) => {
            await inner.upsert('tags', { word: 'red', weight: 41 }, ['word'])
            await inner.upsert('tags', { word: 'white', weight: 42 }, ['word'])
            throw stop
          })
          .catch((error: unknown) => {
            if (error !== stop) throw error
          })
        return subject.find('tags', { order: ['weight'] })
      },
    },
    {
      title: 'hundreds of rows, half of them new',
      run: async (subject) => {
        const rows = Array.from({ length: 300 }, (_, n) => ({ tenant: 40, sku: `u${n}`, n, note: 'first' }))
        await subject.insert('lines', rows.slice(0, 150))
        return [
          await subject.upsert(
            'lines',
            rows.map((row) => ({ ...row, note: 'second' })),
            ['tenant', 'sku'],
          ),
          await subject.find('lines', { where: { tenant: 40 }, order: ['n'] }),
        ]
      },
    },
  ],
}

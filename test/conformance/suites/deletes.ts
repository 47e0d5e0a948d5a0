// Deleting: by key, by condition, parents with their children, and inserting again under the same key.

import { attempt, type Suite } from '../case.ts'
import { compared } from '../subject.ts'

export const deletes: Suite = {
  name: 'deletes',
  cases: [
    {
      title: 'by key',
      run: async (subject) => [
        await subject.remove('items', { id: 2 }),
        await subject.remove('lines', { tenant: 1, sku: 's2' }),
        await subject.remove('tags', { word: 'red' }),
        await subject.remove('tokens', { id: '11111111-1111-4111-8111-111111111111' }),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'by a condition',
      run: async (subject) => [
        await subject.remove('items', { n: compared('>=', 1) }),
        await subject.remove('lines', { note: null }),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'nothing',
      run: async (subject) => [
        await subject.remove('items', { id: 12345 }),
        await subject.remove('items', { n: 77 }),
      ],
    },
    {
      title: 'everything',
      run: async (subject) => [await subject.remove('items', {}), await subject.count('items')],
    },
    {
      title: 'a parent takes its children along',
      run: async (subject) => [
        await subject.remove('owners', { id: 2 }),
        await subject.find('pets', { order: ['id'] }),
      ],
    },
    {
      title: 'several parents take their children along, in a transaction',
      run: async (subject) =>
        subject.transaction(async (inner) => [
          await inner.remove('owners', { id: compared('<', 3) }),
          await inner.find('pets', { order: ['id'] }),
        ]),
    },
    {
      title: 'a row that is inserted again under its key',
      run: async (subject) => [
        await subject.remove('lines', { tenant: 1, sku: 's2' }),
        await subject.insert('lines', { tenant: 1, sku: 's2', n: 200, note: 'again' }),
        await subject.transaction(async (inner) => {
          await inner.remove('tags', { word: 'blue' })
          await inner.insert('tags', { word: 'blue', weight: 100 })
        }),
        await subject.find('lines', { order: ['tenant', 'sku'] }),
      ],
    },
    {
      title: 'a row whose unique value another row takes over',
      run: async (subject) => [
        await subject.remove('items', { id: 1 }),
        await subject.update('items', { id: 2 }, { code: 'c1' }),
        await attempt(() => subject.insert('items', { id: 1, code: 'c1', n: 0 })),
        await subject.find('items', { order: ['id'] }),
      ],
    },
  ],
}

// Reading: by key, by condition, in order, in pages, counted, one by one.

import type { Suite } from '../case.ts'
import { compared } from '../subject.ts'

export const reads: Suite = {
  name: 'reads',
  cases: [
    {
      title: 'by a generated, a composite, a text and a uuid key',
      run: async (subject) => [
        await subject.find('items', { where: { id: 3 } }),
        await subject.find('lines', { where: { tenant: 1, sku: 's2' } }),
        await subject.find('tags', { where: { word: 'green' } }),
        await subject.find('tokens', { where: { id: '22222222-2222-4222-8222-222222222222' } }),
      ],
    },
    {
      title: 'a row that is not there',
      run: async (subject) => [
        await subject.find('items', { where: { id: 12345 } }),
        await subject.count('items', { id: 12345 }),
      ],
    },
    {
      title: 'all columns, some columns, in another order',
      run: async (subject) => [
        await subject.find('items', { order: ['id'] }),
        await subject.find('items', { columns: ['price', 'code', 'id'], order: ['-id'] }),
        await subject.find('samples', { columns: ['lastSeen', 'id'], order: ['id'] }),
      ],
    },
    {
      title: 'with conditions of every kind',
      run: async (subject) => [
        await subject.find('items', { where: { n: 1 }, order: ['id'] }),
        await subject.find('items', { where: { n: compared('>', 0), id: compared('<=', 6) }, order: ['id'] }),
        await subject.find('items', { where: { code: compared('in', ['c2', 'c5', 'none']) }, order: ['id'] }),
        await subject.find('items', {
          where: { code: compared('like', 'c%'), n: compared('<>', 2) },
          order: ['id'],
        }),
        await subject.find('items', { where: { name: null } }),
        await subject.find('items', { where: { code: compared('in', []) } }),
      ],
    },
    {
      title: 'in order and in pages',
      run: async (subject) => [
        await subject.find('items', { order: ['n', '-id'], limit: 3 }),
        await subject.find('items', { order: ['n', '-id'], limit: 3, offset: 3 }),
        await subject.find('items', { order: ['n', '-id'], limit: 3, offset: 6 }),
        await subject.find('items', { order: ['id'], limit: 3, offset: 100 }),
      ],
    },
    {
      title: 'counts',
      run: async (subject) => [
        await subject.count('items'),
        await subject.count('items', { n: 2 }),
        await subject.count('lines', { tenant: 1 }),
      ],
    },
    {
      title: 'rows one by one',
      run: async (subject) => [
        await subject.stream('items', { order: ['id'] }),
        await subject.stream('samples', { order: ['id'], columns: ['id', 'body', 'lastSeen'] }),
        await subject.stream('items', { where: { id: 12345 } }),
      ],
    },
    {
      title: 'thousands of rows one by one',
      run: async (subject) => {
        for (let first = 0; first < 2000; first += 400) {
          await subject.insert(
            'lines',
            Array.from({ length: 400 }, (_, n) => ({
              tenant: 50,
              sku: `row-${first + n}`,
              n: first + n,
              note: null,
            })),
          )
        }
        return subject.stream('lines', { where: { tenant: 50 }, order: ['n'] })
      },
    },
    {
      title: 'what was just written is read',
      run: async (subject) => {
        const seen: unknown[] = []
        for (let n = 0; n < 5; n++) {
          await subject.update('items', { id: 1 }, { n })
          seen.push(await subject.find('items', { where: { id: 1 } }))
        }
        return seen
      },
    },
    {
      title: 'many reads at the same time',
      run: (subject) =>
        Promise.all(
          Array.from({ length: 20 }, (_, index) => subject.find('items', { where: { id: (index % 8) + 1 } })),
        ),
    },
  ],
}

// Updating: by key, by condition, keys themselves, unique values, nothing at all.

import { attempt, type Suite } from '../case.ts'
import { compared } from '../subject.ts'

export const updates: Suite = {
  name: 'updates',
  cases: [
    {
      title: 'by key',
      run: async (subject) => [
        await subject.update('items', { id: 2 }, { name: 'changed', n: 20 }),
        await subject.update('lines', { tenant: 1, sku: 's2' }, { note: 'changed' }),
        await subject.update('tags', { word: 'red' }, { weight: 30 }),
        await subject.update('tokens', { id: '11111111-1111-4111-8111-111111111111' }, { n: 10 }),
        await subject.find('items', { where: { id: 2 } }),
      ],
    },
    {
      title: 'by a condition',
      run: async (subject) => [
        await subject.update('items', { n: 1 }, { name: 'was one' }),
        await subject.update('items', { n: compared('>', 0), price: compared('<', '4') }, { price: '9.99' }),
        await subject.update('lines', { note: null }, { note: 'was null' }),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'the column that the condition asks for',
      run: async (subject) => [
        await subject.update('items', { n: 1 }, { n: 2 }),
        await subject.update('items', { n: 2 }, { n: 3 }),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'no row, and rows to what they are already',
      run: async (subject) => [
        await subject.update('items', { id: 12345 }, { n: 1 }),
        await subject.update('items', { n: 77 }, { n: 1 }),
        await subject.update('items', { id: 1 }, { n: 1 }),
        await subject.update('items', { n: 1 }, { n: 1 }),
      ],
    },
    {
      title: 'every row',
      run: async (subject) => [
        await subject.update('items', {}, { name: 'all' }),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'to null and to the empty text',
      run: async (subject) => [
        await subject.update('items', { id: 1 }, { name: null, price: null }),
        await subject.update('items', { id: 2 }, { name: '' }),
        await subject.find('items', { order: ['id'], limit: 2 }),
      ],
    },
    {
      title: 'counting up and down',
      run: async (subject) => [
        await subject.increment('items', { id: 1 }, 'n', 5),
        await subject.increment('items', { n: compared('>', 0) }, 'n', -1),
        await Promise.all(Array.from({ length: 10 }, () => subject.increment('items', { id: 3 }, 'n', 1))),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'a key of one column',
      run: async (subject) => [
        await subject.update('tags', { word: 'red' }, { word: 'crimson' }),
        await subject.update('samples', { id: 2 }, { id: 22, body: 'moved' }),
        await subject.find('tags', { order: ['weight'] }),
      ],
    },
    {
      title: 'a part of a composite key, of many rows',
      run: async (subject) => [
        await subject.update('lines', { tenant: 1 }, { tenant: 4 }),
        await subject.find('lines', { order: ['sku'] }),
      ],
    },
    {
      title: 'a key that another row left just before',
      run: async (subject) => [
        await subject.update('tags', { word: 'red' }, { word: 'former' }),
        await subject.update('tags', { word: 'blue' }, { word: 'red' }),
        await subject.find('tags', { order: ['weight'] }),
      ],
    },
    {
      title: 'to a unique value that is taken',
      run: async (subject) => [
        await attempt(() => subject.update('items', { id: 2 }, { code: 'c1' })),
        await attempt(() => subject.update('tags', { word: 'red' }, { word: 'blue' })),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'unique values of two rows are exchanged in a transaction',
      run: async (subject) => [
        await subject.transaction(async (inner) => [
          await inner.update('items', { id: 1 }, { code: 'aside' }),
          await inner.update('items', { id: 2 }, { code: 'c1' }),
          await inner.update('items', { id: 1 }, { code: 'c2' }),
        ]),
        await subject.find('items', { order: ['id'], limit: 2 }),
      ],
    },
    {
      title: 'a child is given to another parent',
      run: async (subject) => [
        await subject.update('pets', { ownerId: 1 }, { ownerId: 2 }),
        await attempt(() => subject.update('pets', { id: 1 }, { ownerId: 99 })),
        await subject.find('pets', { order: ['id'] }),
      ],
    },
    {
      title: 'a hundred rows by key, one after the other',
      run: async (subject) => {
        const answers: unknown[] = []
        for (let n = 0; n < 100; n++) answers.push(await subject.update('items', { id: (n % 8) + 1 }, { n }))
        return [answers, await subject.find('items', { order: ['id'] })]
      },
    },
  ],
}

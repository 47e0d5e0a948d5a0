// Transactions: commit, rollback, savepoints, isolation, statements side by side, failures that the app catches.

import { attempt, type Suite } from '../case.ts'

const servers = ['postgres', 'mysql', 'mariadb'] as const
const stop = new Error('rolled back on purpose')

async function rolledBack(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'committed'
  } catch (error) {
    if (error === stop) return 'the error of the app came through'
    throw error
  }
}

export const transactions: Suite = {
  name: 'transactions',
  cases: [
    {
      title: 'a commit, and what the work gave back',
      run: async (subject) => [
        await subject.transaction(async (inner) => [
          await inner.insert('items', { code: 'in', n: 1 }),
          await inner.update('items', { id: 1 }, { n: 11 }),
          await inner.remove('items', { id: 2 }),
          await inner.find('items', { order: ['id'] }),
        ]),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'a rollback, by the very error that the app threw',
      run: async (subject) => [
        await rolledBack(() =>
          subject.transaction(async (inner) => {
            await inner.insert('lines', { tenant: 9, sku: 'gone', n: 1 })
            await inner.update('items', {}, { n: 99 })
            await inner.remove('owners', { id: 1 })
            throw stop
          }),
        ),
        await subject.find('items', { order: ['id'] }),
        await subject.count('pets'),
      ],
    },
    {
      title: 'nothing at all in a transaction, and only reads',
      run: async (subject) => [
        await subject.transaction(async () => 'nothing'),
        await subject.transaction((inner) => inner.find('items', { order: ['id'] })),
      ],
    },
    {
      title: 'a savepoint that is kept',
      run: async (subject) => [
        await subject.transaction(async (inner) => [
          await inner.update('items', { id: 1 }, { n: 11 }),
          await inner.transaction((deeper) => deeper.update('items', { id: 2 }, { n: 12 })),
          await inner.update('items', { id: 3 }, { n: 13 }),
        ]),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'a savepoint that is rolled back alone',
      run: async (subject) => [
        await subject.transaction(async (inner) => {
          await inner.update('items', { id: 1 }, { n: 11 })
          const told = await rolledBack(() =>
            inner.transaction(async (deeper) => {
              await deeper.update('items', { id: 2 }, { n: 12 })
              await deeper.insert('lines', { tenant: 9, sku: 'gone', n: 1 })
              throw stop
            }),
          )
          await inner.update('items', { id: 3 }, { n: 13 })
          return told
        }),
        await subject.find('items', { order: ['id'] }),
        await subject.count('lines'),
      ],
    },
    {
      title: 'savepoints in savepoints, the middle one rolled back after the inner one was kept',
      run: async (subject) => [
        await subject.transaction(async (first) => {
          await first.update('items', { id: 1 }, { n: 11 })
          await rolledBack(() =>
            first.transaction(async (second) => {
              await second.update('items', { id: 2 }, { n: 12 })
              await second.transaction(async (third) => {
                await third.update('items', { id: 3 }, { n: 13 })
                await third.remove('tags', { word: 'red' })
              })
              throw stop
            }),
          )
          await first.transaction((second) => second.update('items', { id: 4 }, { n: 14 }))
        }),
        await subject.find('items', { order: ['id'] }),
        await subject.count('tags'),
      ],
    },
    {
      title: 'a kept savepoint in a transaction that is rolled back',
      run: async (subject) => [
        await rolledBack(() =>
          subject.transaction(async (inner) => {
            await inner.transaction((deeper) => deeper.update('items', { id: 2 }, { n: 12 }))
            throw stop
          }),
        ),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'a statement that fails inside of a savepoint, which the app catches',
      run: async (subject) => [
        await subject.transaction(async (inner) => [
          await inner.update('items', { id: 1 }, { n: 11 }),
          await attempt(() =>
            inner.transaction(async (deeper) => {
              await deeper.update('items', { id: 2 }, { n: 12 })
              await deeper.insert('tags', { word: 'red', weight: 1 })
            }),
          ),
          await inner.update('items', { id: 3 }, { n: 13 }),
        ]),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'a statement that fails, which the app catches, and what the engine makes of the rest',
      engines: ['mysql', 'mariadb', 'sqlite'],
      // PostgreSQL gives up the whole transaction at the first failure, whatever the source would have done.
      differsOn: ['postgres'],
      run: async (subject) => [
        await subject.transaction(async (inner) => [
          await inner.update('items', { id: 1 }, { n: 11 }),
          await attempt(() => inner.insert('tags', { word: 'red', weight: 1 })),
          await attempt(() => inner.update('items', { id: 3 }, { n: 13 })),
        ]),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'a failure that the app swallows in a transaction of PostgreSQL, which then commits nothing',
      engines: ['postgres'],
      // They undo the failed statement alone and commit the rest.
      differsOn: ['mysql', 'mariadb'],
      run: async (subject) => [
        await attempt(() =>
          subject.transaction(async (inner) => [
            await inner.update('items', { id: 1 }, { n: 11 }),
            await attempt(() => inner.insert('tags', { word: 'red', weight: 1 })),
            await attempt(() => inner.update('items', { id: 3 }, { n: 13 })),
          ]),
        ),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    ...(['read committed', 'repeatable read', 'serializable'] as const).map((isolation) => ({
      title: `isolation ${isolation}`,
      engines: servers,
      run: async (subject: Parameters<Suite['cases'][number]['run']>[0]) => [
        await subject.transaction(
          async (inner) => [
            await inner.find('items', { where: { n: 1 }, order: ['id'] }),
            await inner.update('items', { n: 1 }, { n: 2 }),
            await inner.insert('lines', { tenant: 9, sku: isolation, n: 1 }),
            await inner.count('items', { n: 2 }),
          ],
          isolation,
        ),
        await subject.find('items', { order: ['id'] }),
      ],
    })),
    {
      title: 'statements side by side in one transaction',
      run: async (subject) => [
        await subject.transaction((inner) =>
          Promise.all([
            inner.update('items', { id: 1 }, { n: 11 }),
            inner.update('items', { id: 2 }, { n: 12 }),
            inner.insert('lines', { tenant: 9, sku: 'beside', n: 1 }),
            inner.find('items', { where: { id: 5 } }),
            inner.remove('tags', { word: 'red' }),
            inner.increment('items', { id: 6 }, 'n', 2),
            inner.count('pets'),
          ]),
        ),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'one of several statements side by side fails, and all are rolled back',
      run: async (subject, { source, target }) => {
        const answers: unknown[] = []
        const failed = await attempt(() =>
          subject.transaction(async (inner) => {
            const failures: unknown[] = []
            const beside = async (statement: Promise<unknown>): Promise<unknown> =>
              attempt(() =>
                statement.catch((error: unknown) => {
                  failures.push(error)
                  throw error
                }),
              )
            answers.push(
              ...(await Promise.all([
                beside(inner.update('items', { id: 1 }, { n: 11 })),
                beside(inner.insert('tags', { word: 'red', weight: 1 })),
              ])),
            )
            if (failures.length > 0) throw failures[0]
          }),
        )
        // Whether the first failure takes the statements after it along is the engine's own affair.
        const others = source === target ? answers : []
        return [failed, others, await subject.find('items', { order: ['id'] })]
      },
    },
    {
      title: 'two transactions at the same time on different rows',
      engines: servers,
      run: async (subject) => [
        await Promise.all(
          [1, 2].map((id) =>
            subject.transaction(async (inner) => {
              await inner.update('items', { id }, { n: 100 + id })
              await inner.insert('lines', { tenant: 30 + id, sku: 'two', n: id })
              return inner.find('items', { where: { id } })
            }),
          ),
        ),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'what an open transaction wrote is not seen outside of it',
      engines: servers,
      run: (subject) =>
        subject.transaction(async (inner) => {
          await inner.update('items', { id: 1 }, { n: 111 })
          await inner.insert('lines', { tenant: 9, sku: 'hidden', n: 1 })
          return [
            await subject.find('items', { where: { id: 1 } }),
            await subject.count('lines'),
            await inner.find('items', { where: { id: 1 } }),
            await inner.count('lines'),
          ]
        }),
    },
    {
      title: 'a row that is changed, deleted and made again in one transaction',
      run: async (subject) => [
        await subject.transaction(async (inner) => {
          await inner.update('tags', { word: 'red' }, { weight: 30 })
          await inner.remove('tags', { word: 'red' })
          await inner.insert('tags', { word: 'red', weight: 31 })
          await inner.update('tags', { word: 'red' }, { word: 'ruby' })
          await inner.insert('tags', { word: 'brief', weight: 0 })
          await inner.remove('tags', { word: 'brief' })
        }),
        await subject.find('tags', { order: ['weight'] }),
      ],
    },
    {
      title: 'hundreds of statements in one transaction',
      run: async (subject) => [
        await subject.transaction(async (inner) => {
          for (let n = 0; n < 300; n++) {
            await inner.insert('lines', { tenant: 60, sku: `t${n}`, n })
            if (n % 3 === 0) await inner.update('lines', { tenant: 60, sku: `t${n}` }, { note: 'third' })
            if (n % 10 === 0) await inner.remove('lines', { tenant: 60, sku: `t${n}` })
          }
        }),
        await subject.find('lines', { where: { tenant: 60 }, order: ['n'] }),
      ],
    },
    {
      title: 'a transaction in which nothing changed on mapped tables after all',
      run: async (subject) => [
        await subject.transaction(async (inner) => [
          await inner.update('items', { id: 12345 }, { n: 1 }),
          await inner.remove('tags', { word: 'none' }),
        ]),
        await subject.find('tags', { order: ['weight'] }),
      ],
    },
  ],
}

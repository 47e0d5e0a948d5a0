// Raw SQL, given for each side.

import { attempt, type Case, type Suite } from '../case.ts'
import type { Subject } from '../subject.ts'

const insertLine: Case['run'] = (subject, { sides }) =>
  subject.raw(
    sides(
      ({ t, c }) =>
        `INSERT INTO ${t('lines')} (${c('lines', 'tenant')}, ${c('lines', 'sku')}, ${c('lines', 'n')}) VALUES (?, ?, ?)`,
    ),
    [9, 'raw', 1],
  )

export const raw: Suite = {
  name: 'raw SQL',
  cases: [
    {
      title: 'a select',
      run: (subject, { sides }) =>
        subject.raw(
          sides(
            ({ t, c }) => `SELECT ${c('items', 'id')} AS id, n FROM ${t('items')} WHERE n > ? ORDER BY 1`,
          ),
          [0],
        ),
    },
    {
      title: 'a select without rows, and one with a text that looks like a parameter',
      run: async (subject, { sides }) => [
        await subject.raw(
          sides(({ t }) => `SELECT n FROM ${t('items')} WHERE n = ?`),
          [12345],
        ),
        await subject.raw(
          sides(
            ({ t, c }) =>
              `SELECT ${c('items', 'code')} AS code FROM ${t('items')} WHERE ${c('items', 'code')} = ?`,
          ),
          ['c1'],
        ),
      ],
    },
    {
      title: 'an insert',
      run: async (subject, context) => [
        await insertLine(subject, context),
        await attempt(() => insertLine(subject, context)),
        await subject.find('lines', { order: ['tenant', 'sku'] }),
      ],
    },
    {
      title: 'an update and a delete by condition',
      run: async (subject: Subject, { sides }) => [
        await subject.raw(
          sides(({ t }) => `UPDATE ${t('items')} SET n = n + ? WHERE n < ?`),
          [10, 2],
        ),
        await subject.raw(
          sides(({ t, c }) => `DELETE FROM ${t('items')} WHERE ${c('items', 'id')} IN (?, ?)`),
          [1, 2],
        ),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'an insert of what a select finds',
      run: async (subject, { sides }) => [
        await subject.raw(
          sides(
            ({ t, c }) =>
              `INSERT INTO ${t('lines')} (${c('lines', 'tenant')}, ${c('lines', 'sku')}, ${c('lines', 'n')}) ` +
              `SELECT 77, ${c('items', 'code')}, n FROM ${t('items')} WHERE n > ?`,
          ),
          [0],
        ),
        await subject.find('lines', { where: { tenant: 77 }, order: ['sku'] }),
      ],
    },
    {
      title: 'in a transaction, with a savepoint that is rolled back',
      run: async (subject, { sides }) => [
        await subject.transaction(async (inner) => {
          const add = sides(
            ({ t, c }) => `UPDATE ${t('tags')} SET weight = weight + ? WHERE ${c('tags', 'word')} = ?`,
          )
          const first = await inner.raw(add, [10, 'red'])
          await attempt(() =>
            inner.transaction(async (deeper) => {
              await deeper.raw(add, [100, 'red'])
              throw new Error('stop')
            }),
          )
          return [first, await inner.raw(add, [1000, 'blue'])]
        }),
        await subject.find('tags', { order: ['word'] }),
      ],
    },
    {
      title: 'comments and blanks around a write',
      run: async (subject, { sides }) => [
        await subject.raw(
          sides(({ t }) => `  /* by hand */ UPDATE ${t('items')} -- all\n SET n = n + 1\n WHERE n = ? `),
          [1],
        ),
        await subject.find('items', { order: ['id'] }),
      ],
    },
    {
      title: 'a statement that is wrong fails with the error of the database',
      run: (subject, { sides }) =>
        attempt(() => subject.raw(sides(({ t }) => `SELECT nothing_like_that FROM ${t('items')}`))),
    },
  ],
}

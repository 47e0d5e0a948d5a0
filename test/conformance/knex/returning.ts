// Rows that a write gives back.

import type { Knex } from 'knex'
import { attempt, type Suite } from '../case.ts'
import type { KnexSubject } from './knex-subject.ts'

const engines = ['postgres', 'sqlite'] as const

const line = (sku: string, n: number) => ({ tenant: 9, sku, n, note: `of ${sku}` })

/** Answers of the same work outside and inside of a transaction. */
async function bothWays(
  { db }: KnexSubject,
  work: (db: Knex, mark: string) => Promise<unknown>,
): Promise<unknown[]> {
  return [await work(db, 'out'), await db.transaction((trx) => work(trx, 'in'))]
}

/** What mysql2 and better-sqlite3 tell of an insert. */
function toldId(answer: unknown): unknown {
  const [header] = Array.isArray(answer) ? (answer as unknown[]) : [answer]
  const { insertId, lastInsertRowid } = header as Record<string, unknown>
  return insertId ?? lastInsertRowid
}

export const returning: Suite<KnexSubject> = {
  name: 'returning',
  cases: [
    {
      title: 'rows that get their keys from the database',
      engines,
      run: (subject) =>
        bothWays(subject, async (db, mark) => [
          await db('items')
            .insert({ code: `${mark} 1`, price: '3.25' })
            .returning('*'),
          await db('items').insert({ code: `${mark} 2` }, 'id'),
          await db('items')
            .insert([
              { code: `${mark} 3`, n: 3 },
              { code: `${mark} 4`, n: 4 },
              { code: `${mark} 5`, n: 5, name: 'five' },
            ])
            .returning(['id', 'code as called', 'n', 'name']),
        ]),
    },
    {
      title: 'rows with given keys, in the order in which they were given',
      engines,
      run: (subject) =>
        bothWays(subject, async (db, mark) => [
          await db('lines')
            .insert([line(`${mark} z`, 1), line(`${mark} a`, 2), line(`${mark} k`, 3)])
            .returning('*'),
          await db('items')
            .insert({ id: mark === 'in' ? 70 : 60, code: mark })
            .returning(['code', 'id']),
          await db('tags')
            .insert({ word: `${mark} ü` })
            .returning('word'),
        ]),
    },
    {
      title: 'rows that are made or updated',
      engines,
      run: (subject) =>
        bothWays(subject, async (db, mark) => [
          await db('items')
            .insert({ code: 'c2', name: mark, n: 22 })
            .onConflict('code')
            .merge()
            .returning('*'),
          await db('items')
            .insert({ code: mark, n: 23 })
            .onConflict(['code'])
            .merge(['n'])
            .returning(['code', 'n']),
          await db('lines')
            .insert([line(mark, 1), { ...line('s2', 2), tenant: 1 }])
            .onConflict(['tenant', 'sku'])
            .merge()
            .returning(['note', 'sku']),
        ]),
    },
    {
      title: 'a row that is made or left alone',
      engines,
      run: (subject) =>
        bothWays(subject, async (db, mark) => [
          await db('tags').insert({ word: mark, weight: 1 }).onConflict('word').ignore().returning('*'),
          await db('tags').insert({ word: 'red', weight: 1 }).onConflict('word').ignore().returning('*'),
        ]),
    },
    {
      title: 'no row of an insert that fails, also when the app goes on',
      engines,
      run: async ({ db }) => [
        await attempt(async () =>
          db('tags')
            .insert([{ word: 'new' }, { word: 'red' }])
            .returning('*'),
        ),
        await db.transaction(async (trx) => [
          await attempt(async () =>
            trx.transaction(async (inner) => inner('tags').insert({ word: 'red' }).returning('*')),
          ),
          await trx('tags').insert({ word: 'new' }).returning('word'),
        ]),
        await db('tags').orderBy('word'),
      ],
    },
    {
      title: 'rows in batches',
      engines,
      run: async ({ db }) =>
        db
          .batchInsert(
            'lines',
            Array.from({ length: 25 }, (_, n) => line(`batch ${n}`, n)),
            10,
          )
          .returning(['sku', 'n']),
    },
    {
      title: 'rows that take part in a stream',
      engines: ['postgres'],
      run: async ({ db }) => {
        const rows: unknown[] = []
        for await (const row of db('items')
          .insert([{ code: 's1' }, { code: 's2' }])
          .returning(['id', 'code'])
          .stream())
          rows.push(row)
        return rows
      },
    },
    {
      title: 'the generated key of a raw insert, as its driver tells it',
      engines: ['mysql', 'mariadb', 'sqlite'],
      run: async (subject, { sides }) => {
        const insert = sides(
          ({ t, c, engine }) =>
            `INSERT INTO ${t('items')} (${c('items', 'code')}, n) VALUES (?, ?)` +
            (engine === 'postgres' ? ` RETURNING ${c('items', 'id')}` : ''),
        )
        const ids: unknown[] = []
        for (const code of ['raw 1', 'raw 2']) ids.push(toldId(await subject.raw(insert, [code, 1])))
        return ids
      },
    },
    {
      title: 'several rows, some of which are left alone',
      engines,
      refused: 'crossed',
      // MySQL tells how many rows it left alone, but not which.
      refusedTargets: ['mysql'],
      run: async ({ db }) =>
        db('tags')
          .insert([{ word: 'red' }, { word: 'new' }])
          .onConflict('word')
          .ignore()
          .returning('word'),
    },
    {
      title: 'rows with and without keys',
      engines: ['postgres'],
      refused: 'crossed',
      // MySQL tells the first generated key, but not which row got it.
      refusedTargets: ['mysql'],
      run: async ({ db }) =>
        db('items')
          .insert([{ id: 55, code: 'a' }, { code: 'b' }])
          .returning('id'),
    },
    {
      title: 'updated rows',
      engines,
      refused: 'crossed',
      // MySQL returns no row of an update, and the condition may not find it any more.
      refusedTargets: ['mysql'],
      run: async ({ db }) => db('items').where('id', 1).update({ n: 41 }).returning(['id', 'n']),
    },
    {
      title: 'deleted rows',
      engines: ['postgres'],
      refused: 'crossed',
      // MySQL returns no row of a delete, and it is gone.
      refusedTargets: ['mysql'],
      run: async ({ db }) => db('items').where('id', 1).delete().returning(['id', 'n']),
    },
  ],
}

// What a writer does: every kind of write, on few rows so that processes meet. A ledger tells the parent each token
// before it is tried and after it was acknowledged; tokens are unique in the whole round.

import type { Knex } from 'knex'
import type { Random } from './random.ts'
import { counters } from './schema.ts'

/** Told before and after a write that leaves a token in the database. */
export type Ledger = { readonly tried: readonly string[] } | { readonly acked: readonly string[] }

export type Tell = (entry: Ledger) => void

interface Context {
  readonly db: Knex
  readonly random: Random
  readonly token: () => string
  readonly tell: Tell
}

type Operation = (context: Context) => Promise<void>

const hotKeys = 8

const insertOne: Operation = async ({ db, random, token, tell }) => {
  const text = token()
  tell({ tried: [text] })
  await db('items').insert({ token: text, note: 'one', n: random.below(100) })
  tell({ acked: [text] })
}

const insertMany: Operation = async ({ db, random, token, tell }) => {
  const texts = Array.from({ length: 2 + random.below(4) }, token)
  tell({ tried: texts })
  await db('items').insert(texts.map((text) => ({ token: text, note: 'many', n: random.below(100) })))
  tell({ acked: texts })
}

const updateByKey: Operation = async ({ db, random, token }) => {
  const id = await someId(db, random)
  await db('items')
    .where({ id })
    .update({ note: token(), n: random.below(100) })
}

const updateByPredicate: Operation = async ({ db, random, token }) => {
  await db('items').where('n', random.below(100)).update({ note: token() })
}

const removeNote: Operation = async ({ db, random }) => {
  // Only rows that carry no token of the ledger any more are deleted, so that every acked token must be there at the end.
  await db('links')
    .where({ a: random.below(hotKeys) })
    .delete()
}

/** Deletes and inserts again under the same key, in one transaction or in two statements (C5). */
const reinsertLink: Operation = async ({ db, random, token }) => {
  const key = { a: random.below(hotKeys), b: `k${random.below(3)}` }
  if (random.chance(0.5)) {
    await db('links').where(key).delete()
    await db('links').insert({ ...key, note: token() })
  } else {
    await db.transaction(async (trx) => {
      await trx('links').where(key).delete()
      await trx('links').insert({ ...key, note: token() })
    })
  }
}

/** Read, add, write, together with a token: the sum of the counters must be the number of these tokens. */
const count: Operation = async ({ db, random, token, tell }) => {
  const text = `c-${token()}`
  const id = random.below(counters)
  tell({ tried: [text] })
  await db.transaction(async (trx) => {
    const row: { n: number } | undefined = await trx('counters').where({ id }).forUpdate().first('n')
    await trx('counters')
      .where({ id })
      .update({ n: row!.n + 1 })
    await trx('items').insert({ token: text, note: 'count', n: id })
  })
  tell({ acked: [text] })
}

/** Exchanges the unique values of two rows in one transaction (C15, C16). */
const swapTokens: Operation = async ({ db, random, token }) => {
  await db.transaction(async (trx) => {
    const ids = [await someId(trx, random), await someId(trx, random)].sort((left, right) => left - right)
    if (ids[0] === ids[1]) return
    const rows: { id: number; token: string }[] = await trx('items')
      .whereIn('id', ids)
      .orderBy('id')
      .forUpdate()
      .select('id', 'token')
    const [first, second] = rows
    if (first === undefined || second === undefined) return
    await trx('items')
      .where({ id: first.id })
      .update({ token: `swap-${token()}` })
    await trx('items').where({ id: second.id }).update({ token: first.token })
    await trx('items').where({ id: first.id }).update({ token: second.token })
  })
}

const rolledBack: Operation = async ({ db, token }) => {
  const stop = new Error('rolled back on purpose')
  await db
    .transaction(async (trx) => {
      await trx('items').insert({ token: `never-${token()}`, note: 'rolled back', n: 0 })
      throw stop
    })
    .catch((error: unknown) => {
      if (error !== stop) throw error
    })
}

const operations: readonly Operation[] = [
  insertOne,
  insertOne,
  insertMany,
  updateByKey,
  updateByKey,
  updateByPredicate,
  removeNote,
  reinsertLink,
  reinsertLink,
  count,
  count,
  swapTokens,
  rolledBack,
]

export async function operate(context: Context): Promise<void> {
  await context.random.pick(operations)(context)
}

async function someId(db: Knex, random: Random): Promise<number> {
  const row: { id: number | string } | undefined = await db('items')
    .orderBy('id')
    .offset(random.below(hotKeys))
    .first('id')
  return Number(row?.id ?? 0)
}

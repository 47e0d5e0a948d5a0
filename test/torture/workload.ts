// What a writer does: every kind of write, on few rows so that processes meet. A ledger tells the parent the tokens of each
// transaction before it is tried and after it was acknowledged; tokens are unique in the whole round.

import type { Item, LinkKey, Member, Statements, Ways } from './orm.ts'
import type { Random } from '../random.ts'
import { counters } from './schema.ts'

/** Told before and after a transaction that leaves tokens in the database. */
export type Ledger = { readonly tried: readonly string[] } | { readonly acked: readonly string[] }

export type Tell = (entry: Ledger) => void

interface Context {
  readonly db: Member
  readonly random: Random
  readonly token: () => string
  readonly tell: Tell
}

type Operation = (context: Context) => Promise<void>

const hotKeys = 8

const insertOne: Operation = (context) =>
  leaving(context, [context.token()], async ([token]) => {
    await anyOf(context, context.db.insertItem, item(context, token!, 'one'))
  })

const insertMany: Operation = (context) =>
  leaving(context, several(context), async (tokens) => {
    await anyOf(
      context,
      context.db.insertItems,
      tokens.map((token) => item(context, token, 'many')),
    )
  })

/** A row and others that refer to it by a foreign key, at once. */
const insertWhole: Operation = (context) =>
  leaving(context, several(context), async ([token, ...parts]) => {
    await anyOf(context, context.db.insertWhole, item(context, token!, 'whole'), parts)
  })

const updateByKey: Operation = async (context) => {
  const { db, random, token } = context
  const id = await db.idAt(random.below(hotKeys))
  if (id !== undefined) await anyOf(context, db.changeItem, id, { note: token(), n: random.below(100) })
}

const updateByPredicate: Operation = async (context) => {
  await anyOf(context, context.db.noteItems, context.random.below(100), context.token())
}

/** Only rows that carry no token of the ledger are deleted, so that every acked token must be there at the end. */
const removeLinks: Operation = async (context) => {
  await anyOf(context, context.db.removeLinks, context.random.below(hotKeys))
}

const putLink: Operation = async (context) => {
  await anyOf(context, context.db.putLink, { ...linkKey(context), note: context.token() })
}

/** Deletes and inserts again under the same key, in one transaction or in two statements (C5). */
const reinsertLink: Operation = async (context) => {
  const key = linkKey(context)
  const reinsert = async (on: Statements): Promise<void> => {
    await anyOf(context, on.removeLink, key)
    await anyOf(context, on.insertLink, { ...key, note: context.token() })
  }
  await (context.random.chance(0.5) ? reinsert(context.db) : context.db.transaction(reinsert))
}

/** Read, add, write, together with a token: the sum of the counters must be the number of these tokens. */
const count: Operation = (context) =>
  leaving(context, [`c-${context.token()}`], ([token]) => {
    const id = context.random.below(counters)
    return context.db.transaction(async (inner) => {
      await anyOf(context, inner.count, id)
      await anyOf(context, inner.insertItem, { token: token!, note: 'count', n: id })
    })
  })

/** Exchanges the unique values of two rows in one transaction (C15, C16). */
const swapTokens: Operation = (context) =>
  context.db.transaction(async (inner) => {
    const { random, token } = context
    const one = await inner.idAt(random.below(hotKeys))
    const other = await inner.idAt(random.below(hotKeys))
    if (one === undefined || other === undefined || one === other) return
    const [first, second] = await inner.lockedItems([one, other])
    if (first === undefined || second === undefined) return
    await anyOf(context, inner.changeItem, first.id, { token: `swap-${token()}` })
    await anyOf(context, inner.changeItem, second.id, { token: first.token })
    await anyOf(context, inner.changeItem, first.id, { token: second.token })
  })

const rolledBack: Operation = (context) =>
  undone((stop) =>
    context.db.transaction(async (inner) => {
      await insertNever(context, inner)
      throw stop
    }),
  )

/** A transaction that goes on after a savepoint in it was rolled back. */
const partlyRolledBack: Operation = (context) =>
  leaving(context, [context.token()], ([token]) =>
    context.db.transaction(async (outer) => {
      await undone((stop) =>
        outer.transaction(async (inner) => {
          await insertNever(context, inner)
          throw stop
        }),
      )
      await anyOf(context, outer.insertItem, item(context, token!, 'kept'))
    }),
  )

const operations: readonly Operation[] = [
  insertOne,
  insertOne,
  insertMany,
  insertWhole,
  updateByKey,
  updateByKey,
  updateByPredicate,
  removeLinks,
  putLink,
  reinsertLink,
  reinsertLink,
  count,
  count,
  swapTokens,
  rolledBack,
  partlyRolledBack,
]

/** What a service does all day: few rows at a time. */
const plain: readonly Operation[] = [insertOne, insertOne, updateByKey, updateByKey, putLink, count]

export async function operate(context: Context): Promise<void> {
  await context.random.pick(operations)(context)
}

export async function operatePlainly(context: Context): Promise<void> {
  await context.random.pick(plain)(context)
}

function anyOf<Given extends readonly unknown[]>(
  { random }: Context,
  ways: Ways<Given>,
  ...given: Given
): Promise<unknown> {
  return random.pick(ways)(...given)
}

/** Tells of the tokens of one transaction. */
async function leaving(
  { tell }: Context,
  tokens: readonly string[],
  work: (tokens: readonly string[]) => Promise<void>,
): Promise<void> {
  tell({ tried: tokens })
  await work(tokens)
  tell({ acked: tokens })
}

/** The work rejects with what it is given, or fails. */
async function undone(work: (stop: Error) => Promise<void>): Promise<void> {
  const stop = new Error('rolled back on purpose')
  await work(stop).catch((error: unknown) => {
    if (error !== stop) throw error
  })
}

async function insertNever(context: Context, on: Statements): Promise<void> {
  await anyOf(context, on.insertItem, { token: `never-${context.token()}`, note: 'rolled back', n: 0 })
}

function several({ random, token }: Context): string[] {
  return Array.from({ length: 2 + random.below(4) }, token)
}

function item({ random }: Context, token: string, note: string): Item {
  return { token, note, n: random.below(100) }
}

function linkKey({ random }: Context): LinkKey {
  return { a: random.below(hotKeys), b: `k${random.below(3)}` }
}

// Checked by the compiler alone: a Knex with double writes has the types of any other Knex.

import { doubleWrite, perSide, type RunningMigration, twinwrite } from '@twinwrite/knex'
import { defineMigration } from '@twinwrite/sql'
import knex, { type Knex } from 'knex'

type Equal<A, B> = [A, B] extends [B, A] ? true : false

function same<A, B>(equal: Equal<A, B>): void {
  if (!equal) throw new Error('the types differ')
}

interface TypedOrder {
  id: number
  total: string
}

declare module 'knex/types/tables.js' {
  interface Tables {
    typed_orders: TypedOrder
    typed_lines: Knex.CompositeTableType<{ id: number; sku: string }, { sku: string }, { sku?: string }>
  }
}

const migration = defineMigration({ name: 'shop', tables: { typed_orders: true } })
const client = doubleWrite('pg', { migration, target: { client: 'mysql2', connection: {} } })
same<typeof client, typeof Knex.Client>(true)

const db = knex({ client, connection: {} })
const plain = knex({ client: 'pg', connection: {} })
same<typeof db, typeof plain>(true)

const typed = knex<{ anything: string }, number[]>({ client, connection: {} })
same<typeof typed, Knex<{ anything: string }, number[]>>(true)

export async function statements(): Promise<void> {
  const rows = await db('typed_orders').select('id', 'total')
  same<typeof rows, Pick<TypedOrder, 'id' | 'total'>[]>(true)
  const first = await db('typed_orders').where({ id: 1 }).first()
  same<typeof first, TypedOrder | undefined>(true)
  const ids = await db('typed_lines').insert({ sku: 'x' }).returning('id')
  same<typeof ids, Pick<{ id: number; sku: string }, 'id'>[]>(true)
  // @ts-expect-error a column that the table does not have
  await db('typed_orders').where({ nothing: 1 })
  // @ts-expect-error an insert of the composite type takes no id
  await db('typed_lines').insert({ id: 1, sku: 'x' })
  const raw = await db.raw<{ n: number }[]>(perSide('select 1 as n', 'select 2 as n'))
  same<typeof raw, { n: number }[]>(true)
}

export async function transactions(): Promise<void> {
  const provider = db.transactionProvider()
  same<typeof provider, Knex.TransactionProvider>(true)
  const trx = await provider()
  same<typeof trx, Knex.Transaction>(true)
  const work = async (inner: Knex.Transaction) => inner('typed_orders').first('id')
  const answer = await db.transaction(work, { isolationLevel: 'serializable' })
  const expected = await plain.transaction(work, { isolationLevel: 'serializable' })
  same<typeof answer, typeof expected>(true)
}

const running = twinwrite(db)
same<typeof running, RunningMigration>(true)

// An instance as target, and a client class of the app's own.
class OwnClient extends knex.Client {}
doubleWrite(OwnClient, { migration, target: plain })
// @ts-expect-error the migration is needed
doubleWrite('pg', { target: plain })
// @ts-expect-error so is the target
doubleWrite('pg', { migration })

// Checked by the compiler alone: what `doubleWrite` gives has the type of what it was given.

import { doubleWrite, perSide, type RunningMigration, twinwrite } from '@twinwrite/typeorm'
import { defineMigration } from '@twinwrite/sql'
import { DataSource, type DataSourceOptions, type Repository } from 'typeorm'
import { Order } from './entities.ts'

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>

type Equal<A, B> = [A, B] extends [B, A] ? true : false

function same<A, B>(equal: Equal<A, B>): void {
  if (!equal) throw new Error('the types differ')
}

const migration = defineMigration({ name: 'shop', tables: { orders: true } })
const target: DataSourceOptions = { type: 'mysql' }
const postgres: PostgresOptions = { type: 'postgres', entities: [Order] }
const options = doubleWrite(postgres, { migration, target })
same<typeof options, PostgresOptions>(true)

class OwnDataSource extends DataSource {
  readonly own = true
}
const db = doubleWrite(new OwnDataSource(options), { migration, target: new DataSource(target) })
same<typeof db, OwnDataSource>(true)
const orders = db.getRepository(Order)
same<typeof orders, Repository<Order>>(true)
const handle = twinwrite(db)
same<typeof handle, RunningMigration>(true)
const text = perSide('SELECT 1', 'SELECT 2')
same<typeof text, string>(true)

export async function statements(): Promise<void> {
  const rows = await orders.find({ select: { total: true } })
  same<typeof rows, Order[]>(true)
  // @ts-expect-error no column of the entity
  await orders.update({ id: 1 }, { totals: 1 })
  // @ts-expect-error a migration is needed
  doubleWrite(postgres, { target })
}

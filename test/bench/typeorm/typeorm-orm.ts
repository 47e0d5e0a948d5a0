// TypeORM in the bench command.

import { doubleWrite, twinwrite } from '@twinwrite/typeorm'
import { DataSource, type DataSourceOptions } from 'typeorm'
import type { Database, Orm } from '../orm.ts'
import { operations } from './operations.ts'
import { orders } from './orders-schema.ts'

const optionsOf = ({ engine, url }: Database, poolSize: number): DataSourceOptions => ({
  type: engine,
  url,
  poolSize,
  entities: [orders],
})

export const typeormOrm: Orm<DataSource> = {
  name: 'typeorm',
  operations,
  takesSeveral: true,
  plain: async (database, connections) => {
    const db = await new DataSource(optionsOf(database, connections)).initialize()
    return { db, end: () => db.destroy() }
  },
  doubled: async (source, target, { migration, connections, several }) => {
    const options = optionsOf(source, connections)
    const db = await new DataSource(
      doubleWrite(
        { ...options, ...(several && { multipleStatements: true }) },
        { migration, target: optionsOf(target, connections) },
      ),
    ).initialize()
    return { db, migration: twinwrite(db), end: () => db.destroy() }
  },
}

// TypeORM in the torture fleet.

import { doubleWrite, twinwrite } from '@twinwrite/typeorm'
import { defineMigration } from '@twinwrite/sql'
import { DataSource, type DataSourceOptions } from 'typeorm'
import type { Connect, SideAddress } from '../orm.ts'
import { entities } from './entities.ts'
import { statementsOn } from './statements.ts'

const optionsOf = ({ engine, url }: SideAddress): DataSourceOptions => ({ type: engine, url, poolSize: 6 })

const { items, parts } = entities

export const connect: Connect = async ({ source, target }, config) => {
  const db = new DataSource(
    doubleWrite(
      { ...optionsOf(source), entities: Object.values(entities) },
      { migration: defineMigration(config), target: optionsOf(target) },
    ),
  )
  await db.initialize()
  const { manager } = db
  return {
    ...statementsOn(manager),
    insertItems: [
      (given) => manager.insert(items, copies(given)),
      (given) => manager.save(items, copies(given)),
    ],
    insertWhole: [
      (item, tokens) => manager.save(items, { ...item, parts: tokens.map((token) => ({ token })) }),
      (item, tokens) =>
        manager.transaction(async (inner) => {
          const { identifiers } = await inner.insert(items, { ...item })
          const [whole] = identifiers as { id: string }[]
          await inner.insert(
            parts,
            tokens.map((token) => ({ token, item: whole })),
          )
        }),
    ],
    migration: twinwrite(db),
    close: () => db.destroy(),
  }
}

/** TypeORM writes what the database gave into what it saves. */
function copies<T extends object>(rows: readonly T[]): T[] {
  return rows.map((row) => ({ ...row }))
}

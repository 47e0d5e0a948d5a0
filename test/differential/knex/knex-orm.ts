// Knex in the differential command: its transactions in every form that it has.

import type { Engine } from '@twinwrite/testkit'
import type { Knex } from 'knex'
import { plainKnex, wrappedKnex } from '../../conformance/knex/knex-subject.ts'
import type { Begun, Client, Orm, Runner, Settings } from '../orm.ts'
import { runStatement } from './knex-statement.ts'

/** What is said of objects and of several statements at once. */
const unspoken: ReadonlySet<string> = new Set(['save', 'rework', 'family', 'adopt', 'household', 'batch'])

export const knexOrm: Orm = {
  name: 'knex',
  speaks: ({ do: what }) => !unspoken.has(what),
  isOne: ({ do: what }) => what !== 'batchInsert' && what !== 'insertAndAsk',
  isRepeated: ({ do: what }) => what !== 'batchInsert',
  plain: (database) => clientOn(plainKnex(database).db, database.engine),
  wrapped(databases, config) {
    const { subject, migration } = wrappedKnex(databases, config)
    return { client: clientOn(subject.db, databases.source.engine), migration }
  },
}

function clientOn(db: Knex, engine: Engine): Client {
  return { ...runnerOn(db, engine), end: () => db.destroy() }
}

function runnerOn(db: Knex, engine: Engine): Runner {
  return {
    run: (statement) => runStatement(db, engine, statement),
    transaction: (settings, work) => db.transaction((trx) => work(runnerOn(trx, engine)), configOf(settings)),
    savepoint: (work) => savepoint(db, (trx) => work(runnerOn(trx, engine))),
    begin: async (settings) => {
      const config = configOf(settings)
      const begun =
        settings.form === 'provider' ? await db.transactionProvider(config)() : await db.transaction(config)
      return begunOn(begun, engine)
    },
  }
}

function begunOn(trx: Knex.Transaction, engine: Engine): Begun {
  return {
    ...runnerOn(trx, engine),
    commit: async () => trx.commit(),
    rollback: async () => trx.rollback(),
    ended: () => ({ completed: trx.isCompleted() }),
  }
}

function configOf({ isolation, readOnly }: Settings): Knex.TransactionConfig {
  return {
    ...(isolation === undefined ? {} : { isolationLevel: isolation }),
    ...(readOnly === undefined ? {} : { readOnly }),
  }
}

/** Where the SAVEPOINT itself fails, Knex rejects at once and runs the work all the same: it is waited for here. */
async function savepoint(db: Knex, work: (trx: Knex.Transaction) => Promise<void>): Promise<void> {
  let working: Promise<void> | undefined
  try {
    await db.transaction((inner) => {
      working = work(inner)
      return working
    })
  } finally {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    await working?.catch(() => undefined)
  }
}

// Prisma in the differential command: batches, interactive transactions, and transactions that are ended from outside of them.

import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { doubleWrite } from '@twinwrite/prisma'
import { defineMigration } from '@twinwrite/sql'
import type { Engine, FreshDatabase } from '@twinwrite/testkit'
import { levels } from '../../conformance/prisma/prisma-subject.ts'
import { adapterFor } from '../../prisma/adapter-for.ts'
import { PrismaClient as MysqlClient } from '../../prisma/generated/differential-mysql-source/client/client.ts'
import { PrismaClient as PostgresClient } from '../../prisma/generated/differential-postgresql-source/client/client.ts'
import { PrismaClient as SqliteClient } from '../../prisma/generated/differential-sqlite-source/client/client.ts'
import type { Begun, Client, Orm, Runner, Settings } from '../orm.ts'
import type { PrismaRunner, TransactionOptions } from './prisma-client.ts'
import { isOne, runStatement } from './prisma-statement.ts'

type ClientClass = new (options: { adapter: SqlDriverAdapterFactory }) => PostgresClient

const classes = {
  postgres: PostgresClient,
  mysql: MysqlClient,
  mariadb: MysqlClient,
  sqlite: SqliteClient,
} as unknown as Record<Engine, ClientClass>

const open = (database: FreshDatabase): PostgresClient =>
  new classes[database.engine]({ adapter: adapterFor(database, 4) })

const unspoken: ReadonlySet<string> = new Set(['insertSelect', 'softDelete', 'save', 'rework'])

export const prismaOrm: Orm = {
  name: 'prisma',
  speaks: (said) => !unspoken.has(said.do) && !('readOnly' in said),
  isOne,
  isRepeated: () => true,
  plain(database) {
    const client = open(database)
    return clientOn(client, database.engine)
  },
  wrapped({ source, target }, config) {
    const own = ({ engine, connection }: FreshDatabase): unknown =>
      engine === 'mysql' || engine === 'mariadb' ? connection : undefined
    const client = open(source).$extends(
      doubleWrite({
        target: open(target),
        migration: defineMigration(config),
        ownConnections: { source: own(source), target: own(target) },
      }),
    )
    return { client: clientOn(client, source.engine), migration: client.$twinwrite }
  },
}

function clientOn(client: Pick<PostgresClient, '$disconnect'>, engine: Engine): Client {
  return {
    ...runnerOn(client as unknown as PrismaRunner, engine, false),
    end: () => client.$disconnect(),
  }
}

function runnerOn(db: PrismaRunner, engine: Engine, inTransaction: boolean): Runner {
  return {
    run: (statement) => runStatement(db, engine, statement, inTransaction),
    transaction: (settings, work) =>
      db.$transaction((tx) => work(runnerOn(tx, engine, true)), optionsOf(settings)),
    savepoint: (work) => db.$transaction((tx) => work(runnerOn(tx, engine, true))),
    begin: (settings) => begin(db, engine, settings),
  }
}

/** The app's own reason to roll back. */
const back = new Error('rolled back from outside')

/** The work of the transaction is to wait until it is told how to end. */
function begin(db: PrismaRunner, engine: Engine, settings: Settings): Promise<Begun> {
  return new Promise((resolve, reject) => {
    const over = db.$transaction(
      (tx) =>
        new Promise<void>((commit, fail) => {
          resolve({
            ...runnerOn(tx, engine, true),
            commit: () => {
              commit()
              return over
            },
            rollback: async () => {
              fail(back)
              await over.catch((error: unknown) => {
                if (error !== back) throw error
              })
            },
            ended: () => null,
          })
        }),
      optionsOf(settings),
    )
    over.catch(reject)
  })
}

function optionsOf({ isolation }: Settings): TransactionOptions {
  const patience = { timeout: 60_000, maxWait: 30_000 }
  return isolation === undefined ? patience : { ...patience, isolationLevel: levels[isolation] }
}

// TypeORM in the differential command: transactions of the manager, nested ones, and those of a query runner.

import { doubleWrite, twinwrite } from '@twinwrite/typeorm'
import { defineMigration } from '@twinwrite/sql'
import type { Engine, FreshDatabase } from '@twinwrite/testkit'
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm'
import { typeormOptions } from '../../conformance/typeorm/typeorm-subject.ts'
import type { Begun, Client, Orm, Runner, Settings } from '../orm.ts'
import { programEntities } from './entities.ts'
import { isOne, runStatement } from './typeorm-statement.ts'

const optionsFor = (database: FreshDatabase): DataSourceOptions => ({
  ...typeormOptions('source', database),
  entities: programEntities(database.engine),
  // With a cache SQLite's statements that it holds overtake those beside them that it does not.
  ...(database.engine === 'sqlite' ? { statementCacheSize: 0 } : {}),
})

export const typeormOrm: Orm = {
  name: 'typeorm',
  speaks: (said) => said.do !== 'batch' && !('readOnly' in said),
  isOne,
  isRepeated: (statement) =>
    statement.do !== 'batchInsert' && (statement.do !== 'rework' || statement.set !== null),
  plain: (database) => clientOn(new DataSource(optionsFor(database)), database.engine),
  wrapped({ source, target }, config) {
    const db = new DataSource(
      doubleWrite(optionsFor(source), {
        migration: defineMigration(config),
        target: { ...optionsFor(target), entities: undefined },
      }),
    )
    return { client: clientOn(db, source.engine), migration: twinwrite(db) }
  },
}

function clientOn(db: DataSource, engine: Engine): Client {
  const ready = db.initialize()
  return {
    ...runnerOn(async () => (await ready).manager, engine),
    begin: async (settings) => begin(await ready, engine, settings),
    end: async () => (await ready).destroy(),
  }
}

function runnerOn(manager: () => Promise<EntityManager>, engine: Engine): Runner {
  const inside = (work: (inner: Runner) => Promise<void>) => (inner: EntityManager) =>
    work(runnerOn(async () => inner, engine))
  return {
    run: async (statement) => runStatement(await manager(), engine, statement),
    transaction: async ({ isolation }, work) => {
      const outer = await manager()
      return isolation === undefined
        ? outer.transaction(inside(work))
        : outer.transaction(levelOf(isolation), inside(work))
    },
    savepoint: async (work) => (await manager()).transaction(inside(work)),
    begin: async (settings) => begin((await manager()).dataSource, engine, settings),
  }
}

const levelOf = (isolation: NonNullable<Settings['isolation']>): 'SERIALIZABLE' =>
  isolation.toUpperCase() as 'SERIALIZABLE'

async function begin(db: DataSource, engine: Engine, { isolation }: Settings): Promise<Begun> {
  const runner = db.createQueryRunner()
  try {
    await runner.startTransaction(isolation === undefined ? undefined : levelOf(isolation))
  } catch (error) {
    await runner.release()
    throw error
  }
  const ended = async (end: () => Promise<void>): Promise<void> => {
    try {
      await end()
    } finally {
      await runner.release()
    }
  }
  return {
    ...runnerOn(async () => runner.manager, engine),
    commit: () =>
      ended(async () => {
        try {
          await runner.commitTransaction()
        } catch (error) {
          await runner.rollbackTransaction()
          throw error
        }
      }),
    rollback: () => ended(() => runner.rollbackTransaction()),
    ended: () => ({ active: runner.isTransactionActive, released: runner.isReleased }),
  }
}

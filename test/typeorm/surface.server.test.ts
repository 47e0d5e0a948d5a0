// What surrounds the statements: ways to install, where things run that an app made before a switch, cache, migrations, raw SQL,
// replication, and what is refused.

import { doubleWrite, perSide, twinwrite, TwinwriteError } from '@twinwrite/typeorm'
import { defineMigration } from '@twinwrite/sql'
import { freshDatabase } from '@twinwrite/testkit'
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm'
import { DbQueryResultCache } from 'typeorm/cache/DbQueryResultCache.js'
import type { QueryResultCache } from 'typeorm/cache/QueryResultCache.js'
import { afterEach, describe, expect, it } from 'vitest'
import { Audit, Member, moving, Order, Remark } from './entities.ts'
import { openWorld, optionsOf, type World } from './fixture.ts'
import { Names } from './names-migration.ts'

let world: World
afterEach(() => world?.close())

const coded = (code: string): object => ({ constructor: TwinwriteError, code })

describe('the ways to install', () => {
  it.each([true, false])('a data source that is made already (%s), or its options', async (instance) => {
    world = await openWorld('postgres', 'postgres', { instance })
    await world.toStage('target-first')
    await world.db.manager.insert(Member, { tenant: 1, login: 'a' })
    expect(await world.target.manager.count(Member)).toBe(1)
  })

  it('a data source that is initialized: repositories made before follow, too', async () => {
    world = await openWorld('sqlite', 'sqlite')
    const db = await new DataSource({ ...world.db.options }).initialize()
    const repository = db.getRepository(Member)
    doubleWrite(db, {
      migration: defineMigration({ name: 'shop', tables: world.tables, beatMs: 100, leaseMs: 300 }),
      target: world.target,
    })
    const migration = twinwrite(db)
    await migration.install()
    await migration.setStage('source-first')
    await repository.insert({ tenant: 5, login: 'early' })
    await migration.drain()
    expect(await world.target.manager.count(Member)).toBe(1)
    await db.destroy()
  })

  it('options make any number of data sources, each with double writes', async () => {
    world = await openWorld('postgres', 'postgres')
    const options = doubleWrite(
      { ...optionsOf(await freshDatabase('sqlite')), entities: [Member] },
      {
        migration: defineMigration({ name: 'm', tables: { members: true } }),
        target: world.target,
      },
    )
    for (let turn = 0; turn < 2; turn++) expect(twinwrite(new DataSource(options)).name).toBe('m')
    await expect(async () => twinwrite(world.source)).rejects.toMatchObject(coded('TW_CONFIG_INVALID'))
  })

  it('refuses other drivers and wrong options, by name', () => {
    const migration = defineMigration({ name: 'm', tables: { orders: true } })
    const target: DataSourceOptions = { type: 'postgres' }
    const refused = (code: string, run: () => unknown): void => {
      expect(run).toThrow(expect.objectContaining({ code }) as Error)
    }
    refused('TW_ENGINE_UNSUPPORTED', () => doubleWrite({ type: 'oracle' }, { migration, target }))
    refused('TW_ENGINE_UNSUPPORTED', () =>
      doubleWrite({ type: 'postgres' }, { migration, target: { type: 'mssql' } as never }),
    )
    refused('TW_CONFIG_INVALID', () => doubleWrite(target, { migration, target, tables: {} } as never))
    refused('TW_CONFIG_INVALID', () => doubleWrite(target, { migration: {}, target } as never))
    refused('TW_CONFIG_INVALID', () => doubleWrite(target, { migration, target: undefined } as never))
    refused('TW_CONFIG_INVALID', () => doubleWrite('postgres' as never, { migration, target }))
  })

  it('refuses a target whose entities have no counterpart', async () => {
    const [source, target] = await Promise.all([freshDatabase('sqlite'), freshDatabase('sqlite')])
    const db = new DataSource(
      doubleWrite(
        { ...optionsOf(source), entities: [Member] },
        {
          migration: defineMigration({ name: 'm', tables: { members: true } }),
          target: { ...optionsOf(target), entities: [Audit] },
        },
      ),
    )
    await expect(db.initialize()).rejects.toMatchObject(coded('TW_CONFIG_INVALID'))
    await Promise.all([source.drop(), target.drop()])
  })
})

describe('what an app made before a switch', () => {
  it('repositories, managers and builders follow; SQL is made by the driver of the side', async () => {
    world = await openWorld('mysql', 'postgres', { ownEntities: true })
    const { db, migration } = world
    await world.toStage('source-first')
    const repository = db.getRepository(Member)
    const builder = repository
      .createQueryBuilder('m')
      .where('m.level > :least', { least: 0 })
      .orderBy('m.login')
    const update = db.createQueryBuilder().update(Member).set({ level: 7 }).where({ tenant: 1 })
    await repository.insert([
      { tenant: 1, login: 'a' },
      { tenant: 1, login: 'b' },
    ])
    expect(builder.getSql()).toContain('`members`')
    expect(await builder.getCount()).toBe(2)
    await migration.drain()
    await migration.switchStage('target-first')
    expect(builder.getSql()).toContain('"t_members"')
    expect((await update.execute()).affected).toBe(2)
    expect((await builder.getMany()).map(({ level }) => level)).toEqual([7, 7])
    expect(builder.expressionMap.mainAlias?.name).toBe('m')
    await migration.switchStage('source-first')
    expect((await builder.getMany()).map(({ level }) => level)).toEqual([7, 7])
  })

  it('a transaction stays where it began, and fails there retryably when the stage has moved (W8)', async () => {
    world = await openWorld('postgres', 'postgres')
    const { db, migration } = world
    await world.toStage('source-first')
    const runner = db.createQueryRunner()
    await runner.startTransaction()
    await runner.query('SELECT 1')
    await migration.switchStage('target-first')
    await runner.manager.insert(Member, { tenant: 1, login: 'late' })
    await expect(runner.commitTransaction()).rejects.toMatchObject({
      code: 'TW_STAGE_MOVED',
      retryable: true,
    })
    await runner.release()
    expect(await world.source.manager.count(Member)).toBe(0)
    expect(await db.manager.count(Member)).toBe(0)
  })

  it('a QueryRunner of the source reads and writes no table that has moved', async () => {
    world = await openWorld('sqlite', 'sqlite')
    const { db, migration } = world
    await world.toStage('source-first')
    const runner = db.createQueryRunner()
    await migration.switchStage('target-first')
    for (const run of [
      () => runner.manager.find(Member),
      () => runner.manager.insert(Member, { tenant: 1, login: 'x' }),
    ])
      await expect(run()).rejects.toMatchObject(coded('TW_STAGE_MOVED'))
    await runner.manager.insert(Audit, { text: 'not moved' })
    expect(await world.source.manager.count(Audit)).toBe(1)
  })

  it.each(['sqlite', 'postgres'] as const)(
    'from sqlite to %s: a runner may be used when it was released, as before (W1)',
    async (target) => {
      world = await openWorld('sqlite', target, { ownEntities: target !== 'sqlite' })
      const use = async (): Promise<unknown> => {
        const runner = world.db.createQueryRunner()
        await runner.startTransaction()
        await runner.manager.insert(Member, { tenant: 9, login: 'a' })
        await runner.rollbackTransaction()
        await runner.release()
        return [runner.isReleased, await runner.manager.countBy(Member, { tenant: 9 })]
      }
      const before = await use()
      await world.toStage('target-first')
      expect(await use()).toEqual(before)
    },
  )

  it('lazy relations load from the side that is primary then', async () => {
    world = await openWorld('postgres', 'postgres')
    const { db, migration } = world
    await world.toStage('source-first')
    const order = await db.manager.save(Order, { total: 1 })
    await db.manager.insert(Remark, { text: 'before', order: order as never })
    const early = await db.manager.findOneByOrFail(Order, { id: order.id })
    await migration.drain()
    await migration.switchStage('target-first')
    await db.manager
      .update(Remark, {}, { text: 'after' })
      .catch(() => db.createQueryBuilder().update(Remark).set({ text: 'after' }).execute())
    const [remark] = await early.remarks
    expect(remark?.text).toBe('after')
    expect(await remark!.order).toBeInstanceOf(Order)
  })
})

describe('tables that do not move', () => {
  it('are refused in a transaction together with those that did', async () => {
    world = await openWorld('postgres', 'postgres')
    const { db } = world
    await world.toStage('target-first')
    await expect(
      db.transaction(async (manager) => {
        await manager.insert(Member, { tenant: 1, login: 'a' })
        await manager.insert(Audit, { text: 'no' })
      }),
    ).rejects.toMatchObject(coded('TW_DIALECT_CROSSED'))
    await expect(
      db.transaction(async (manager) => {
        await manager.insert(Audit, { text: 'no' })
        await manager.insert(Member, { tenant: 1, login: 'a' })
      }),
    ).rejects.toMatchObject(coded('TW_DIALECT_CROSSED'))
    await expect(
      db.createQueryBuilder(Member, 'm').innerJoin(Audit, 'a', 'a.id = m.tenant').getMany(),
    ).rejects.toMatchObject(coded('TW_DIALECT_CROSSED'))
    expect([await db.manager.count(Member), await db.manager.count(Audit)]).toEqual([0, 0])
  })
})

describe("the app's query cache", () => {
  it.each(['true', 'options', 'provider'] as const)(
    'keeps working as given by %s, and is not asked for what the other side answers',
    async (form) => {
      let asked = 0
      const provider = (dataSource: DataSource): QueryResultCache => {
        const cache = new DbQueryResultCache(dataSource)
        const { getFromCache } = cache
        cache.getFromCache = (...given) => {
          asked++
          return getFromCache.apply(cache, given)
        }
        return cache
      }
      const forms = {
        true: true,
        options: { type: 'database', duration: 60_000, tableName: 'cached' },
        provider: { provider },
      } as const
      world = await openWorld('postgres', 'postgres', { wrapped: { cache: forms[form] } })
      const { db, migration } = world
      await db.queryResultCache!.synchronize()
      await world.toStage('source-first')
      await db.manager.insert(Member, { tenant: 1, login: 'a' })
      const cache = { id: 'members', milliseconds: 60_000 }
      const found = (): Promise<Member[]> => db.manager.find(Member, { where: { tenant: 1 }, cache })
      expect(await found()).toHaveLength(1)
      await world.settled()
      await world.source.manager.delete(Member, { tenant: 1 })
      expect(await found()).toHaveLength(1)
      await db.queryResultCache!.remove(['members'])
      expect(await found()).toHaveLength(0)
      expect(asked).toBe(form === 'provider' ? 3 : 0)
      await migration.drain()
      await migration.switchStage('target-first')
      expect(await found()).toHaveLength(1)
      expect(asked).toBe(form === 'provider' ? 3 : 0)
    },
  )
})

describe('migrations and synchronize', () => {
  it.each(['source-only', 'source-first', 'target-first'] as const)(
    'run on the source in %s',
    async (stage) => {
      for (const engine of ['postgres', 'sqlite'] as const) {
        const own = await openWorld(engine, engine, { options: { migrations: [Names] } })
        try {
          await own.toStage(stage)
          expect(await own.db.showMigrations()).toBe(true)
          await own.db.runMigrations()
          expect(await hasTable(own.source)).toBe(true)
          expect(await hasTable(own.target)).toBe(false)
          await own.db.synchronize()
          await own.db.undoLastMigration()
          expect(await hasTable(own.source)).toBe(false)
        } finally {
          await own.close()
        }
      }
    },
  )

  async function hasTable(db: DataSource): Promise<boolean> {
    const runner = db.createQueryRunner()
    try {
      return await runner.hasTable('names')
    } finally {
      await runner.release()
    }
  }
})

describe('raw SQL', () => {
  it('runs where its tables are, per side where it is given per side, and else is refused', async () => {
    world = await openWorld('mysql', 'postgres', { ownEntities: true })
    const { db } = world
    await world.toStage('source-first')
    await db.manager.insert(Member, { tenant: 1, login: 'raw' })
    const text = perSide(
      'SELECT IFNULL(login, ?) AS login FROM members',
      'SELECT COALESCE(login_x, $1) AS login FROM t_members',
    )
    expect(await db.query(text, ['-'])).toEqual([{ login: 'raw' }])
    await world.toStage('target-first')
    expect(await db.query(text, ['-'])).toEqual([{ login: 'raw' }])
    expect(await db.manager.query('SELECT COUNT(*) AS n FROM audit')).toEqual([{ n: '0' }])
    expect(await db.sql`SELECT ${1} + 1 AS two FROM audit`).toEqual([])
    expect(await db.transaction((manager) => manager.query(text, ['-']))).toEqual([{ login: 'raw' }])
    await expect(db.query('UPDATE members SET level = 2')).rejects.toMatchObject(coded('TW_DIALECT_CROSSED'))
    await expect(db.query('SELECT * FROM members')).rejects.toMatchObject(coded('TW_DIALECT_CROSSED'))
  })
})

describe('streams', () => {
  const drained = async (runner: QueryRunner, sql: string, parameters: unknown[]): Promise<unknown[]> => {
    const rows: unknown[] = []
    let ended = 0
    const stream = await runner.stream(sql, parameters, () => ended++)
    for await (const row of stream) rows.push(row)
    return [rows.map((row) => ({ ...(row as object) })), ended]
  }
  const failed = async (runner: QueryRunner, sql: string): Promise<unknown> => {
    try {
      for await (const _ of await runner.stream(sql)) continue
    } catch (error) {
      return (error as Error).message
    }
    return 'no error'
  }

  it.each(['postgres', 'mysql', 'mariadb'] as const)(
    'on %s give the rows of reads and the answers of writes as plain TypeORM does, and the writes follow (W1, W3)',
    async (engine) => {
      world = await openWorld(engine, engine, { ownEntities: true })
      const { db, reference, migration } = world
      await world.toStage('source-first')
      const isPostgres = engine === 'postgres'
      const text = (sql: string): string => (isPostgres ? sql : sql.replaceAll(/\$\d/g, '?'))
      const insert = text('INSERT INTO members (tenant, login) VALUES ($1, $2)')
      const update = text('UPDATE members SET level = 4 WHERE tenant = $1')
      const remove = text('DELETE FROM members WHERE login = $1')
      const read = text('SELECT login, level FROM members WHERE tenant = $1 ORDER BY login')
      const run = async (one: DataSource): Promise<unknown[]> => {
        const runner = one.createQueryRunner()
        const seen = [
          await drained(runner, insert, [3, 'a']),
          await drained(runner, insert, [3, 'b']),
          await drained(runner, update, [3]),
          await drained(runner, read, [3]),
          await drained(runner, remove, ['nobody']),
        ]
        if (engine !== 'mysql') seen.push(await drained(runner, `${insert} RETURNING login, level`, [3, 'c']))
        await runner.startTransaction()
        seen.push(await drained(runner, insert, [3, 'd']), await drained(runner, read, [3]))
        await runner.rollbackTransaction()
        seen.push([await failed(runner, 'SELECT nothing FROM members')])
        seen.push([await failed(runner, `INSERT INTO members (tenant, login) VALUES (3, 'a')`)])
        await runner.release()
        return seen
      }
      expect(await run(db)).toEqual(await run(reference))
      await world.settled()
      const login = { login: 'ASC' } as const
      const rows = await reference.manager.find(Member, { order: login })
      expect(await world.source.manager.find(Member, { order: login })).toEqual(rows)
      expect(await world.target.manager.find(Member, { order: login })).toEqual(rows)

      const before = db.createQueryRunner()
      await migration.switchStage('target-first')
      await expect(before.stream(read, [3])).rejects.toMatchObject(coded('TW_STAGE_MOVED'))
      await before.release()
      const names: unknown[] = []
      const builder = db.createQueryBuilder(Member, 'm').select('m.login', 'login').orderBy('m.login')
      for await (const row of await builder.stream()) names.push(row)
      expect(names.map((row) => (row as { login: string }).login)).toEqual(rows.map((one) => one.login))
      const runner = db.createQueryRunner()
      await drained(runner, perSide(remove, text('DELETE FROM t_members WHERE login_x = $1')), ['a'])
      await runner.release()
      await world.settled()
      expect(await world.source.manager.countBy(Member, { tenant: 3 })).toBe(rows.length - 1)
    },
  )
})

describe('replication', () => {
  it.each(['postgres', 'mysql', 'mariadb'] as const)(
    '%s: writes go to the master of the primary; through a runner of a replica they are refused (W10)',
    async (engine) => {
      world = await openWorld(engine, engine)
      const { migration } = world
      await world.toStage('source-first')
      const replicated = ({ options }: DataSource): DataSourceOptions => {
        const { type, url } = options as { type: 'postgres'; url: string }
        return { type, replication: { master: { url }, slaves: [{ url }] }, uuidExtension: 'pgcrypto' }
      }
      const db = await new DataSource(
        doubleWrite(
          { ...replicated(world.source), entities: [...moving, Audit] },
          {
            migration: defineMigration({ name: 'shop', tables: world.tables, beatMs: 100, leaseMs: 300 }),
            target: replicated(world.target),
          },
        ),
      ).initialize()
      try {
        for (const [turn, stage] of (['source-first', 'target-first'] as const).entries()) {
          if (stage === 'target-first') await migration.switchStage(stage)
          await db.manager.insert(Member, { tenant: turn, login: 'm' })
          expect(await db.manager.findBy(Member, { tenant: turn })).toHaveLength(1)
          await world.settled()
          for (const side of [world.source, world.target]) {
            expect(await side.manager.countBy(Member, { tenant: turn })).toBe(1)
          }
          const runner: QueryRunner = db.createQueryRunner('slave')
          await expect(runner.manager.insert(Member, { tenant: turn, login: 's' })).rejects.toMatchObject(
            coded('TW_CAPTURE_REFUSED'),
          )
          expect(await runner.manager.countBy(Member, { tenant: turn })).toBe(1)
          await runner.release()
        }
      } finally {
        await db.destroy()
      }
    },
  )
})

describe('clear()', () => {
  it.each(['postgres', 'mysql', 'mariadb'] as const)(
    '%s: is refused while the other side follows, since TRUNCATE names no rows (W10)',
    async (engine) => {
      world = await openWorld(engine, engine)
      const { db } = world
      const add = (): Promise<unknown> => db.manager.insert(Member, { tenant: 1, login: 'a' })
      await add()
      await db.manager.clear(Member)
      expect(await db.manager.count(Member)).toBe(0)
      await add()
      for (const stage of ['source-first', 'target-first'] as const) {
        await world.toStage(stage)
        await expect(db.manager.clear(Member)).rejects.toMatchObject(coded('TW_CAPTURE_REFUSED'))
        await expect(db.getRepository(Member).clear()).rejects.toMatchObject(coded('TW_CAPTURE_REFUSED'))
      }
      for (const side of [world.source, world.target]) expect(await side.manager.count(Member)).toBe(1)
      await world.toStage('target-only')
      await db.manager.clear(Member)
      expect(await world.target.manager.count(Member)).toBe(0)
    },
  )

  it('sqlite: is DELETE there, which both sides follow', async () => {
    world = await openWorld('sqlite', 'sqlite')
    for (const stage of ['source-only', 'source-first', 'target-first', 'target-only'] as const) {
      await world.toStage(stage)
      await world.db.manager.insert(Member, { tenant: 1, login: 'a' })
      await world.db.manager.clear(Member)
      if (stage !== 'target-only') await world.settled()
      for (const side of [world.source, world.target]) expect(await side.manager.count(Member)).toBe(0)
    }
  })
})

describe('destroy', () => {
  it('ends the migration and both pools, after which it may be initialized again', async () => {
    world = await openWorld('postgres', 'postgres')
    const { db } = world
    await world.toStage('source-first')
    await db.destroy()
    await db.initialize()
    await db.manager.insert(Member, { tenant: 1, login: 'again' })
    await twinwrite(db).drain()
    expect(await world.target.manager.count(Member)).toBe(1)
  })
})

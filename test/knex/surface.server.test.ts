// What an app sees around its statements: events, hooks of its config, migrations, timeouts, instances, connection forms.

import { doubleWrite, perSide, twinwrite } from '@twinwrite/knex'
import { defineMigration } from '@twinwrite/sql'
import { freshDatabase } from '@twinwrite/testkit'
import knex, { type Knex } from 'knex'
import { afterEach, describe, expect, it } from 'vitest'
import { openWorld, plainKnex, type World } from './fixture.ts'

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

interface Seen {
  event: string
  sql?: string
  bindings?: unknown
}

function record(db: Knex): Seen[] {
  const seen: Seen[] = []
  db.on('start', () => seen.push({ event: 'start' }))
  db.on('query', ({ sql, bindings }: { sql: string; bindings: unknown }) =>
    seen.push({ event: 'query', sql, bindings }),
  )
  db.on('query-response', (_response: unknown, { sql }: { sql: string }) =>
    seen.push({ event: 'query-response', sql }),
  )
  db.on('query-error', (_error: unknown, { sql }: { sql: string }) =>
    seen.push({ event: 'query-error', sql }),
  )
  return seen
}

async function work(db: Knex): Promise<void> {
  await db('orders').where('id', 1).update({ total: 3 })
  await db('orders').where('id', 1).first('total')
  await db('nothing')
    .select('x')
    .catch(() => undefined)
  await db.transaction(async (trx) => {
    await trx('orders').where('id', 2).update({ total: 4 })
    await trx.transaction(async (inner) => {
      await inner('items').where({ order_id: 1, line: 1 }).del()
    })
  })
}

describe('events', () => {
  it.each(['source-only', 'source-first'] as const)(
    'are those of plain Knex in %s: nothing of ours is visible (W1)',
    async (stage) => {
      world = await openWorld('postgres', 'postgres')
      await world.toStage(stage)
      const [seen, expected] = [record(world.db), record(world.reference)]
      await work(world.db)
      await work(world.reference)
      const plain = (events: Seen[]): Seen[] =>
        events.map(({ sql, ...rest }) => ({ ...rest, sql: sql?.replace(/trx\d+/, 'trx') }))
      expect(plain(seen)).toEqual(plain(expected))
    },
  )

  it("come from the app's own instance after the switch, with the text that the target is sent", async () => {
    world = await openWorld('mysql', 'postgres')
    await world.toStage('target-first')
    const seen = record(world.db)
    await work(world.db)
    expect(seen.map(({ event, sql }) => `${event} ${sql?.replace(/trx\d+/, 'trx') ?? ''}`.trim())).toEqual([
      'start',
      'query update "purchases" set "amount" = $1 where "id" = $2',
      'query-response update "purchases" set "amount" = $1 where "id" = $2',
      'start',
      'query select "amount" as "total" from "purchases" as "orders" where "id" = $1 limit $2',
      'query-response select "amount" as "total" from "purchases" as "orders" where "id" = $1 limit $2',
      'start',
      'query select `x` from `nothing`',
      'query-error select `x` from `nothing`',
      'query BEGIN;',
      'start',
      'query update "purchases" set "amount" = $1 where "id" = $2',
      'query-response update "purchases" set "amount" = $1 where "id" = $2',
      'query SAVEPOINT trx;',
      'start',
      'query delete from "lines" where "order_id" = $1 and "line" = $2',
      'query-response delete from "lines" where "order_id" = $1 and "line" = $2',
      'query RELEASE SAVEPOINT trx;',
      'query COMMIT;',
    ])
  })

  it('of a builder and of a transaction fire for statements on the target', async () => {
    world = await openWorld('sqlite', 'sqlite')
    await world.toStage('target-first')
    const { db } = world
    const seen: string[] = []
    await db('orders')
      .where('id', 1)
      .on('query', ({ sql }: { sql: string }) => seen.push(`builder ${sql}`))
      .on('end', () => seen.push('end'))
    await db.transaction((trx) => {
      trx.on('query', ({ sql }: { sql: string }) => seen.push(`trx ${sql}`))
      return trx('orders').where('id', 1).update({ total: 1 })
    })
    expect(seen).toEqual([
      'builder select `id`, `buyer` as `customer_id`, `amount` as `total`, `note`, `rate` from `purchases` as `orders` where `id` = ?',
      'end',
      'trx update `purchases` set `amount` = ? where `id` = ?',
      'trx COMMIT;',
    ])
  })
})

describe("hooks of the app's config", () => {
  const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const camel = (name: string): string =>
    name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())
  const config: Knex.Config = {
    wrapIdentifier: (value, wrap) => wrap(snake(value)),
    postProcessResponse: (result: unknown) =>
      Array.isArray(result)
        ? result.map((row: object) =>
            Object.fromEntries(Object.entries(row).map(([name, value]) => [camel(name), value])),
          )
        : result,
  }
  it.each(['source-first', 'target-first'] as const)('name tables and columns in %s', async (stage) => {
    world = await openWorld('postgres', 'mysql', { config })
    await world.toStage(stage)
    const { db } = world
    await db('orders').where('customerId', 1).update({ note: 'camel' })
    expect(await db('orders').where('customerId', 1).orderBy('id').select('customerId', 'note')).toEqual([
      { customerId: 1, note: 'camel' },
      { customerId: 1, note: 'camel' },
    ])
  })
})

describe('knex.migrate', () => {
  const migrationSource: Knex.MigrationSource<string> = {
    getMigrations: async () => ['one', 'two'],
    getMigrationName: (name) => name,
    getMigration: async (name) => ({
      up: (db) =>
        db.schema.createTable(`made_${name}`, (table) => {
          table.increments('id')
        }),
      down: (db) => db.schema.dropTable(`made_${name}`),
    }),
  }
  it.each(['source-only', 'source-first', 'target-first'] as const)(
    'runs on the source in %s',
    async (stage) => {
      for (const engine of ['postgres', 'sqlite'] as const) {
        const own = await openWorld(engine, engine)
        try {
          await own.toStage(stage)
          await own.db.migrate.latest({ migrationSource })
          expect(await own.source.schema.hasTable('made_two')).toBe(true)
          await own.db.migrate.rollback({ migrationSource })
          expect(await own.source.schema.hasTable('made_two')).toBe(false)
        } finally {
          await own.close()
        }
      }
    },
  )
})

describe('timeouts', () => {
  it('cancel a statement on the side that runs it', async () => {
    world = await openWorld('postgres', 'postgres')
    await world.toStage('target-first')
    const { db } = world
    const slow = perSide(
      'select pg_sleep(20), count(*) from orders',
      'select pg_sleep(20), count(*) from purchases',
    )
    const started = performance.now()
    await expect(db.raw(slow).timeout(200, { cancel: true })).rejects.toThrow(
      'Defined query timeout of 200ms exceeded',
    )
    await expect(db.transaction((trx) => trx.raw(slow).timeout(200, { cancel: true }))).rejects.toThrow(
      'Defined query timeout of 200ms exceeded',
    )
    expect(performance.now() - started).toBeLessThan(8000)
    expect(await db('orders').where('id', 1).first('id')).toEqual({ id: 1 })
  })
})

describe('raw SQL per side', () => {
  it("runs the text of the side that is primary, and answers in the source's form", async () => {
    world = await openWorld('mysql', 'postgres')
    const { db } = world
    const sql = perSide(
      'select id, ifnull(note, ?) as note from orders where id = 2',
      'select id, coalesce(note, ?) as note from purchases where id = 2',
    )
    const run = async (): Promise<unknown> => ((await db.raw(sql, ['-'])) as [unknown])[0]
    const seen: string[] = []
    db.on('query', (query: { sql: string }) => seen.push(query.sql))
    await world.toStage('source-first')
    expect(await run()).toEqual([{ id: 2, note: '-' }])
    await world.toStage('target-first')
    expect(await run()).toEqual([{ id: 2, note: '-' }])
    expect(seen).toEqual([
      'select id, ifnull(note, ?) as note from orders where id = 2',
      'select id, coalesce(note, $1) as note from purchases where id = 2',
    ])
    const condition = perSide('note <=> ?', 'note is not distinct from ?')
    expect(await db('orders').whereRaw(condition, ['first']).pluck('id')).toEqual([1])
    const write = perSide(
      'update orders set total = total + 1 where id = 1',
      'update purchases set amount = amount + 1 where id = 1',
    )
    await db.raw(write)
    await world.settled()
    expect(await world.source('orders').where('id', 1).first('total')).toEqual({ total: 11 })
  })
})

describe("a target instance of the app's own", () => {
  it('works, and stays open and as it was', async () => {
    world = await openWorld('postgres', 'postgres', { targetInstance: true })
    await world.toStage('target-first')
    await world.db('orders').where('id', 1).update({ total: 5 })
    expect(await world.target('purchases').where('id', 1).first('amount')).toEqual({ amount: 5 })
  })
})

describe('connection settings', () => {
  it('may be functions, URLs and schemas of a search path', async () => {
    const [source, target] = await Promise.all([freshDatabase('postgres'), freshDatabase('postgres')])
    const plain = plainKnex(source)
    const far = plainKnex(target)
    await plain.raw('create schema "my shop"')
    await plain.schema.withSchema('my shop').createTable('orders', (table) => {
      table.increments('id')
      table.integer('total')
    })
    await far.schema.createTable('orders', (table) => {
      table.increments('id')
      table.integer('total')
    })
    const settings = source.connection
    const db = knex({
      client: doubleWrite('pg', {
        migration: defineMigration({ name: 'm', tables: { orders: true }, beatMs: 100, leaseMs: 300 }),
        target: { client: 'pg', connection: target.url },
      }),
      connection: () => ({ ...settings, expirationChecker: () => false }),
      searchPath: ['my shop', 'public'],
    })
    const migration = twinwrite(db)
    await migration.install()
    await migration.setStage('source-first')
    await db('orders').insert({ total: 7 })
    await migration.drain()
    expect(await far('orders').select('total')).toEqual([{ total: 7 }])
    await db.destroy()
    await Promise.all([plain.destroy(), far.destroy()])
    await Promise.all([source.drop(), target.drop()])
  })
})

describe('destroy', () => {
  it('ends the migration and both pools; later statements fail as with plain Knex', async () => {
    world = await openWorld('sqlite', 'sqlite')
    await world.toStage('source-first')
    const { db } = world
    await db.destroy()
    await expect(db('orders').select('id')).rejects.toThrow('Unable to acquire a connection')
  })
})

// Two migrations out of one database in one process: what one client writes of the tables of both is in the journal of each, as long as
// both have their primary there (W2, W3, W8), through every ORM and on every engine.

import type { RunningMigration } from '@twinwrite/core'
import { doubleWrite as knexWrite, twinwrite as ofKnex } from '@twinwrite/knex'
import { doubleWrite as prismaWrite } from '@twinwrite/prisma'
import { defineMigration } from '@twinwrite/sql'
import { type Engine, freshDatabase, type FreshDatabase } from '@twinwrite/testkit'
import { doubleWrite as typeormWrite, twinwrite as ofTypeorm } from '@twinwrite/typeorm'
import knex, { type Knex } from 'knex'
import { DataSource, type DataSourceOptions } from 'typeorm'
import { afterEach, describe, expect, it } from 'vitest'
import { clientOf, plainKnex } from '../knex/fixture.ts'
import { shopClient } from '../prisma/clients.ts'

type Run = (sql: string) => Promise<unknown>

interface Client {
  readonly migration: RunningMigration
  readonly run: Run
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T>
  close(): Promise<unknown>
}

const quick = { beatMs: 100, leaseMs: 300, pollMs: { min: 5, max: 50 } }

type Open = (name: string, table: string, source: FreshDatabase, target: FreshDatabase) => Promise<Client>

const opens: Readonly<Record<'knex' | 'prisma' | 'typeorm', Open>> = {
  knex: async (name, table, source, target) => {
    const migration = defineMigration({ name, tables: { [table]: true }, ...quick })
    const client = clientOf[source.engine]
    const db = knex({
      client: knexWrite(client, {
        migration,
        target: { client: clientOf[target.engine], connection: target.connection, useNullAsDefault: true },
      }),
      connection: source.connection,
      useNullAsDefault: true,
    })
    return {
      migration: ofKnex(db),
      run: async (sql) => db.raw(sql),
      transaction: (work) => db.transaction((trx) => work(async (sql) => trx.raw(sql))),
      close: () => db.destroy(),
    }
  },
  prisma: async (name, table, source, target) => {
    const migration = defineMigration({ name, tables: { [table]: true }, ...quick })
    const prisma = shopClient(source, 'source').$extends(
      prismaWrite({
        migration,
        target: shopClient(target, 'target'),
        ownConnections: { source: source.connection, target: target.connection },
      }),
    )
    return {
      migration: prisma.$twinwrite,
      run: (sql) => prisma.$executeRawUnsafe(sql),
      transaction: (work) => prisma.$transaction((tx) => work((sql) => tx.$executeRawUnsafe(sql))),
      close: () => prisma.$disconnect(),
    }
  },
  typeorm: async (name, table, source, target) => {
    const migration = defineMigration({ name, tables: { [table]: true }, ...quick })
    const on = ({ engine, url, connection }: FreshDatabase): DataSourceOptions =>
      engine === 'sqlite'
        ? { type: 'better-sqlite3', database: (connection as { filename: string }).filename }
        : { type: engine, url }
    const db = new DataSource(typeormWrite(on(source), { migration, target: on(target) }))
    await db.initialize()
    return {
      migration: ofTypeorm(db),
      run: (sql) => db.query(sql),
      transaction: (work) => db.transaction((inner) => work((sql) => inner.query(sql))),
      close: () => db.destroy(),
    }
  },
}

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

interface World {
  readonly sales: Client
  readonly stock: Client
  /** Rows of a table in one of the databases. */
  rows(where: 'source' | 'sales' | 'stock', table: string): Promise<unknown[]>
}

/** Sales follow `orders`, stock follows `stock`; both come from one database. */
async function world(open: Open, engine: Engine): Promise<World> {
  const names = ['source', 'sales', 'stock'] as const
  const databases: FreshDatabase[] = []
  const plain = {} as Record<(typeof names)[number], Knex>
  for (const name of names) {
    const database = await freshDatabase(engine)
    const db = plainKnex(database)
    ends.push(async () => {
      await db.destroy()
      await database.drop()
    })
    await db.raw('CREATE TABLE orders (id int PRIMARY KEY, total int)')
    await db.raw('CREATE TABLE stock (id int PRIMARY KEY, n int)')
    databases.push(database)
    plain[name] = db
  }
  await plain.source('stock').insert({ id: 1, n: 5 })
  const [source, first, second] = databases as [FreshDatabase, FreshDatabase, FreshDatabase]
  const [sales, stock] = [
    await open('sales', 'orders', source, first),
    await open('stock', 'stock', source, second),
  ]
  for (const client of [sales, stock]) {
    ends.push(() => client.close())
    await client.migration.install()
  }
  return { sales, stock, rows: async (where, table) => plain[where](table).orderBy('id') }
}

async function follow(...clients: readonly Client[]): Promise<void> {
  for (const { migration } of clients) {
    await migration.setStage('source-first')
    await migration.load()
  }
}

async function settled({ sales, stock }: World): Promise<void> {
  for (const { migration } of [sales, stock]) expect(await migration.drain()).toBe(true)
}

/** Prisma has its own error around it. */
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'written',
    (error: unknown) => /\bTW_[A-Z_]+/.exec(String(error))?.[0] ?? String(error),
  )

const cases: readonly (readonly [keyof typeof opens, Engine])[] = [
  ['knex', 'postgres'],
  ['knex', 'mysql'],
  ['knex', 'sqlite'],
  ['prisma', 'mariadb'],
  ['typeorm', 'postgres'],
]

describe.each(cases)('one client of two migrations, %s on %s', (orm, engine) => {
  it('leaves the rows of a transaction in both journals, and those of a savepoint that was rolled back in none', async () => {
    const at = await world(opens[orm], engine)
    await follow(at.sales, at.stock)
    await at.stock.transaction(async (run) => {
      await run('UPDATE stock SET n = 4 WHERE id = 1')
      await run('SAVEPOINT one')
      await run('INSERT INTO orders VALUES (1, 10)')
      await run('ROLLBACK TO SAVEPOINT one')
      await run('INSERT INTO orders VALUES (2, 20), (3, 30)')
      await run('DELETE FROM orders WHERE id = 3')
    })
    expect(await codeOf(at.stock.run('INSERT INTO orders VALUES (4, 40)'))).toBe('written')
    await settled(at)
    const orders = [
      { id: 2, total: 20 },
      { id: 4, total: 40 },
    ]
    expect(await at.rows('source', 'orders')).toEqual(orders)
    expect(await at.rows('sales', 'orders')).toEqual(orders)
    expect(await at.rows('stock', 'stock')).toEqual([{ id: 1, n: 4 }])
    expect(await at.rows('stock', 'orders')).toEqual([])
    expect((await at.sales.migration.status()).journal?.entries).toBe(0)
  })

  it('commits nothing when one of them switches before the commit', async () => {
    const at = await world(opens[orm], engine)
    await follow(at.sales, at.stock)
    const crossing = at.stock.transaction(async (run) => {
      await run('UPDATE stock SET n = 4 WHERE id = 1')
      await run('INSERT INTO orders VALUES (1, 10)')
      // SQLite has one writer: the switch would wait for it.
      if (engine !== 'sqlite') await at.sales.migration.switchStage('target-first')
      else await run('SELECT 1')
    })
    expect(await codeOf(crossing)).toBe(engine === 'sqlite' ? 'written' : 'TW_STAGE_MOVED')
    if (engine === 'sqlite') return
    await settled(at)
    expect(await at.rows('source', 'stock')).toEqual([{ id: 1, n: 5 }])
    expect(await at.rows('source', 'orders')).toEqual([])
    expect(await codeOf(at.stock.run('INSERT INTO orders VALUES (1, 10)'))).toBe('TW_OTHER_MIGRATION')
    expect(await codeOf(at.stock.run('UPDATE stock SET n = 3'))).toBe('written')
    expect(await codeOf(at.sales.run('INSERT INTO orders VALUES (1, 10)'))).toBe('written')
  })

  it('is waited for by a migration that begins to follow while it is open', async () => {
    const at = await world(opens[orm], engine)
    await follow(at.stock)
    let step: Promise<void> | undefined
    await at.stock.transaction(async (run) => {
      await run('INSERT INTO orders VALUES (1, 10)')
      if (engine === 'sqlite') return
      step = at.sales.migration.setStage('source-first')
      const first = await Promise.race([
        step.then(() => 'stepped'),
        new Promise((resolve) => setTimeout(resolve, 1500)),
      ])
      expect(first).toBeUndefined()
    })
    await (step ?? at.sales.migration.setStage('source-first'))
    await at.sales.migration.load()
    await settled(at)
    expect(await at.rows('sales', 'orders')).toEqual([{ id: 1, total: 10 }])
  })
})

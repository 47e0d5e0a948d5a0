import type { Engine, FreshDatabase, ServerConnection } from '@twinwrite/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { openWorld } from '../knex/fixture.ts'
import { readsSuite } from './suite.ts'
import { type App, type AppOptions, until } from './world.ts'

async function open(source: Engine, { migration, targetVia }: AppOptions): Promise<App> {
  const world = await openWorld(source, 'postgres', { migration, targetVia, empty: true })
  const { db } = world
  const named = (name: string) => db('customers').where({ name }).select('id', 'name')
  return {
    migration: world.migration,
    all: () => db('customers').select('id', 'name', 'vip').orderBy('id'),
    named: (name) => named(name),
    rawNamed:
      source === 'postgres'
        ? (name) => db.raw('select id, name from customers where name = ?', [name])
        : null,
    namedInTransaction: (name) => db.transaction((trx) => named(name).transacting(trx)),
    namedInBatch: null,
    // SQLite has no locks of rows, and Knex leaves them out.
    namedLocked: source === 'sqlite' ? null : (name) => named(name).forUpdate(),
    rename: (id, name) => db('customers').where({ id }).update({ name }),
    add: (name) => db('customers').insert({ email: `${name}@shop`, name, vip: true }),
    toStage: world.toStage,
    settled: world.settled,
    targetUrl: (world.databases.target as FreshDatabase<ServerConnection>).url,
    table: { name: 'customers', id: 'id', text: 'name' },
    close: world.close,
  }
}

readsSuite(open, ['postgres', 'mysql', 'sqlite'])

it.each(['postgres', 'mysql'] as const)(
  'a WITH clause of the builder is compared, from %s',
  async (source) => {
    const world = await openWorld(source, 'postgres', {
      migration: { reads: { shadow: { rate: 1, settleMs: 10 } } },
    })
    onTestFinished(() => world.close())
    await world.toStage('source-first')
    const { db, migration, target } = world
    const read = async () => {
      const named = db('customers').select('id', 'name').whereNotNull('name')
      await db.with('named', named).select('id', 'name').from('named').orderBy('id')
      return migration.process.counters
    }
    await until(read, ({ shadowEqual }) => shadowEqual > 0)
    expect(migration.process.counters).toMatchObject({ shadowDifferent: 0, shadowFailed: 0 })
    await target('customers').update({ name: 'dented' })
    await until(read, ({ shadowDifferent }) => shadowDifferent > 0)
  },
)

import type { Engine, FreshDatabase, ServerConnection } from '@twinwrite/testkit'
import { openWorld } from '../knex/fixture.ts'
import { readsSuite } from './suite.ts'
import type { App, AppOptions } from './world.ts'

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
    namedLocked: (name) => named(name).forUpdate(),
    rename: (id, name) => db('customers').where({ id }).update({ name }),
    add: (name) => db('customers').insert({ email: `${name}@shop`, name, vip: true }),
    toStage: world.toStage,
    settled: world.settled,
    targetUrl: (world.databases.target as FreshDatabase<ServerConnection>).url,
    table: { name: 'customers', id: 'id', text: 'name' },
    close: world.close,
  }
}

readsSuite(open, ['postgres', 'mysql'])

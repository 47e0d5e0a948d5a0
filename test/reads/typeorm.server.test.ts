import type { Engine } from '@twinwrite/testkit'
import { Customer } from '../typeorm/entities.ts'
import { openWorld } from '../typeorm/fixture.ts'
import { readsSuite } from './suite.ts'
import type { App, AppOptions } from './world.ts'

async function open(source: Engine, { migration, targetVia }: AppOptions): Promise<App> {
  const world = await openWorld(source, 'postgres', { migration, targetVia })
  const { db } = world
  const customers = db.getRepository(Customer)
  return {
    migration: world.migration,
    all: () => customers.find({ order: { id: 'ASC' } }),
    named: (name) => customers.createQueryBuilder('c').where('c.name = :name', { name }).getMany(),
    rawNamed: null,
    namedInTransaction: (name) => db.transaction((manager) => manager.findBy(Customer, { name })),
    namedInBatch: null,
    namedLocked: null,
    rename: (id, name) => customers.update({ id }, { name }),
    add: (name) => customers.insert({ email: `${name}@shop`, name, vip: true }),
    toStage: world.toStage,
    settled: world.settled,
    targetUrl: world.databases.target.url,
    table: { name: 't_customers', id: 'id', text: 'name_x' },
    close: world.close,
  }
}

readsSuite(open, ['postgres', 'mysql'])

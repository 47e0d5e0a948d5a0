// A process that starts while the target is primary has seen no catalog yet, and its first statements are to mean the same.

import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { doubleWrite } from '@twinwrite/knex'
import { defineMigration } from '@twinwrite/sql'
import knex from 'knex'
import { afterEach, describe, expect, it } from 'vitest'
import { openWorld, type World } from './fixture.ts'
import { shopTables } from './shop-schema.ts'

let world: World
afterEach(() => world.close())

/** So long that nothing happens in the background meanwhile. */
const slowBeat = { beatMs: 60_000, leaseMs: 120_000 }

const pairs = [
  ['postgres', 'postgres'],
  ['mysql', 'postgres'],
  ['mariadb', 'mariadb'],
  ['sqlite', 'sqlite'],
] as const

describe.each(pairs)('a process that starts in target-first, from %s to %s', (source, target) => {
  it('knows all columns by their source names from its first statement on (W1)', async () => {
    world = await openWorld(source, target)
    await world.toStage('target-first')
    const expected = await world.reference('customers').orderBy('id')
    const single = world.open(slowBeat)
    const both = await Promise.all([
      single('customers').orderBy('id'),
      single('orders').where('id', 1).first(),
    ])
    expect(both[0].map(({ email }: { email: string }) => email)).toEqual(
      expected.map(({ email }: { email: string }) => email),
    )
    expect(Object.keys(both[1])).toContain('customer_id')
    const inTransaction = world.open(slowBeat)
    const row = await inTransaction.transaction((trx) => trx('orders').where('id', 1).first())
    expect(Object.keys(row)).toContain('customer_id')
  })
})

describe('a process that starts in target-first while the source does not answer', () => {
  let blackHole: Server
  afterEach(() => {
    blackHole.close()
  })

  it('waits for it once, within a bound, and then works by the names of the configuration (W7)', async () => {
    world = await openWorld('postgres', 'postgres')
    await world.toStage('target-first')
    blackHole = createServer(() => undefined)
    await new Promise<void>((resolve) => {
      blackHole.listen(0, '127.0.0.1', resolve)
    })
    const { port } = blackHole.address() as AddressInfo
    const db = knex({
      client: doubleWrite('pg', {
        migration: defineMigration({ name: 'shop', tables: shopTables(false), ...slowBeat }),
        target: world.target,
        ownConnections: { source: `postgres://nobody@127.0.0.1:${port}/nothing` },
      }),
      connection: `postgres://nobody@127.0.0.1:${port}/nothing`,
    })
    const total = async (): Promise<number> => {
      const started = Date.now()
      await db('orders').where('id', 1).first('customer_id', 'total')
      return Date.now() - started
    }
    expect(await total()).toBeLessThan(4500)
    expect(await total()).toBeLessThan(500)
    await db.destroy()
  })
})

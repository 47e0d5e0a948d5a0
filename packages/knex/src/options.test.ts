import type { MigrationDefinition } from '@twinwrite/core'
import knex from 'knex'
import { describe, expect, it } from 'vitest'
import { doubleWrite, twinwrite } from './double-write.ts'
import type { Client } from './knex-internals.ts'
import { clientClass, type DoubleWriteOptions } from './options.ts'

const migration = { start: () => ({}) } as unknown as MigrationDefinition
const target = { client: 'pg', connection: {} }

describe('wrong options are refused at once, by name (TW_CONFIG_INVALID)', () => {
  const cases: [string, unknown][] = [
    ['its second argument is missing', undefined],
    ['option migration is missing', { target }],
    ['option migration is an object', { target, migration: { name: 'x' } }],
    ['option target is missing', { migration }],
    ['option target is an object', { migration, target: { connection: {} } }],
    ['option target is "postgres://x"', { migration, target: 'postgres://x' }],
    ['"tagret" is no option of doubleWrite()', { migration, tagret: target }],
    ['option ownConnections is "x"', { migration, target, ownConnections: 'x' }],
  ]
  it.each(cases)('%s', (message, options) => {
    expect(() => doubleWrite('pg', options as DoubleWriteOptions)).toThrow(message)
  })

  it.each(['mysql', 'sqlite3', 'mssql', 'cockroachdb', 'nonsense', '', 7, undefined])(
    'client %s',
    (client) => {
      expect(() => doubleWrite(client as string, { migration, target })).toThrow('TW_ENGINE_UNSUPPORTED')
    },
  )

  it('twinwrite() takes only instances with double writes', () => {
    expect(() => twinwrite(knex({ client: 'pg' }))).toThrow('without double writes')
  })
})

describe('clients', () => {
  it.each([
    ['pg', 'postgres'],
    ['postgres', 'postgres'],
    ['postgresql', 'postgres'],
    ['mysql2', 'mysql'],
    ['better-sqlite3', 'sqlite'],
  ])('%s is %s', (client, dialect) => {
    expect(clientClass(client).dialect).toBe(dialect)
  })

  it('may be classes of the app that extend one of them', () => {
    const Base = clientClass('pg').Class
    class Own extends Base {}
    expect(clientClass(Own)).toEqual({ Class: Own, dialect: 'postgres' })
  })
})

describe('a Knex with double writes but without a connection', () => {
  it('only compiles, as plain Knex does', () => {
    const Class = doubleWrite('pg', { migration, target })
    const db = knex({ client: Class })
    expect(db('orders').where('id', 1).toString()).toBe('select * from "orders" where "id" = 1')
    expect((db.client as Client).driverName).toBe('pg')
    expect(knex({ client: Class })('x').toString()).toBe('select * from "x"')
  })
})

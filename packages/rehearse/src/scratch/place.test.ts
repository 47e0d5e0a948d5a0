import { expect, it } from 'vitest'
import { addressOf, placed } from './place.ts'

const place = { database: 'scratch', port: 4000 }

it.each([
  [
    'postgres',
    'postgres://ann:p%40ss@db.example:5433/shop?application_name=x',
    'postgres://ann:p%40ss@127.0.0.1:4000/scratch?application_name=x',
  ],
  ['mysql', 'mysql://ann:pass@db.example/shop', 'mysql://ann:pass@127.0.0.1:4000/scratch'],
] as const)('leads a URL of %s to another database by another way', (engine, connection, moved) => {
  expect(placed({ engine, connection }, place).connection).toBe(moved)
})

it('leads settings there too, and keeps all else', () => {
  const connection = {
    host: 'db',
    port: 3307,
    user: 'ann',
    password: 'pass',
    database: 'shop',
    ssl: { ca: 'x' },
  }
  expect(placed({ engine: 'mysql', connection }, place).connection).toEqual({
    host: '127.0.0.1',
    port: 4000,
    user: 'ann',
    password: 'pass',
    database: 'scratch',
    socketPath: undefined,
    ssl: { ca: 'x', servername: 'db' },
  })
  expect(
    placed({ engine: 'sqlite', connection: 'shop.db' }, { database: '/tmp/x.db', port: null }).connection,
  ).toEqual({
    filename: '/tmp/x.db',
  })
})

it('asks a function of settings anew each time', async () => {
  let asked = 0
  const { connection } = placed(
    { engine: 'postgres', connection: async () => ({ password: ++asked }) },
    place,
  )
  expect(await (connection as () => Promise<unknown>)()).toMatchObject({ password: 1, database: 'scratch' })
  expect(await (connection as () => Promise<unknown>)()).toMatchObject({ password: 2 })
})

it.each([
  ['postgres', 'postgres://ann@db.example/shop', { host: 'db.example', port: 5432 }],
  ['postgres', 'postgres:///shop?host=/run/postgresql&user=ann', { path: '/run/postgresql/.s.PGSQL.5432' }],
  ['mysql', { host: 'db', port: 3307 }, { host: 'db', port: 3307 }],
  ['mysql', { socketPath: '/run/mysqld.sock' }, { path: '/run/mysqld.sock' }],
  ['mysql', { uri: 'mysql://db.example:3308/shop' }, { host: 'db.example', port: 3308 }],
] as const)('finds where a server of %s is (%j)', async (engine, connection, address) => {
  expect(await addressOf({ engine, connection })).toEqual(address)
})

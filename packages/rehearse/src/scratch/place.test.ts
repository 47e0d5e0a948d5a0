import { type AddressInfo, createServer } from 'node:net'
import type { ConnectionSpec } from '@twinwrite/core'
import knex from 'knex'
import { expect, it } from 'vitest'
import { clientConfig } from '../plain-client.ts'
import { addressOf, placed } from './place.ts'

const place = { database: 'scratch', port: 4000 }

it.each([
  ['postgres', 'postgres://ann:p%40ss@db.example:5433/shop?sslmode=no-verify'],
  ['mysql', 'mysql://ann:pass@db.example/shop?charset=utf8mb4'],
] as const)('leads a URL of %s to another database', (engine, connection) => {
  const straight = { database: 'scratch', port: null }
  expect(placed({ engine, connection }, straight).connection).toBe(connection.replace('/shop', '/scratch'))
})

it('leads settings there by another way, and keeps all else', () => {
  const connection = {
    host: 'db',
    port: 3307,
    user: 'ann',
    password: 'pass',
    database: 'shop',
    ssl: { ca: 'x' },
  }
  expect(placed({ engine: 'mysql', connection }, place).connection).toEqual({
    ...connection,
    database: 'scratch',
    stream: expect.any(Function),
  })
  const file = { database: '/tmp/x.db', port: null }
  expect(placed({ engine: 'sqlite', connection: 'shop.db' }, file).connection).toEqual({
    filename: '/tmp/x.db',
  })
})

const silent = { debug: () => undefined, warn: () => undefined }

/** What a client sends to the way that it is led, up to where it asks for a certificate. @param asked what the server says first, and its answer to the wish for TLS */
async function greeting(spec: ConnectionSpec, hello: Buffer, yes: string): Promise<string> {
  let found = ''
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write(hello)
    if (yes !== '') socket.once('data', () => socket.write(yes))
    socket.on('data', (bytes) => {
      found += bytes.toString('latin1')
      if (found.includes('example')) socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const db = knex({ ...clientConfig(placed(spec, { ...place, port }), 1), log: silent })
  await expect(db.raw('SELECT 1')).rejects.toThrow()
  await db.destroy()
  await new Promise((resolve) => server.close(resolve))
  return found
}

it.each<[string, unknown]>([
  ['a URL', 'postgres://ann@db.example/shop?sslmode=verify-full'],
  ['a URL with a port in its parameters', 'postgres://ann@db.example/shop?port=5433&sslmode=verify-full'],
  ['a URL with TLS beside it', { connectionString: 'postgres://ann@db.example/shop', ssl: true }],
  ['settings', { host: 'db.example', user: 'ann', ssl: true }],
])('asks PostgreSQL for the certificate of its own name, on another way: %s', async (_, connection) => {
  expect(await greeting({ engine: 'postgres', connection }, Buffer.of(), 'S')).toContain('db.example')
})

it('asks MySQL for the certificate of its own name, on another way', async () => {
  const capabilities = 0x00_08_aa_00 | 0x2_00 | 0x8
  const body = Buffer.concat([
    Buffer.from('\u000a9.7.0\0'),
    Buffer.from([1, 0, 0, 0, ...Buffer.from('12345678'), 0]),
    Buffer.from([
      capabilities & 0xff,
      (capabilities >> 8) & 0xff,
      45,
      2,
      0,
      (capabilities >> 16) & 0xff,
      0,
      21,
    ]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0mysql_native_password\0'),
  ])
  const hello = Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body])
  const connection = { host: 'db.example', user: 'ann', ssl: { verifyIdentity: true } }
  expect(await greeting({ engine: 'mysql', connection }, hello, '')).toContain('db.example')
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
  ['postgres', 'postgres://ann@[::1]/shop?port=5433', { host: '::1', port: 5433 }],
  ['mysql', { host: 'db', port: 3307 }, { host: 'db', port: 3307 }],
  ['mysql', { socketPath: '/run/mysqld.sock' }, { path: '/run/mysqld.sock' }],
  ['mysql', { uri: 'mysql://db.example:3308/shop' }, { host: 'db.example', port: 3308 }],
] as const)('finds where a server of %s is (%j)', async (engine, connection, address) => {
  expect(await addressOf({ engine, connection })).toEqual(address)
})

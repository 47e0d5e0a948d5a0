import knex, { type Knex } from 'knex'
import { describe, expect, it } from 'vitest'
import { connectionSpec } from './connection-spec.ts'
import type { Client } from './knex-internals.ts'

const pg = (config: Knex.Config): Client => knex({ client: 'pg', ...config }).client as Client

describe('how our own connections reach a side', () => {
  it('with the password, which Knex hides', () => {
    const client = pg({ connection: { host: 'h', user: 'u', password: 'secret', database: 'd' } })
    expect(connectionSpec(client, 'postgres', 'source', undefined)).toEqual({
      engine: 'postgres',
      connection: { host: 'h', user: 'u', password: 'secret', database: 'd' },
    })
  })

  it('by the URL that Knex has read', () => {
    const { connection } = connectionSpec(
      pg({ connection: 'postgres://u:p%40ss@h:5433/d' }),
      'postgres',
      'source',
      undefined,
    )
    expect(connection).toMatchObject({ host: 'h', port: '5433', user: 'u', password: 'p@ss', database: 'd' })
  })

  it("by a function, asked for every connection, without Knex's own marks", async () => {
    let asked = 0
    const client = pg({ connection: async () => ({ host: `h${++asked}`, expirationChecker: () => true }) })
    const connection = connectionSpec(client, 'postgres', 'source', undefined)
      .connection as () => Promise<unknown>
    expect([await connection(), await connection()]).toEqual([{ host: 'h1' }, { host: 'h2' }])
  })

  it('with the search path that Knex sets on its own ones (W14)', () => {
    const client = pg({ connection: { host: 'h' }, searchPath: ['a b', 'c"d'] })
    expect(connectionSpec(client, 'postgres', 'source', undefined).connection).toEqual({
      host: 'h',
      options: String.raw`-c search_path="a\ b","c""d"`,
    })
  })

  it('by what the app says where there is only a pool', () => {
    const client = { config: {} } as Client
    expect(() => connectionSpec(client, 'mysql', 'target', undefined)).toThrow(
      'the Knex config of the target has no `connection`',
    )
    expect(connectionSpec(client, 'mysql', 'target', 'mysql://u@h/d')).toEqual({
      engine: 'mysql',
      connection: 'mysql://u@h/d',
    })
  })

  it('refuses an SQLite database in memory', () => {
    const client = { config: { connection: { filename: ':memory:' } } } as unknown as Client
    expect(() => connectionSpec(client, 'sqlite', 'source', undefined)).toThrow('in memory')
  })
})

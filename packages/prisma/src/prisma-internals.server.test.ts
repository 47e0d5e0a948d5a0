// The contract with the private members of Prisma's driver adapters, held against the lowest supported and the latest version
// on real servers: what is missing would otherwise show only in the rare cases that need it.

import * as latestMaria from '@prisma/adapter-mariadb'
import * as latestPg from '@prisma/adapter-pg'
import type { SqlDriverAdapter, SqlQuery, SqlQueryable } from '@prisma/driver-adapter-utils'
import { freshDatabase, type FreshDatabase, type ServerConnection } from '@twinwrite/testkit'
import * as lowestMaria from 'prisma-adapter-mariadb-lowest'
import * as lowestPg from 'prisma-adapter-pg-lowest'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  destroyConnection,
  releaseConnection,
  schemaOf,
  sendText,
  settingsOf,
  withoutNames,
} from './prisma-internals.ts'

const query = (sql: string): SqlQuery => ({ sql, args: [], argTypes: [] })
const one = async (on: SqlQueryable, sql: string): Promise<unknown> =>
  (await on.queryRaw(query(sql))).rows[0]![0]

let database: FreshDatabase<ServerConnection>
let adapter: SqlDriverAdapter
afterEach(async () => {
  await adapter.dispose()
  await database.drop()
})

describe.each([
  ['lowest', lowestMaria.PrismaMariaDb as unknown as typeof latestMaria.PrismaMariaDb],
  ['latest', latestMaria.PrismaMariaDb],
] as const)("Prisma's %s adapter for MariaDB and MySQL", (_version, Factory) => {
  beforeEach(async () => {
    database = await freshDatabase('mysql')
    // One connection: what is not given back is missed at once.
    const settings = { ...database.connection, connectionLimit: 1, allowPublicKeyRetrieval: true }
    adapter = await new Factory(settings).connect()
    await adapter.executeRaw(query('CREATE TABLE t (n INT PRIMARY KEY)'))
  })

  it('sends texts unprepared in a transaction, and fails in the form that Prisma knows', async () => {
    const transaction = await adapter.startTransaction()
    await transaction.executeRaw(query('INSERT INTO t VALUES (1)'))
    expect(await sendText(transaction, 'ROLLBACK')).toBe(true)
    expect(await sendText(transaction, 'BEGIN')).toBe(true)
    await transaction.executeRaw(query('INSERT INTO t VALUES (2)'))
    expect(await sendText(transaction, 'COMMIT')).toBe(true)
    await expect(sendText(transaction, 'NONSENSE')).rejects.toMatchObject({
      name: 'DriverAdapterError',
      cause: { kind: 'mysql', originalCode: '1064' },
    })
    await transaction.rollback()
    expect((await adapter.queryRaw(query('SELECT n FROM t'))).rows).toEqual([[2]])
  })

  it('gives the connection of a transaction back without one more COMMIT', async () => {
    const first = await one(adapter, 'SELECT CONNECTION_ID()')
    const transaction = await adapter.startTransaction()
    await sendText(transaction, 'COMMIT')
    expect(await releaseConnection(transaction)).toBe(true)
    expect(await one(adapter, 'SELECT CONNECTION_ID()')).toBe(first)
  })

  it('ends a connection, and with it what was open on it', async () => {
    const first = await one(adapter, 'SELECT CONNECTION_ID()')
    const transaction = await adapter.startTransaction()
    await transaction.executeRaw(query('INSERT INTO t VALUES (3)'))
    destroyConnection(transaction)
    expect(await one(adapter, 'SELECT CONNECTION_ID()')).not.toBe(first)
    expect(await one(adapter, 'SELECT COUNT(*) FROM t')).toEqual('0')
  })
})

describe.each([
  ['lowest', lowestPg.PrismaPg as unknown as typeof latestPg.PrismaPg],
  ['latest', latestPg.PrismaPg],
] as const)("Prisma's %s adapter for PostgreSQL", (_version, Factory) => {
  beforeEach(async () => {
    database = await freshDatabase('postgres')
    const factory = new Factory({ ...database.connection, max: 1 }, { schema: 'shop' })
    expect(settingsOf(factory)).toMatchObject({ database: database.connection.database })
    expect(schemaOf(factory)).toBe('shop')
    adapter = await factory.connect()
  })

  it('ends a connection, and with it what was open on it', async () => {
    const first = await one(adapter, 'SELECT pg_backend_pid()')
    await adapter.executeRaw(query('CREATE TABLE t (n int)'))
    const transaction = await adapter.startTransaction()
    await transaction.executeRaw(query('INSERT INTO t VALUES (1)'))
    destroyConnection(transaction)
    // As Prisma does it afterwards.
    await transaction.rollback()
    expect(await one(adapter, 'SELECT pg_backend_pid()')).not.toBe(first)
    expect(await one(adapter, 'SELECT count(*)::int FROM t')).toBe(0)
  })
})

describe("Prisma's latest adapter for PostgreSQL", () => {
  it('names statements of the app, and none of ours', async () => {
    database = await freshDatabase('postgres')
    const named: string[] = []
    const statementNameGenerator = ({ sql }: { sql: string }): string => {
      named.push(sql)
      return `s${named.length}`
    }
    adapter = await new latestPg.PrismaPg(database.connection, { statementNameGenerator }).connect()
    const own = query('SELECT 1 AS ours')
    withoutNames(adapter, (sent) => sent === own)
    await adapter.queryRaw(own)
    await adapter.queryRaw(query('SELECT 2 AS theirs'))
    expect(named).toEqual(['SELECT 2 AS theirs'])
  })
})

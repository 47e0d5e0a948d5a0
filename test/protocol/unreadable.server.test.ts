// A row that the primary itself can't read: PostgreSQL databases of encoding SQL_ASCII hold any bytes, and refuse to send those that
// are no UTF-8. Such a row is blocked with its reason, and holds up nobody.

import { randomBytes } from 'node:crypto'
import { defineMigration } from '@twinwrite/sql'
import { adminQuery, freshDatabase, server } from '@twinwrite/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { rawConnection } from '../capture/native-connections.ts'
import { until } from './world.ts'

async function ofAnyBytes(): Promise<{ url: string; connection: object }> {
  const { url } = await server('postgres')
  const name = `tw_bytes_${process.pid}_${randomBytes(4).toString('hex')}`
  await adminQuery(
    'postgres',
    url,
    `CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
  )
  onTestFinished(async () => {
    await adminQuery('postgres', url, `DROP DATABASE ${name} WITH (FORCE)`)
  })
  const own = new URL(url)
  own.pathname = `/${name}`
  return { url: own.href, connection: { connectionString: own.href } }
}

test.each(['postgres', 'mysql'] as const)(
  'postgres>%s: a row that the primary cannot read is blocked with its reason, and those behind it arrive (W3, W10)',
  async (engine) => {
    const source = await ofAnyBytes()
    const target = await freshDatabase(engine)
    onTestFinished(() => target.drop())
    await adminQuery('postgres', source.url, 'CREATE TABLE orders (id int PRIMARY KEY, note text)')
    const same = engine === 'mysql' ? ' COLLATE utf8mb4_0900_bin' : ''
    await adminQuery(engine, target.url, `CREATE TABLE orders (id int PRIMARY KEY, note varchar(40)${same})`)
    const migration = defineMigration({
      name: 'shop',
      tables: { orders: { accept: ['note'] } },
      beatMs: 100,
      leaseMs: 300,
      pollMs: { min: 5, max: 50 },
      attempts: 3,
      batchSize: 3,
    }).start({
      source: { engine: 'postgres', connection: source.connection },
      target: { engine, connection: target.connection },
    })
    onTestFinished(() => migration.close())
    await migration.install()
    await migration.setStage('source-first')
    const raw = await rawConnection('postgres', source.connection)
    onTestFinished(() => raw.end())
    const app = migration.connect('source', raw.native)
    const run = (sql: string): Promise<unknown> => app.execute(raw.call(sql))
    const arrived = async (): Promise<unknown[]> => {
      const rows = await adminQuery(engine, target.url, 'SELECT id FROM orders ORDER BY id')
      return rows.map(({ id }) => id)
    }

    await run(`INSERT INTO orders SELECT n, E'caf\\xe9' FROM generate_series(1, 5) AS n`)
    await run(`INSERT INTO orders SELECT n, 'fine' FROM generate_series(6, 10) AS n`)
    await until(async () => (await arrived()).length === 5)
    expect(await arrived()).toEqual([6, 7, 8, 9, 10])
    await until(async () => (await migration.blocked()).length === 5)
    const blocked = await migration.blocked()
    expect(blocked.map(({ key }) => key).sort()).toEqual(['1', '2', '3', '4', '5'])
    expect(blocked[0]).toMatchObject({
      attempts: 3,
      reason: expect.stringMatching(/^the source can't read it: invalid byte sequence/),
    })
    expect(await migration.status()).toMatchObject({ lagMs: 0, journal: { entries: 0, blocked: 5 } })
    await expect(migration.switchStage('target-first')).rejects.toMatchObject({ code: 'TW_SWITCH_REFUSED' })

    // A later write of the row brings it by itself, and one that was mended past us is tried again.
    await run(`UPDATE orders SET note = 'café' WHERE id = 1`)
    await until(async () => (await migration.blocked()).length === 4)
    await adminQuery('postgres', source.url, `UPDATE orders SET note = 'café'`)
    await migration.retryBlocked()
    await until(async () => (await arrived()).length === 10)
    expect(await migration.blocked()).toEqual([])
    await migration.switchStage('target-first')
  },
)

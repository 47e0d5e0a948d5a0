// A fresh database is empty, one's own, and gone afterwards.
import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { adminQuery } from './admin-query.ts'
import { openSession } from './database-session.ts'
import { serverEngines } from './engine.ts'
import { freshDatabase } from './fresh-database.ts'

describe.each(serverEngines)('fresh %s database', (engine) => {
  it('is empty, separate from the next one, and addressed by its URL and its connection alike', async () => {
    const [one, two] = await Promise.all([freshDatabase(engine), freshDatabase(engine)])
    await adminQuery(engine, one.url, 'CREATE TABLE t (id int PRIMARY KEY)')
    await adminQuery(engine, two.url, 'CREATE TABLE t (id int PRIMARY KEY)')
    await adminQuery(engine, one.url, 'INSERT INTO t VALUES (1)')
    expect(await adminQuery(engine, two.url, 'SELECT * FROM t')).toEqual([])
    const { host, port, database } = one.connection
    expect(new URL(one.url)).toMatchObject({ hostname: host, port: String(port), pathname: `/${database}` })
    await Promise.all([one.drop(), two.drop()])
  })

  it('is dropped even while a session holds a transaction open in it', async () => {
    const database = await freshDatabase(engine)
    await adminQuery(engine, database.url, 'CREATE TABLE t (id int PRIMARY KEY)')
    const session = await openSession(engine, database.url)
    await session.query('BEGIN')
    await session.query('INSERT INTO t VALUES (1)')
    await database.drop()
    await expect(adminQuery(engine, database.url, 'SELECT 1')).rejects.toThrow(
      /does not exist|unknown database/i,
    )
    session.close()
  })
})

it('is a file of its own on SQLite', async () => {
  const [one, two] = await Promise.all([freshDatabase('sqlite'), freshDatabase('sqlite')])
  expect(one.connection.filename).not.toBe(two.connection.filename)
  const database = new Database(one.connection.filename)
  expect(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toEqual({ n: 0 })
  database.close()
  await Promise.all([one.drop(), two.drop()])
  expect(existsSync(one.connection.filename)).toBe(false)
})

// Fast loads whose rows can't travel as bytes: SQLite, conversions, constants, documents, a server without LOAD DATA LOCAL.

import { backfill } from '@twinwrite/backfill'
import type { TableConfig } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import {
  adminQuery,
  dedicatedServer,
  type Engine,
  freshDatabase,
  type FreshDatabase,
} from '@twinwrite/testkit'
import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function run(database: FreshDatabase, sql: string): Promise<Record<string, unknown>[]> {
  if (database.engine !== 'sqlite') return adminQuery(database.engine, database.url, sql)
  const file = new Database((database.connection as { filename: string }).filename)
  try {
    const statement = file.prepare(sql)
    return statement.reader ? (statement.all() as Record<string, unknown>[]) : (statement.run(), [])
  } finally {
    file.close()
  }
}

async function loaded(
  source: Engine,
  target: Engine,
  make: Record<'source' | 'target', string>,
  table: TableConfig,
  rows: number,
  { on, chunkRows = 10 }: { readonly on?: { url: string }; readonly chunkRows?: number } = {},
) {
  const databases = {
    source: await freshDatabase(source as 'sqlite'),
    target: (await freshDatabase(target as 'mysql', on)) as FreshDatabase,
  }
  cleanups.push(
    () => databases.source.drop(),
    () => databases.target.drop(),
  )
  await run(databases.source, make.source)
  await run(databases.target, make.target)
  const values = Array.from(
    { length: rows },
    (_, index) => `(${index + 1}, 'Name ${index + 1}', '{"b": ${index + 1}.50, "a": "x"}')`,
  )
  await run(databases.source, `INSERT INTO items (id, name, body) VALUES ${values.join(', ')}`)
  const migration = defineMigration({
    name: 'byrow',
    tables: { items: table },
    beatMs: 100,
    leaseMs: 300,
  }).start({
    source: { engine: source, connection: databases.source.connection },
    target: { engine: target, connection: databases.target.connection },
  })
  cleanups.push(() => migration.close())
  await migration.setStage('source-first')
  const sizes = { min: Math.min(5, chunkRows), first: chunkRows, max: chunkRows }
  const report = await backfill(migration, { way: 'fast', chunkRows: sizes }).done
  expect(report).toEqual({
    outcome: 'finished',
    tables: [{ table: 'items', way: 'fast', rows }],
    left: [],
    fellBack: null,
  })
  return run(databases.target, 'SELECT * FROM items ORDER BY id')
}

const plain = {
  postgres: 'CREATE TABLE items (id int PRIMARY KEY, name varchar(60), body json)',
  mysql: 'CREATE TABLE items (id int PRIMARY KEY, name varchar(60), body json)',
  sqlite: 'CREATE TABLE items (id integer PRIMARY KEY, name text, body text)',
}

test.each([
  ['sqlite', 'sqlite'],
  ['sqlite', 'postgres'],
  ['postgres', 'sqlite'],
  ['sqlite', 'mysql'],
  ['postgres', 'mysql'],
] as const)('a fast load from %s to %s brings every row', async (source, target) => {
  const accept = ['id', 'name', 'body']
  const rows = await loaded(
    source,
    target,
    { source: plain[source], target: plain[target] },
    source === target ? {} : { accept },
    45,
  )
  expect(rows).toHaveLength(45)
  const [first] = rows
  expect(Number(first!['id'])).toBe(1)
  expect(first!['name']).toBe('Name 1')
  const body: unknown = typeof first!['body'] === 'string' ? JSON.parse(first!['body']) : first!['body']
  expect(body).toEqual({ a: 'x', b: 1.5 })
})

test.each(['postgres', 'mysql'] as const)(
  'conversions and constants are made on the way of a fast load to %s',
  async (engine) => {
    const make = {
      source: plain[engine],
      target:
        'CREATE TABLE items (id int PRIMARY KEY, name varchar(60), body json, origin varchar(20) NOT NULL)',
    }
    const upper = {
      to: 'name',
      up: (text: string | null) => text?.toUpperCase() ?? null,
      down: (text: string | null) => text,
    }
    const rows = await loaded(
      engine,
      engine,
      make,
      { columns: { name: upper }, ignore: { target: { origin: 'mo\tved' } } },
      33,
    )
    expect(rows.map(({ name, origin }) => `${String(name)} ${String(origin)}`)).toEqual(
      Array.from({ length: 33 }, (_, index) => `NAME ${index + 1} mo\tved`),
    )
  },
)

test.each([
  ['sqlite', 'sqlite'],
  ['sqlite', 'postgres'],
  ['sqlite', 'mysql'],
] as const)(
  'a chunk of more rows than are held at once comes whole from %s to %s',
  async (source, target) => {
    const accept = source === target ? {} : { accept: ['id', 'name', 'body'] }
    const make = { source: plain[source], target: plain[target] }
    const rows = await loaded(source, target, make, accept, 4321, { chunkRows: 10_000 })
    expect(rows.map(({ name }) => name)).toEqual(Array.from(rows, (_, index) => `Name ${index + 1}`))
  },
)

test('a MySQL that takes no LOAD DATA LOCAL is filled by inserts', async () => {
  const server = await dedicatedServer('mysql')
  cleanups.push(() => server.stop())
  await adminQuery('mysql', server.url, 'SET GLOBAL local_infile = 0')
  const accept = ['id', 'name', 'body']
  const make = { source: plain.sqlite, target: plain.mysql }
  const rows = await loaded('sqlite', 'mysql', make, { accept }, 45, { on: server })
  expect(rows.map(({ name }) => String(name))).toContain('Name 45')
})

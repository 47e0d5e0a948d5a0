// Texts of SQLite that JavaScript can't hold, as values and as keys, in the app's own writes and in rows that were there before: carried as
// they are to another SQLite, refused by name by every other engine, and never lost.

import { backfill } from '@twinwrite/backfill'
import type { MigrationConfig, RunningMigration } from '@twinwrite/core'
import { doubleWrite, twinwrite } from '@twinwrite/knex'
import { defineMigration } from '@twinwrite/sql'
import { freshDatabase, type FreshDatabase } from '@twinwrite/testkit'
import { repair, verify } from '@twinwrite/verify'
import knex, { type Knex } from 'knex'
import { expect, onTestFinished, test } from 'vitest'
import { plainSession, type Rows } from '../conformance/plain-session.ts'
import { clientOf } from '../knex/fixture.ts'
import { until } from './world.ts'

type Engine = keyof typeof types

const types = {
  sqlite: 'k TEXT NOT NULL PRIMARY KEY, note TEXT',
  postgres: 'k text COLLATE "C" PRIMARY KEY, note text',
  mysql: 'k varchar(60) COLLATE utf8mb4_0900_bin PRIMARY KEY, note text COLLATE utf8mb4_0900_bin',
}

const config: MigrationConfig = {
  name: 'shop',
  tables: { things: { accept: ['k', 'note'] } },
  beatMs: 100,
  leaseMs: 300,
  pollMs: { min: 5, max: 50 },
  attempts: 1,
}

const raw = (hex: string): string => `CAST(x'${hex}' AS TEXT)`
/** Keys that are no UTF-8, and one with an U+FFFD of its own. */
const before = [raw('636166e9'), raw('636166ea'), `'caf\uFFFD'`, `'cafz'`, `'café'`]
/** Their texts. */
const strays = ['\u0000text 636166e9', '\u0000text 636166ea']

interface World {
  readonly source: FreshDatabase
  readonly target: FreshDatabase
  readonly app: Knex
  readonly migration: RunningMigration
  write(sql: string): Promise<unknown>
  keys(side: 'source' | 'target'): Promise<string[]>
  notes(side: 'source' | 'target'): Promise<string[]>
}

async function world(engine: Engine): Promise<World> {
  const [source, target] = [await freshDatabase('sqlite'), await freshDatabase(engine)]
  onTestFinished(() => source.drop())
  onTestFinished(() => target.drop())
  await run(source, `CREATE TABLE things (${types.sqlite})`)
  await run(target, `CREATE TABLE things (${types[engine]})`)
  for (const key of before) await run(source, `INSERT INTO things VALUES (${key}, 'before')`)
  await run(source, `INSERT INTO things VALUES ('odd', ${raw('6ef6')})`)
  const app = knex({
    connection: source.connection,
    useNullAsDefault: true,
    client: doubleWrite(clientOf.sqlite, {
      migration: defineMigration(config),
      target: {
        client: clientOf[engine],
        connection: target.connection,
        ...(engine === 'sqlite' ? { useNullAsDefault: true } : {}),
      },
    }),
  })
  onTestFinished(() => app.destroy())
  const migration = twinwrite(app)
  await migration.install()
  await migration.setStage('source-first')
  const hex = async (database: FreshDatabase, column: string): Promise<string[]> => {
    const text = {
      sqlite: `lower(hex(${column}))`,
      postgres: `encode(convert_to(${column}, 'UTF8'), 'hex')`,
      mysql: `lower(hex(${column}))`,
    }[database.engine as Engine]
    const rows = await run(database, `SELECT ${text} AS told FROM things ORDER BY told`)
    return rows.map(({ told }) => String(told))
  }
  const sides = { source, target }
  return {
    source,
    target,
    app,
    migration,
    write: (sql) => app.raw(sql),
    keys: (side) => hex(sides[side], 'k'),
    notes: (side) => hex(sides[side], 'note'),
  }
}

async function run(database: FreshDatabase, sql: string): Promise<Rows> {
  const session = await plainSession(database)
  try {
    return await session.query(sql)
  } finally {
    session.end()
  }
}

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('hex')
const plain = ['caf\uFFFD', 'cafz', 'café'].map(utf8).sort()

test.each(['postgres', 'mysql'] as const)(
  'sqlite>%s: rows with texts that are no UTF-8 are refused by name, seen by verify, and let go of when they are gone (W4, W5)',
  async (engine) => {
    const { migration, write, keys, source } = await world(engine)
    await backfill(migration).done
    await until(async () => (await migration.blocked()).length === 3)
    const refused = await migration.blocked()
    expect(refused.map(({ key }) => key).sort()).toEqual([...strays, 'odd'])
    expect(refused.find(({ key }) => key === strays[0])!.reason).toContain('"k"')
    expect(refused.find(({ key }) => key === strays[0])!.reason).toContain('not valid UTF-8 (636166e9)')
    expect(refused.find(({ key }) => key === 'odd')!.reason).toMatch(
      /"note" .* cannot hold a text that is not valid UTF-8 \(6ef6\)/,
    )
    expect(await keys('target')).toEqual(plain)

    await write(`UPDATE things SET note = 'now' WHERE k = ${raw('636166ea')}`)
    await write(`INSERT INTO things VALUES (${raw('ff')}, 'x'), ('new', 'x')`)
    await write(`DELETE FROM things WHERE k = ${raw('636166e9')}`)
    await write(`UPDATE things SET k = 'mended' WHERE k = ${raw('636166ea')}`)
    await write(`UPDATE things SET note = 'fine' WHERE k = 'odd'`)
    await until(async () => (await migration.blocked()).length === 1)
    expect((await migration.blocked()).map(({ key }) => key)).toEqual(['\u0000text ff'])
    await write(`DELETE FROM things WHERE k = ${raw('ff')}`)
    await until(async () => (await migration.blocked()).length === 0)
    expect(await keys('target')).toEqual(await keys('source'))
    expect((await verify(migration).done).clean).toBe(true)

    // Past us.
    await run(source, `INSERT INTO things VALUES (${raw('fe')}, 'x'), ('b', ${raw('fe')})`)
    const { shown } = await verify(migration).done
    expect(shown.map(({ key, kind }) => `${key} ${kind}`).sort()).toEqual([
      '\u0000text fe missing',
      'b missing',
    ])
    const { left } = await repair(migration)
    expect(left.map(({ key }) => key).sort()).toEqual(['\u0000text fe', 'b'])
    await write(`DELETE FROM things WHERE note = 'x' OR k = 'b'`)
    await until(async () => (await migration.status()).journal?.entries === 0)
    expect(await keys('target')).toEqual(await keys('source'))
    expect((await verify(migration).done).clean).toBe(true)
  },
)

test('sqlite>sqlite: texts that are no UTF-8 are carried as they are, by backfill and by writes (W4, W5)', async () => {
  const { migration, write, keys, notes, target } = await world('sqlite')
  await backfill(migration).done
  expect(await keys('target')).toEqual(await keys('source'))
  await write(`UPDATE things SET note = ${raw('ff00ff')} WHERE k = ${raw('636166e9')}`)
  await write(`UPDATE things SET k = ${raw('636166eb')} WHERE k = ${raw('636166ea')}`)
  await write(`DELETE FROM things WHERE k = 'caf\uFFFD'`)
  await migration.drain({ timeoutMs: 5_000 })
  expect(await keys('target')).toEqual(await keys('source'))
  expect(await notes('target')).toEqual(await notes('source'))
  expect(await migration.blocked()).toEqual([])
  expect((await verify(migration).done).clean).toBe(true)

  await run(target, `UPDATE things SET note = ${raw('ff00fe')} WHERE k = ${raw('636166e9')}`)
  await run(target, `INSERT INTO things VALUES (${raw('fe')}, 'extra')`)
  await run(target, `DELETE FROM things WHERE k = ${raw('636166eb')}`)
  const { shown } = await verify(migration).done
  expect(shown.map(({ key, kind }) => `${key} ${kind}`).sort()).toEqual([
    '\u0000text 636166e9 different',
    '\u0000text 636166eb missing',
    '\u0000text fe extra',
  ])
  expect((await repair(migration)).left).toEqual([])
  expect(await keys('target')).toEqual(await keys('source'))
  expect(await notes('target')).toEqual(await notes('source'))
})

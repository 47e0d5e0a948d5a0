import { type Engine, freshDatabase, type FreshDatabase } from '@twinwrite/testkit'
import type { ConnectionSpec } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { randomBytes } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import type { Found } from '../fleet/job.ts'
import { oneValue, withClient } from '../plain-client.ts'
import { ScratchPair } from './pair.ts'
import { lookAtReal } from './real.ts'

async function database(engine: Engine, ...statements: readonly string[]): Promise<FreshDatabase> {
  const own = await freshDatabase(engine)
  onTestFinished(() => own.drop())
  await withClient(own, async (db) => {
    for (const statement of statements) await db.raw(statement)
  })
  return own
}

function found(source: ConnectionSpec, target: ConnectionSpec): Found {
  const name = `Shop-${randomBytes(4).toString('hex')}`
  return {
    migration: defineMigration({ name, tables: { people: { accept: ['id', 'mood'] } } }),
    source,
    target,
  }
}

const enumOf = (labels: string): string => `CREATE TYPE mood AS ENUM (${labels})`

it('leaves the databases of a rehearsal that still runs, and types that the operator has made', async () => {
  const [source, target, named] = await Promise.all([
    database(
      'postgres',
      enumOf(`'sad', 'merry'`),
      'CREATE TABLE people (id int PRIMARY KEY, mood mood NOT NULL)',
    ),
    database('sqlite', 'CREATE TABLE people (id integer NOT NULL PRIMARY KEY, mood text NOT NULL)'),
    database('postgres', enumOf(`'sad', 'glad'`)),
  ])
  const of = found(source, target)
  const real = await lookAtReal(of)
  const running = new ScratchPair(of, real, { source: named })
  const types = `SELECT count(*) FROM pg_type WHERE typname = 'mood'`

  await expect(running.make()).rejects.toThrow('TW_SCRATCH_UNFIT')
  await running.remove()
  await withClient(named, async (db) => {
    expect(await oneValue(db, types)).toBe('1')
    await db.raw('DROP TYPE mood')
    await db.raw(enumOf(`'sad', 'merry'`))
  })
  await running.make()
  const other = new ScratchPair(of, real, undefined)
  const refusal = /TW_SCRATCH_UNFIT: a rehearsal, or somebody else, is still in .*shop_\w+_target\.db/
  await expect(other.leftovers()).rejects.toThrow(refusal)
  await running.remove()
  expect(await other.leftovers()).toEqual([])
  await withClient(named, async (db) => {
    expect(await oneValue(db, types)).toBe('1')
    expect(await oneValue(db, `SELECT to_regclass('people')`)).toBeNull()
  })
})

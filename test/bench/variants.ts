// What is compared: the same calls plain, as a hand-written double write with two clients, and with ours in two stages. Each has
// databases of its own.

import { defineMigration } from '@twinwrite/sql'
import { adminQuery, freshDatabase, type ServerEngine } from '@twinwrite/testkit'
import { filling, orderTable, rows } from './orders.ts'
import type { Client, Database, Orm } from './orm.ts'

export type VariantName = 'plain' | 'naive' | 'source-only' | 'source-first' | 'source-first+several'

/** `several`: with mysql2's `multipleStatements`. */
export function variantNames(orm: Orm<unknown>, engine: ServerEngine): VariantName[] {
  const names: VariantName[] = ['plain', 'naive', 'source-only', 'source-first']
  return engine === 'postgres' || !orm.takesSeveral ? names : [...names, 'source-first+several']
}

/** Runs one unit of business code on whatever databases the variant writes to. */
export type Write<Db> = (run: (db: Db) => Promise<unknown>) => Promise<unknown>

export interface Variant<Db> {
  readonly name: VariantName
  readonly write: Write<Db>
  /** Waits until nothing of what was written is left to do. */
  readonly settle: () => Promise<void>
  readonly end: () => Promise<void>
}

/** @param connections of each client's pool */
export async function openVariant<Db>(
  orm: Orm<Db>,
  engine: ServerEngine,
  name: VariantName,
  connections: number,
): Promise<Variant<Db>> {
  const source = await orders(engine)
  const target = await orders(engine)
  const { write, settle, end } = await (name === 'plain' || name === 'naive'
    ? byHand(orm, name === 'plain' ? [source] : [source, target], connections)
    : ours(orm, source, target, name, connections))
  return {
    name,
    write,
    settle,
    end: async () => {
      await settle()
      await end()
      if (isDoubled(name)) await checkFollowed(source, target)
      await source.drop()
      await target.drop()
    },
  }
}

function isDoubled(name: VariantName): boolean {
  return name !== 'plain' && name !== 'source-only'
}

/** A write that did not get to the second database would be fast. */
async function checkFollowed(source: Database, target: Database): Promise<void> {
  const [here, there] = await Promise.all(
    [source, target].map(async ({ engine, url }) => {
      const [count] = await adminQuery(engine, url, `SELECT count(*) AS n FROM orders WHERE id > ${rows}`)
      return Number(count!['n'])
    }),
  )
  if (here !== there) throw new Error(`of ${here} inserted rows ${there} came to the second database`)
}

async function orders(engine: ServerEngine): Promise<Database> {
  const database = { ...(await freshDatabase(engine)), engine }
  await adminQuery(engine, database.url, orderTable(engine))
  return database
}

async function fill({ engine, url }: Database): Promise<void> {
  for (const sql of filling(engine, rows)) await adminQuery(engine, url, sql)
}

/** One client after the other. */
async function byHand<Db>(
  orm: Orm<Db>,
  databases: readonly Database[],
  connections: number,
): Promise<Omit<Variant<Db>, 'name'>> {
  const clients: Client<Db>[] = []
  for (const database of databases) {
    await fill(database)
    clients.push(await orm.plain(database, connections))
  }
  return {
    write: async (run) => {
      for (const { db } of clients) await run(db)
    },
    settle: async () => undefined,
    end: async () => {
      for (const client of clients) await client.end()
    },
  }
}

async function ours<Db>(
  orm: Orm<Db>,
  source: Database,
  target: Database,
  name: Exclude<VariantName, 'plain' | 'naive'>,
  connections: number,
): Promise<Omit<Variant<Db>, 'name'>> {
  await fill(source)
  const { db, migration, end } = await orm.doubled(source, target, {
    migration: defineMigration({
      name: 'bench',
      tables: { orders: { accept: ['status', 'note'] } },
      leaseMs: 1000,
      beatMs: 400,
    }),
    connections,
    several: name === 'source-first+several',
  })
  if (isDoubled(name)) {
    await migration.install()
    await migration.setStage('source-first')
  } else await migration.status()
  return {
    write: (run) => run(db),
    settle: async () => {
      if (isDoubled(name) && !(await migration.drain({ timeoutMs: 120_000 }))) {
        throw new Error('the applier did not keep up: the journal does not drain')
      }
    },
    end,
  }
}

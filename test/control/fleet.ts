// For tests of control: the tables of the torture runs on two fresh databases of different engines, and as many processes of any ORM as
// a test wants.

import type { MigrationConfig, RunningMigration, Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { adminQuery, freshDatabase } from '@twinwrite/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Addresses, Item, Member } from '../torture/orm.ts'
import { connectBy, type OrmName } from '../torture/orms.ts'
import { hurriedConfig, sourceSchema, targetSchema } from '../torture/schema.ts'

type Changes = Partial<MigrationConfig>

export interface Fleet {
  readonly addresses: Addresses
  /** An app with this ORM, as a process of its own has it. */
  app(orm: OrmName, changes?: Changes): Promise<Member>
  /** For an operator: looks and acts only when asked. */
  operate(changes?: Changes): RunningMigration
  close(): Promise<void>
}

/** @param common what is to differ from the migration of the torture runs, for all processes */
export async function openFleet(common: Changes = {}): Promise<Fleet> {
  const source = await freshDatabase('mysql')
  const target = await freshDatabase('postgres')
  for (const sql of sourceSchema('mysql')) await adminQuery('mysql', source.url, sql)
  for (const sql of targetSchema('postgres')) await adminQuery('postgres', target.url, sql)
  const addresses: Addresses = {
    source: { ...source, engine: 'mysql' },
    target: { ...target, engine: 'postgres' },
  }
  const all = { name: 'shop', pollMs: { min: 5, max: 50 }, ...common }
  const open: { close(): Promise<void> }[] = []
  const kept = <T extends { close(): Promise<void> }>(process: T): T => {
    open.push(process)
    return process
  }
  return {
    addresses,
    app: async (orm, changes = {}) => {
      const connect = await connectBy(orm)
      const app = await connect(addresses, { ...hurriedConfig, ...all, ...changes })
      let closed: Promise<void> | undefined
      return kept({ ...app, close: () => (closed ??= app.close()) })
    },
    operate: (changes = {}) =>
      kept(defineMigration({ ...hurriedConfig, ...all, ...changes }).operate(addresses)),
    close: async () => {
      await Promise.all(open.map((process) => process.close()))
      await Promise.all([source.drop(), target.drop()])
    },
  }
}

/** As after an hour: all processes that there are have registered. */
export async function installedAnHourAgo({ addresses }: Fleet): Promise<void> {
  const at = Date.now() - 3_600_000
  await adminQuery(
    'mysql',
    addresses.source.url,
    `UPDATE _tw_meta SET value = '${at}' WHERE name LIKE '%shop%'`,
  )
}

export const item = (token: string): Item => ({ token, note: 'new', n: 1 })

/** An app in the first of the ways in which its ORM inserts an item. */
export const insert = (
  { insertItem: [first] }: Pick<Member, 'insertItem'>,
  token: string,
): Promise<unknown> => first!(item(token))

/** Of all items of a side, sorted; past twinwrite. */
export async function tokensOf({ addresses }: Fleet, side: Side): Promise<string[]> {
  const { engine, url } = addresses[side]
  const sql = { source: 'SELECT token FROM items', target: 'SELECT label AS token FROM things' }
  const rows = await adminQuery(engine, url, sql[side])
  return rows.map(({ token }) => String(token)).toSorted()
}

/** Code, and whether to try again; Prisma keeps that in `meta`. */
export async function refusal(work: Promise<unknown>): Promise<readonly [code: string, retryable: unknown]> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const { code, meta, retryable } = error as { code: string; meta?: object; retryable?: boolean }
  return [code, { retryable, ...meta }.retryable]
}

/** Something that one part of a test waits for and another one brings about. */
export function promised(): { readonly done: Promise<void>; readonly tell: () => void } {
  let tell = (): void => undefined
  const done = new Promise<void>((resolve) => {
    tell = resolve
  })
  return { done, tell: () => tell() }
}

export async function until(holds: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms`)
    await sleep(10)
  }
}

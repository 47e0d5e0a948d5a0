// After a switch the target numbers rows from behind both sides' counters: the reference is set to the same, so that
// generated ids can be compared.

import type { Engine } from '@twinwrite/testkit'
import type { Knex } from 'knex'
import type { World } from './fixture.ts'

const tables = { customers: 'customers', orders: 'purchases' } as const

export async function alignCounters({ engines, target, reference }: World): Promise<void> {
  for (const [name, targetName] of Object.entries(tables)) {
    const next = await nextId(target, engines.target, targetName)
    await setNextId(reference, engines.source, name, next)
  }
}

async function nextId(db: Knex, engine: Engine, table: string): Promise<number> {
  if (engine === 'postgres') {
    const { rows } = await db.raw(`select last_value, is_called from ${table}_id_seq`)
    const [{ last_value, is_called }] = rows as [{ last_value: string; is_called: boolean }]
    return Number(last_value) + (is_called ? 1 : 0)
  }
  if (engine === 'sqlite') {
    const row = await db('sqlite_sequence').where('name', table).first('seq')
    return ((row as { seq: number } | undefined)?.seq ?? 0) + 1
  }
  const [[row]] = await db.raw('show create table ??', [table])
  const found = /AUTO_INCREMENT=(\d+)/.exec((row as Record<string, string>)['Create Table']!)
  return Number(found?.[1] ?? 1)
}

async function setNextId(db: Knex, engine: Engine, table: string, next: number): Promise<void> {
  if (engine === 'postgres') await db.raw('select setval(?, ?, false)', [`${table}_id_seq`, next])
  else if (engine === 'sqlite')
    await db('sqlite_sequence')
      .where('name', table)
      .update({ seq: next - 1 })
  else await db.raw('alter table ?? auto_increment = ?', [table, next])
}

// The statements of a program in the words of Knex.

import type { Engine } from '@twinwrite/testkit'
import type { Knex } from 'knex'
import { lastId } from '../last-id.ts'
import type { Statement, Where } from '../program.ts'

type Builder = Knex.QueryBuilder<Record<string, unknown>, unknown>

const keys: Readonly<Record<string, readonly string[]>> = {
  items: ['id'],
  slots: ['tenant', 'sku'],
  words: ['word'],
  owners: ['id'],
  pets: ['id'],
}

function inKeyOrder(builder: Builder, table: string): Builder {
  for (const column of keys[table] ?? []) void builder.orderBy(`${table}.${column}`)
  return builder
}

function matching(builder: Builder, conditions: Where, prefix = ''): Builder {
  for (const [name, value] of Object.entries(conditions)) {
    const column = `${prefix}${name}`
    if (value === null) void builder.whereNull(column)
    else if (!Array.isArray(value)) void builder.where(column, value as string)
    else if (value[0] === 'in') void builder.whereIn(column, value[1] as string[])
    else void builder.where(column, value[0] as string, value[1] as string)
  }
  return builder
}

export function runStatement(db: Knex, engine: Engine, step: Statement): PromiseLike<unknown> {
  const returns = engine === 'postgres' || engine === 'sqlite'
  switch (step.do) {
    case 'insert':
      return step.returning !== undefined && returns
        ? db(step.table).insert(step.rows, step.returning as string[])
        : db(step.table).insert(step.rows.length === 1 ? step.rows[0]! : (step.rows as object[]))
    case 'batchInsert':
      return db.batchInsert(step.table, step.rows, step.size)
    case 'upsert': {
      const conflict = db(step.table)
        .insert(step.rows as object[])
        .onConflict(step.on as string[])
      if (step.merge === 'ignore') return conflict.ignore()
      return step.merge === 'all' ? conflict.merge() : conflict.merge(step.merge as string[])
    }
    case 'insertSelect':
      return insertSelect(db, engine, step)
    case 'insertAndAsk':
      return insertAndAsk(db, engine, step)
    case 'bulk':
      return db('slots').insert(
        Array.from({ length: step.count }, (_, n) => ({ tenant: step.tenant, sku: `b${n}`, n })),
      )
    case 'aside':
      return aside(db, step)
    case 'update': {
      const builder = matching(db(step.table), step.where)
      if (step.limit !== undefined) void inKeyOrder(builder, step.table).limit(step.limit)
      return step.returning !== undefined && returns
        ? builder.update(step.set, step.returning as string[])
        : builder.update(step.set)
    }
    case 'increment':
      return matching(db(step.table), step.where).increment('n', step.by)
    case 'delete': {
      const builder = matching(db(step.table), step.where)
      return step.returning !== undefined && returns
        ? builder.delete(step.returning as string[])
        : builder.delete()
    }
    case 'deleteJoin':
      return db('pets').join('owners', 'owners.id', 'pets.ownerId').where('owners.n', step.n).delete()
    case 'softDelete':
      return matching(db('slots'), step.where).update({ gone: step.undo ? null : db.fn.now() })
    case 'raw':
      return db.raw(step.sql, step.bindings as string[])
    case 'read':
      return read(db, step)
    case 'wrong':
      return wrong(db, step.what)
    case 'save':
    case 'rework':
    case 'family':
    case 'adopt':
    case 'household':
    case 'batch':
      throw new Error(`Knex has no words for ${step.do}`)
  }
}

/** A bound whole number in a select list. */
const whole: Record<Engine, string> = { postgres: '?::int', sqlite: '?', mysql: '?', mariadb: '?' }

/** Text of a column and a suffix. */
const joined: Record<Engine, string> = {
  postgres: '?? || ?::text',
  sqlite: '?? || ?',
  mysql: 'CONCAT(??, ?)',
  mariadb: 'CONCAT(??, ?)',
}

type Of<Name extends Statement['do']> = Statement & { readonly do: Name }

function insertSelect(db: Knex, engine: Engine, step: Of<'insertSelect'>): PromiseLike<unknown> {
  const { add, suffix } = step
  const from = step.into === 'slots' ? 'items' : 'pets'
  const found = matching(db(from), step.where).orderBy('id')
  if (step.into === 'pets') {
    const id = db.raw(`?? + ${whole[engine]}`, ['id', add])
    return db('pets').insert(found.select(id, 'ownerId', 'name', 'n'))
  }
  const columns = [db.raw(whole[engine], [add]), db.raw(joined[engine], ['code', suffix]), 'n', 'name']
  const rows = found.select(columns as string[])
  if (suffix === '') return db.raw('INSERT INTO slots (tenant, sku, n, note) ?', [rows])
  const table = db.raw('?? (??, ??)', ['slots', 'tenant', ['sku', 'n', 'note']])
  return db(table as unknown as string).insert(rows)
}

async function insertAndAsk(db: Knex, engine: Engine, step: Of<'insertAndAsk'>): Promise<unknown> {
  const inserted: unknown = await db(step.table).insert(step.row)
  return [inserted, await db.raw(lastId[engine])]
}

function aside(db: Knex, { what, id, n }: Of<'aside'>): PromiseLike<unknown> {
  switch (what) {
    case 'insert':
      return db('logs').insert({ id, n })
    case 'update':
      return db('logs').where({ id }).update({ n })
    case 'delete':
      return db('logs').where('n', '>', n).delete()
    case 'read':
      return db('logs').orderBy('id')
  }
}

function read(db: Knex, { form, table, where }: Of<'read'>): PromiseLike<unknown> {
  const rows = (): Builder => matching(db(table), where, `${table}.`)
  const ordered = (): Builder => inKeyOrder(rows(), table)
  switch (form) {
    case 'all':
      return ordered().select(`${table}.*`)
    case 'first':
      return ordered().first(`${table}.*`)
    case 'pluck':
      return ordered().pluck(`${table}.${keys[table]!.at(-1)!}`)
    case 'count':
      return rows().count({ many: '*' })
    case 'page':
      return ordered().select('*').limit(2).offset(1)
    case 'join':
      return db('pets')
        .join('owners', 'owners.id', 'pets.ownerId')
        .select('pets.id', 'owners.name as owner')
        .orderBy('pets.id')
    case 'group':
      return rows().select('n').count({ many: '*' }).groupBy('n').orderBy('n')
    case 'subquery':
      return db('owners')
        .whereIn('id', db('pets').select('ownerId').where('n', '>', 0))
        .orderBy('id')
    case 'lock':
      return ordered().select(`${table}.*`).forUpdate()
    case 'union':
      return rows()
        .select('n')
        .union(db('items').select('n').where('n', '>', 1))
        .orderBy('n')
    case 'with':
      return db
        .with('few', rows().select(`${table}.n`).count({ many: '*' }).groupBy(`${table}.n`))
        .select('*')
        .from('few')
        .orderBy('n')
    case 'distinct':
      return rows().distinct(`${table}.n`).orderBy(`${table}.n`)
    case 'stream':
      // Knex never ends a stream in a transaction that is over.
      return isOver(db) ? ordered().select(`${table}.*`) : collect(ordered().select(`${table}.*`))
  }
}

const isOver = (db: Knex): boolean => db.isTransaction === true && (db as Knex.Transaction).isCompleted()

async function collect(builder: Builder): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const row of builder.stream()) rows.push(row)
  return rows
}

function wrong(db: Knex, what: Of<'wrong'>['what']): PromiseLike<unknown> {
  switch (what) {
    case 'function':
      return db.raw('SELECT nothing_like_that(1)')
    case 'column':
      return db('items').where('id', 1).update({ nothing: 1 })
    case 'syntax':
      return db.raw('SELECT n FROM items WHERE ORDER BY')
    case 'null':
      return db('items').where('id', 1).update({ code: null })
    case 'long':
      return db('words').insert({ word: 'w'.repeat(70), n: 1 })
    case 'range':
      return db('words').where('word', 'w1').update({ n: 9_876_543_210 })
  }
}

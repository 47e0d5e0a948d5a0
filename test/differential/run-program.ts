// Runs a program on a Knex instance, plain or wrapped, as an app would, and tells what the app saw at each step.

import type { Engine } from '@twinwrite/testkit'
import type { Knex } from 'knex'
import { type DescribedError, describeError } from '../conformance/describe-error.ts'
import type { Savepoint, Statement, Step, Transaction, Where } from './program.ts'
import { madeColumn } from './tables.ts'

/** What the app saw of one statement. */
export interface Seen {
  readonly step: Step
  readonly saw: unknown
}

/** The app's own reason to roll back. */
const stop = new Error('rolled back on purpose')

export async function runStep(db: Knex, engine: Engine, step: Step): Promise<Seen[]> {
  const seen: Seen[] = []
  await perform({ engine, seen }, db, step)
  return seen
}

interface Run {
  readonly engine: Engine
  readonly seen: Seen[]
}

async function perform(run: Run, db: Knex, step: Step): Promise<void> {
  switch (step.do) {
    case 'switch':
      return
    case 'transaction':
      return transaction(run, db, step)
    case 'savepoint':
      return savepoint(run, db, step)
    case 'together': {
      // Places are kept beforehand: what is told does not depend on which answer comes first.
      const runs = step.steps.map((): Run => ({ engine: run.engine, seen: [] }))
      const done = await Promise.allSettled(step.steps.map((one, index) => perform(runs[index]!, db, one)))
      for (const { seen } of runs) run.seen.push(...seen)
      for (const one of done) if (one.status === 'rejected') throw one.reason
      return
    }
    default:
      return statement(run, db, step)
  }
}

async function performAll(run: Run, db: Knex, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await perform(run, db, step)
}

/** Tells how a transaction or savepoint ended. */
async function inside(run: Run, step: Step, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
    run.seen.push({ step, saw: 'committed' })
  } catch (error) {
    run.seen.push({ step, saw: error === stop ? 'rolled back' : described(error) })
  }
}

/** Where the SAVEPOINT itself fails, Knex rejects at once and runs the work all the same: it is waited for here. */
function savepoint(run: Run, db: Knex, step: Savepoint): Promise<void> {
  let working: Promise<void> | undefined
  return inside(run, step, async () => {
    try {
      await db.transaction(async (inner) => {
        working = performAll(run, inner, step.steps)
        await working
        if (step.end === 'throw') throw stop
      })
    } finally {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      await working?.catch(() => undefined)
    }
  })
}

function transaction(run: Run, db: Knex, step: Transaction): Promise<void> {
  const config = step.isolation === undefined ? {} : { isolationLevel: step.isolation }
  return inside(run, step, async () => {
    if (step.form === 'callback') {
      await db.transaction(async (trx) => {
        await performAll(run, trx, step.steps)
        if (step.end === 'rollback') throw stop
        if (step.end === 'throw') throw new RangeError('thrown by the app')
      }, config)
      return
    }
    const trx =
      step.form === 'provider' ? await db.transactionProvider(config)() : await db.transaction(config)
    try {
      await performAll(run, trx, step.steps)
    } catch (error) {
      await trx.rollback()
      throw error
    }
    if (step.end === 'commit') await trx.commit()
    else await trx.rollback()
    run.seen.push({ step, saw: { completed: trx.isCompleted() } })
  })
}

async function statement(run: Run, db: Knex, step: Statement): Promise<void> {
  try {
    const answer: unknown = await execute(db, run.engine, step)
    run.seen.push({ step, saw: withoutMade(inOrder(step, answer)) })
  } catch (error) {
    run.seen.push({ step, saw: described(error) })
    if (step.uncaught === true) throw error
  }
}

type Builder = Knex.QueryBuilder<Record<string, unknown>, unknown>

const keys: Readonly<Record<string, readonly string[]>> = {
  items: ['id'],
  lines: ['tenant', 'sku'],
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

function execute(db: Knex, engine: Engine, step: Statement): PromiseLike<unknown> {
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
    case 'insertSelect': {
      const found = matching(db('items'), step.where)
        .select(
          db.raw(whole[engine], [step.tenant]),
          db.raw(joined[engine], ['code', step.suffix]),
          'n',
          'name',
        )
        .orderBy('id')
      return db.raw('INSERT INTO lines (tenant, sku, n, note) ?', [found])
    }
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
      if (step.limit !== undefined) void inKeyOrder(builder, step.table).limit(step.limit)
      return step.returning !== undefined && returns
        ? builder.delete(step.returning as string[])
        : builder.delete()
    }
    case 'deleteJoin':
      return db('pets').join('owners', 'owners.id', 'pets.ownerId').where('owners.n', step.n).delete()
    case 'raw':
      return db.raw(step.sql, step.bindings as string[])
    case 'read':
      return read(db, step)
    case 'wrong':
      return wrong(db, step.what)
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

function read(db: Knex, { form, table, where }: Statement & { do: 'read' }): PromiseLike<unknown> {
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
    case 'stream':
      return collect(ordered().select(`${table}.*`))
  }
}

async function collect(builder: Builder): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const row of builder.stream()) rows.push(row)
  return rows
}

function wrong(db: Knex, what: 'function' | 'column' | 'syntax' | 'null'): PromiseLike<unknown> {
  switch (what) {
    case 'function':
      return db.raw('SELECT nothing_like_that(1)')
    case 'column':
      return db('items').where('id', 1).update({ nothing: 1 })
    case 'syntax':
      return db.raw('SELECT n FROM items WHERE ORDER BY')
    case 'null':
      return db('items').where('id', 1).update({ code: null })
  }
}

/** Rows that a write gives back come in the order in which the engine met them, which no engine promises. */
function inOrder(step: Statement, answer: unknown): unknown {
  if ((step.do !== 'update' && step.do !== 'delete') || !Array.isArray(answer)) return answer
  const text = (row: unknown): string => JSON.stringify(row)
  return [...(answer as unknown[])].sort((left, right) => (text(left) < text(right) ? -1 : 1))
}

/** PostgreSQL tells the whole row that it refuses. */
function described(thrown: unknown): DescribedError {
  const error = describeError(thrown)
  const { detail } = error
  if (typeof detail !== 'string') return error
  return { ...error, detail: detail.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?/g, 'a time') }
}

function withoutMade(answer: unknown): unknown {
  if (Array.isArray(answer)) {
    for (const one of answer) withoutMade(one)
  } else if (typeof answer === 'object' && answer !== null) {
    if (madeColumn in answer) delete answer[madeColumn]
    if ('rows' in answer) withoutMade(answer.rows)
  }
  return answer
}

// The statements of a program in the words of Prisma: each as the calls that it takes, which run when they are waited for.

import type { Engine } from '@twinwrite/testkit'
import { numbered } from '../../conformance/numbered.ts'
import { lastId } from '../last-id.ts'
import type { Raw, Statement } from '../program.ts'
import { wrongTexts } from '../wrong-texts.ts'
import { nested } from './prisma-nested.ts'
import { read } from './prisma-read.ts'
import type { Model, PrismaRunner } from './prisma-client.ts'
import { dataOf, selecting, uniqueWhere, whereOf } from './prisma-values.ts'

type Calls = readonly Promise<unknown>[]
type Of<Name extends Statement['do']> = Statement & { readonly do: Name }

/** Several calls at once are a batch; inside of a transaction they come one after the other. */
export async function runStatement(
  db: PrismaRunner,
  engine: Engine,
  step: Statement,
  inTransaction: boolean,
): Promise<unknown> {
  const calls = callsOf(db, engine, step)
  if (calls.length === 1 && step.do !== 'batch') return calls[0]
  if (!inTransaction) return db.$transaction(calls)
  const answers: unknown[] = []
  for (const call of calls) answers.push(await call)
  return answers
}

const returns = (engine: Engine): boolean => engine === 'postgres' || engine === 'sqlite'

export function callsOf(db: PrismaRunner, engine: Engine, step: Statement): Calls {
  const of = (table: string): Model => db[table]!
  switch (step.do) {
    case 'insert':
      return [insert(db, engine, step)]
    case 'batchInsert': {
      const data = step.rows.map((row) => dataOf(step.table, row))
      const starts = data.flatMap((_, at) => (at % step.size === 0 ? [at] : []))
      return starts.map((at) => of(step.table).createMany({ data: data.slice(at, at + step.size) }))
    }
    case 'upsert':
      return upserts(db, engine, step)
    case 'insertAndAsk':
      return [
        of(step.table).create({ data: dataOf(step.table, step.row) }),
        db.$queryRawUnsafe(lastId[engine]),
      ]
    case 'bulk': {
      const data = Array.from({ length: step.count }, (_, n) => ({ tenant: step.tenant, sku: `b${n}`, n }))
      return [of('slots').createMany({ data })]
    }
    case 'aside':
      return [aside(of('logs'), step)]
    case 'update':
      return [update(db, engine, step)]
    case 'increment':
      return [
        of(step.table).updateMany({
          where: whereOf(step.table, step.where),
          data: { n: { increment: step.by } },
        }),
      ]
    case 'delete': {
      const one = step.one === true ? uniqueWhere(step.table, step.where) : null
      if (one !== null) return [of(step.table).delete({ where: one, ...selecting(step.returning) })]
      return [of(step.table).deleteMany({ where: whereOf(step.table, step.where) })]
    }
    case 'deleteJoin':
      return [of('pets').deleteMany({ where: { owner: { n: step.n } } })]
    case 'family':
    case 'adopt':
    case 'household':
      return [nested(db, step)]
    case 'batch':
      return step.steps.flatMap((one) => callsOf(db, engine, one))
    case 'raw':
      return [raw(db, engine, step)]
    case 'read':
      return [read(db, engine, step)]
    case 'wrong':
      return [raw(db, engine, { do: 'raw', sql: wrongTexts[step.what], bindings: [] })]
    case 'insertSelect':
    case 'softDelete':
    case 'save':
    case 'rework':
      throw new Error(`Prisma has no words for ${step.do}`)
  }
}

/** Whether Prisma makes one statement of it, so that nothing can come in between. */
export function isOne(step: Statement, engine: Engine): boolean {
  switch (step.do) {
    case 'insert':
      return returns(engine) || step.rows.length > 1
    case 'update':
    case 'delete':
      return returns(engine) || step.one !== true
    case 'upsert':
      return step.merge === 'ignore' && engine !== 'sqlite'
    case 'read':
      return step.form !== 'join'
    default:
      return ['bulk', 'increment', 'deleteJoin', 'raw', 'wrong'].includes(step.do)
  }
}

function insert(
  db: PrismaRunner,
  engine: Engine,
  { table, rows, returning }: Of<'insert'>,
): Promise<unknown> {
  const data = rows.map((row) => dataOf(table, row))
  const select = selecting(returning)
  if (data.length === 1) return db[table]!.create({ data: data[0], ...select })
  return returning !== undefined && returns(engine)
    ? db[table]!.createManyAndReturn({ data, ...select })
    : db[table]!.createMany({ data })
}

/** Prisma knows conflicts on all keys at once; SQLite has none of that there. */
function upserts(db: PrismaRunner, engine: Engine, { table, rows, on, merge }: Of<'upsert'>): Calls {
  const data = rows.map((row) => dataOf(table, row))
  if (merge === 'ignore' && engine !== 'sqlite')
    return [db[table]!.createMany({ data, skipDuplicates: true })]
  return rows.map((row, at) => {
    const create = data[at]!
    const named = Object.fromEntries(on.map((column) => [column, row[column]!]))
    const taken = merge === 'all' ? Object.keys(create) : merge === 'ignore' ? [] : merge
    const change = Object.fromEntries(taken.map((column) => [column, create[column]]))
    return db[table]!.upsert({ where: uniqueWhere(table, named), create, update: change })
  })
}

function update(db: PrismaRunner, engine: Engine, step: Of<'update'>): Promise<unknown> {
  const { table, returning } = step
  const data = dataOf(table, step.set)
  const one = step.one === true ? uniqueWhere(table, step.where) : null
  if (one !== null) return db[table]!.update({ where: one, data, ...selecting(returning) })
  const where = whereOf(table, step.where)
  return returning !== undefined && returns(engine)
    ? db[table]!.updateManyAndReturn({ where, data, ...selecting(returning) })
    : db[table]!.updateMany({ where, data })
}

function aside(logs: Model, { what, id, n }: Of<'aside'>): Promise<unknown> {
  switch (what) {
    case 'insert':
      return logs.create({ data: { id, n } })
    case 'update':
      return logs.updateMany({ where: { id }, data: { n } })
    case 'delete':
      return logs.deleteMany({ where: { n: { gt: n } } })
    case 'read':
      return logs.findMany({ orderBy: { id: 'asc' } })
  }
}

function raw(db: PrismaRunner, engine: Engine, { sql, bindings }: Raw): Promise<unknown> {
  const text = numbered(sql, engine)
  const bare = sql.replace(/^(?:\s|\/\*.*?\*\/|--.*\n)+/, '')
  return /^(?:select|with)\b/i.test(bare) || /\breturning\b/i.test(bare)
    ? db.$queryRawUnsafe(text, ...bindings)
    : db.$executeRawUnsafe(text, ...bindings)
}

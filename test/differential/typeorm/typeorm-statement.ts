// The statements of a program in the words of TypeORM.

import type { Engine } from '@twinwrite/testkit'
import { type EntityManager, MoreThan } from 'typeorm'
import { numbered } from '../../conformance/numbered.ts'
import { lastId } from '../last-id.ts'
import type { Cell, Statement } from '../program.ts'
import { wrongTexts } from '../wrong-texts.ts'
import { conditionsOf, inKeyOrder } from './typeorm-conditions.ts'
import { adopt, copyOf, family, household, rework, save } from './typeorm-objects.ts'
import { read } from './typeorm-read.ts'

type Of<Name extends Statement['do']> = Statement & { readonly do: Name }

const innodb = (engine: Engine): boolean => engine === 'mysql' || engine === 'mariadb'

export async function runStatement(
  manager: EntityManager,
  engine: Engine,
  step: Statement,
): Promise<unknown> {
  switch (step.do) {
    case 'insert':
      return insert(manager, engine, step)
    case 'batchInsert':
      return manager.transaction(async (inner) => {
        const answers: unknown[] = []
        for (let at = 0; at < step.rows.length; at += step.size)
          answers.push(await inner.insert(step.table, step.rows.slice(at, at + step.size).map(copyOf)))
        return answers
      })
    case 'upsert': {
      const rows = step.rows.map(copyOf)
      if (step.merge === 'all') return manager.upsert(step.table, rows, [...step.on])
      const into = manager.createQueryBuilder().insert().into(step.table).values(rows)
      return (
        step.merge === 'ignore' ? into.orIgnore() : into.orUpdate([...step.merge], [...step.on])
      ).execute()
    }
    case 'insertSelect':
      return insertSelect(manager, engine, step)
    case 'insertAndAsk':
      return [await manager.insert(step.table, copyOf(step.row)), await manager.query(askId(engine, step))]
    case 'bulk':
      return manager.insert(
        'slots',
        Array.from({ length: step.count }, (_, n) => ({ tenant: step.tenant, sku: `b${n}`, n })),
      )
    case 'aside':
      return aside(manager, step)
    case 'update':
      return update(manager, engine, step)
    case 'increment':
      return manager.increment(step.table, conditionsOf(step.where), 'n', step.by)
    case 'delete': {
      const where = conditionsOf(step.where)
      if (step.returning === undefined || engine !== 'postgres') return manager.delete(step.table, where)
      const builder = manager.createQueryBuilder().delete().from(step.table).where(where)
      return builder.returning([...step.returning]).execute()
    }
    case 'deleteJoin': {
      const ownerId = innodb(engine) ? '`ownerId`' : '"ownerId"'
      const builder = manager.createQueryBuilder().delete().from('pets')
      return builder.where(`${ownerId} IN (SELECT id FROM owners WHERE n = :n)`, { n: step.n }).execute()
    }
    case 'softDelete': {
      const where = conditionsOf(step.where)
      return step.undo ? manager.restore('slots', where) : manager.softDelete('slots', where)
    }
    case 'save':
      return save(manager, step)
    case 'rework':
      return rework(manager, step)
    case 'family':
      return family(manager, step)
    case 'adopt':
      return adopt(manager, step)
    case 'household':
      return household(manager, step)
    case 'raw':
      return raw(manager, engine, numbered(step.sql, engine), step.bindings)
    case 'read':
      return read(manager, engine, step)
    case 'wrong':
      return raw(manager, engine, wrongTexts[step.what])
    case 'batch':
      throw new Error(`TypeORM has no words for ${step.do}`)
  }
}

/**
 * Whether TypeORM sends one statement, so that nothing can come in between: it reads what the database fills in. Raw SQL is
 * left out, since it reaches the driver in fewer turns than what TypeORM builds, and nobody promises in which order.
 */
export function isOne(step: Statement, engine: Engine): boolean {
  switch (step.do) {
    case 'insert':
    case 'upsert':
      return engine === 'postgres'
    case 'read':
      return step.form !== 'page' && step.form !== 'union'
    default:
      return ['insertSelect', 'update', 'increment', 'delete', 'deleteJoin', 'softDelete'].includes(step.do)
  }
}

function insert(
  manager: EntityManager,
  engine: Engine,
  { table, rows, returning }: Of<'insert'>,
): Promise<unknown> {
  const copies = rows.map(copyOf)
  if (returning === undefined || engine !== 'postgres') return manager.insert(table, copies)
  const builder = manager.createQueryBuilder().insert().into(table).values(copies)
  return builder.returning(returning.includes('*') ? '*' : [...returning]).execute()
}

function update(manager: EntityManager, engine: Engine, step: Of<'update'>): Promise<unknown> {
  const where = conditionsOf(step.where)
  const builder = manager.createQueryBuilder().update(step.table).set(copyOf(step.set)).where(where)
  if (step.limit !== undefined && innodb(engine))
    return builder.orderBy(inKeyOrder(step.table)).limit(step.limit).execute()
  if (step.returning !== undefined && engine === 'postgres')
    return builder.returning([...step.returning]).execute()
  return manager.update(step.table, where, copyOf(step.set))
}

/** A failed nested transaction may leave TypeORM outside of any, where PostgreSQL's `lastval()` is the journal's. */
const askId = (engine: Engine, { table }: Of<'insertAndAsk'>): string =>
  engine === 'postgres' ? `SELECT currval(pg_get_serial_sequence('${table}', 'id')) AS id` : lastId[engine]

async function raw(
  manager: EntityManager,
  engine: Engine,
  sql: string,
  bindings: readonly Cell[] = [],
): Promise<unknown> {
  const answer: unknown = await manager.query(sql, [...bindings])
  return engine === 'sqlite' && typeof answer === 'number' ? { lastInsertRowid: answer } : answer
}

/** TypeORM selects columns before expressions, whatever their order: in brackets all of them are expressions. */
function insertSelect(manager: EntityManager, engine: Engine, step: Of<'insertSelect'>): Promise<unknown> {
  const { add, suffix } = step
  const from = step.into === 'slots' ? 'items' : 'pets'
  const found = manager.createQueryBuilder().from(from, 'f').where(conditionsOf(step.where)).orderBy('f.id')
  const into = manager.createQueryBuilder().insert()
  if (step.into === 'pets') {
    found.select(`f.id + ${add}`, 'id').addSelect('(f.ownerId)', 'ownerId')
    found.addSelect('(f.name)', 'name').addSelect('(f.n)', 'n')
    return into.into('pets', ['id', 'ownerId', 'name', 'n']).valuesFromSelect(found).execute()
  }
  const sku = innodb(engine) ? `CONCAT(f.code, '${suffix}')` : `f.code || '${suffix}'`
  found
    .select(String(add), 'tenant')
    .addSelect(sku, 'sku')
    .addSelect('(f.n)', 'n')
    .addSelect('(f.name)', 'note')
  return into.into('slots', ['tenant', 'sku', 'n', 'note']).valuesFromSelect(found).execute()
}

function aside(manager: EntityManager, { what, id, n }: Of<'aside'>): Promise<unknown> {
  switch (what) {
    case 'insert':
      return manager.insert('logs', { id, n })
    case 'update':
      return manager.update('logs', { id }, { n })
    case 'delete':
      return manager.delete('logs', { n: MoreThan(n) })
    case 'read':
      return manager.find('logs', { order: { id: 'ASC' } })
  }
}

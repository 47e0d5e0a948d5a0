// Random statements.

import { objectStatement } from './object-statements.ts'
import { everyStep, type InsertSelect, type Row, type Statement, type Step } from './program.ts'
import { rawStatement } from './raw-statements.ts'
import {
  change,
  hasCounter,
  innodb,
  type Making,
  row,
  rows,
  tableNames,
  type TableName,
  where,
} from './rows.ts'

export type { Making } from './rows.ts'

export function statement(making: Making, inTransaction: boolean): Statement {
  const { random, engine } = making
  const what = random.below(88)
  if (what < 14) return insert(making)
  if (what < 17) return batchInsert(making)
  if (what < 25) return upsert(making)
  if (what < 27) return insertSelect(making)
  if (what < 39) return update(making)
  if (what < 42) return increment(making)
  if (what < 50) return remove(making)
  if (what < 52 && engine !== 'sqlite') return { do: 'deleteJoin', n: 1 + random.below(3) }
  if (what < 65) return rawStatement(engine, random, inTransaction)
  if (what === 65 && random.chance(0.2)) return { do: 'bulk', tenant: 10, count: 400 + random.below(800) }
  if (what === 66 && inTransaction && !making.ids.burned) return insertAndAsk(making)
  if (what < 77) return read(making)
  if (what > 79) return objectStatement(making)
  return {
    do: 'wrong',
    what: random.pick(['function', 'column', 'syntax', 'null', 'long', 'range'] as const),
  }
}

/** About the table that is not mapped: never beside others, since it stays on the source. */
export function aside({ random }: Making): Statement {
  const id = 1 + random.below(4)
  return {
    do: 'aside',
    what: random.pick(['insert', 'insert', 'update', 'delete', 'read']),
    id,
    n: random.below(4),
  }
}

/** Statements on different tables, which can run at once. */
export function apart(making: Making): Statement[] {
  const { random } = making
  const tables = (['items', 'slots', 'words', 'pets'] as const).filter(() => random.chance(0.7))
  return tables.map((table) => {
    const what = random.below(4)
    if (what === 0) return update(making, table)
    if (what === 1) return remove(making, table)
    return { do: 'insert', table, rows: [row(making, table, false)] }
  })
}

export const generatesIds = (made: Statement): boolean => [...everyStep(made)].some(generatesItsIds)

function generatesItsIds(made: Step): boolean {
  switch (made.do) {
    case 'insertAndAsk':
      return true
    case 'insert':
    case 'batchInsert':
    case 'upsert':
    case 'save':
      return hasCounter(made.table) && made.rows.some(isNumbered)
    case 'family':
    case 'adopt':
      return isNumbered(made.owner)
    default:
      return false
  }
}

const isNumbered = (given: Row): boolean => !('id' in given)

function insert(making: Making): Statement {
  const { random } = making
  const table = random.pick(tableNames)
  const made = rows(making, table, random.chance(0.6) ? 1 : 2 + random.below(4))
  const returning = random.chance(0.3) ? { returning: random.pick([['*'], ['n'], ['n', 'name']]) } : {}
  return { do: 'insert', table, rows: made, ...(hasCounter(table) ? returning : {}) }
}

function insertAndAsk(making: Making): Statement {
  const table = making.random.pick(['items', 'owners'] as const)
  return { do: 'insertAndAsk', table, row: row(making, table, true) }
}

function batchInsert(making: Making): Statement {
  const table = making.random.pick(tableNames)
  return {
    do: 'batchInsert',
    table,
    rows: rows(making, table, 2 + making.random.below(6)),
    size: 1 + making.random.below(4),
  }
}

const uniques: Record<TableName, readonly (readonly string[])[]> = {
  items: [['id'], ['code']],
  slots: [['tenant', 'sku']],
  words: [['word']],
  owners: [['id'], ['name']],
  pets: [['id']],
}

function upsert(making: Making): Statement {
  const { random, engine, ids } = making
  const table = random.pick(tableNames)
  const on = random.pick(uniques[table])
  // On its generated key a row can only clash when the key is given; one row has no two columns for one conflict on PostgreSQL.
  const numbered = hasCounter(table) && on[0] !== 'id' && !ids.burned
  const count = random.chance(0.6) ? 1 : 2 + random.below(2)
  const made = Array.from({ length: count }, () => row(making, table, numbered))
  if (numbered && innodb(engine)) ids.burned = true
  const merge = random.pick(['all', ['n'], 'ignore'] as const)
  return { do: 'upsert', table, rows: made, on, merge }
}

function insertSelect(making: Making): InsertSelect {
  const { random } = making
  const into = random.pick(['slots', 'slots', 'pets'] as const)
  return {
    do: 'insertSelect',
    into,
    add: into === 'slots' ? 5 + random.below(3) : 20 * (1 + random.below(2)),
    where: where(making, into === 'slots' ? 'items' : 'pets', true),
    suffix: random.pick(['', '-copy']),
  }
}

function update(making: Making, table: TableName = making.random.pick(tableNames)): Statement {
  const { random } = making
  const set = change(making, table)
  return {
    do: 'update',
    table,
    where: where(making, table, true),
    set,
    ...(random.chance(0.15) ? { limit: 1 + random.below(2) } : {}),
    ...(random.chance(0.2) ? { returning: ['n'] } : {}),
    ...(random.chance(0.5) ? { one: true } : {}),
  }
}

function increment(making: Making): Statement {
  const table = making.random.pick(tableNames)
  return { do: 'increment', table, where: where(making, table, true), by: making.random.pick([1, 2, -1]) }
}

function remove(making: Making, table: TableName = making.random.pick(tableNames)): Statement {
  const { random } = making
  return {
    do: 'delete',
    table,
    where: where(making, table, true),
    ...(random.chance(0.2) ? { returning: ['n'] } : {}),
    ...(random.chance(0.5) ? { one: true } : {}),
  }
}

const readForms = [
  'all',
  'all',
  'first',
  'pluck',
  'count',
  'page',
  'join',
  'group',
  'subquery',
  'stream',
  'lock',
  'union',
  'with',
  'distinct',
] as const

export function read(making: Making): Statement {
  const { random } = making
  const table = random.pick(tableNames)
  return { do: 'read', form: random.pick(readForms), table, where: where(making, table, false) }
}

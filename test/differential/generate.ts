// Random programs from a seed. Few keys and few values, so that statements meet: unique keys clash, rows vanish and come back,
// conditions find several rows.

import type { Stage } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { type Random, seeded } from '../torture/random.ts'
import type { Orm } from './orm.ts'
import type { Program, Row, Statement, Step, Transaction, Where } from './program.ts'
import { rawStatement } from './raw-statements.ts'

export interface GenerateOptions {
  readonly orm: Orm
  readonly engine: Engine
  /** Stages to move to in the middle. */
  readonly moves: readonly Stage[]
}

interface Scope {
  readonly orm: Orm
  readonly engine: Engine
  readonly random: Random
  /** 0 outside of a transaction. */
  readonly depth: number
  /**
   * On MySQL and MariaDB some inserts burn other gaps of generated ids than the plain statement; inside of a transaction counters
   * can't be brought together again, so no id may be generated after one of these.
   */
  readonly ids: { burned: boolean }
}

export function generate(seed: number, { orm, engine, moves }: GenerateOptions): Program {
  const random = seeded(seed)
  const scope: Scope = { orm, engine, random, depth: 0, ids: { burned: false } }
  const steps: Step[] = Array.from({ length: 3 + random.below(8) }, () => {
    scope.ids.burned = false
    return topStep(scope)
  })
  let at = 0
  for (const to of moves) {
    at += 1 + random.below(Math.max(1, steps.length - at))
    steps.splice(at, 0, { do: 'move', to })
  }
  return { seed, steps }
}

function topStep(scope: Scope): Step {
  const { random } = scope
  const what = random.below(10)
  if (what < 3) return transaction(scope)
  if (what === 3) return { do: 'together', steps: many(scope, 2, 4, read) }
  return statement(scope)
}

function transaction(scope: Scope): Transaction {
  const { random, engine } = scope
  const inner: Scope = { ...scope, depth: 1, ids: { burned: false } }
  const isolation =
    engine !== 'sqlite' && random.chance(0.2)
      ? { isolation: random.pick(['read committed', 'repeatable read', 'serializable'] as const) }
      : {}
  return {
    do: 'transaction',
    form: random.pick(['callback', 'callback', 'provider', 'manual']),
    end: random.pick(['commit', 'commit', 'commit', 'rollback', 'throw']),
    ...isolation,
    steps: many(inner, 1, 6, innerStep),
  }
}

function innerStep(scope: Scope): Step {
  const { random } = scope
  const what = random.below(12)
  if (what === 0 && scope.depth < 3) {
    return {
      do: 'savepoint',
      end: random.pick(['commit', 'commit', 'throw']),
      steps: many({ ...scope, depth: scope.depth + 1 }, 1, 4, innerStep),
    }
  }
  if (what === 1) return { do: 'together', steps: many(scope, 2, 4, besideOthers) }
  const done = statement(scope)
  return random.chance(0.15) ? { ...done, uncaught: true } : done
}

/** A batch insert in a transaction has a savepoint of its own, in which the others would find themselves by chance. */
function besideOthers(scope: Scope): Statement {
  const made = statement(scope)
  return made.do === 'batchInsert' ? read(scope) : made
}

function many<T>(scope: Scope, least: number, most: number, make: (scope: Scope) => T): T[] {
  return Array.from({ length: least + scope.random.below(most - least + 1) }, () => make(scope))
}

function statement(scope: Scope): Statement {
  const made = anyStatement(scope)
  return scope.orm.speaks(made) ? made : read(scope)
}

function anyStatement(scope: Scope): Statement {
  const { random } = scope
  const what = random.below(40)
  if (what < 7) return insert(scope)
  if (what < 9) return batchInsert(scope)
  if (what < 13) return upsert(scope)
  if (what < 14) return insertSelect(scope)
  if (what < 20) return update(scope)
  if (what < 22) return increment(scope)
  if (what < 26) return remove(scope)
  if (what < 27 && scope.engine !== 'sqlite') return { do: 'deleteJoin', n: 1 + random.below(3) }
  if (what < 32) return rawStatement(scope.engine, random)
  if (what < 38) return read(scope)
  return { do: 'wrong', what: random.pick(['function', 'column', 'syntax', 'null'] as const) }
}

const tableNames = ['items', 'items', 'items', 'slots', 'slots', 'words', 'owners', 'pets'] as const
type TableName = (typeof tableNames)[number]

const innodb = (engine: Engine): boolean => engine === 'mysql' || engine === 'mariadb'

/** A row as an app would insert it: with or without a key where the database can number it. */
function row(scope: Scope, table: TableName, numbered: boolean): Row {
  const { random } = scope
  const n = random.below(4)
  switch (table) {
    case 'items': {
      const given = {
        code: random.chance(0.4) ? `c${1 + random.below(10)}` : `x${random.below(100_000)}`,
        name: random.pick(['', 'a', "o'b", 'ünï 😀', 'back\\slash', null]),
        n,
        price: random.pick([null, '0.10', '12345678.99']),
      }
      return numbered ? given : { id: 1 + random.below(14), ...given }
    }
    case 'slots':
      return {
        tenant: random.below(3),
        sku: random.pick(['s1', 's2', 's3', 'a|b', 'ä"b', "it's"]),
        n,
        note: random.pick([null, '', 'note']),
      }
    case 'words':
      return { word: random.pick(['w1', 'w2', 'w3', 'w4', 'two words', 'ß']), n }
    case 'owners': {
      const given = { name: random.chance(0.4) ? `o${1 + random.below(5)}` : `y${random.below(100_000)}`, n }
      return numbered ? given : { id: 1 + random.below(6), ...given }
    }
    case 'pets':
      return { id: 1 + random.below(12), ownerId: 1 + random.below(5), name: random.pick(['p', null]), n }
  }
}

const hasCounter = (table: string): boolean => table === 'items' || table === 'owners'

function rows(scope: Scope, table: TableName, count: number): Row[] {
  const { random, ids, engine } = scope
  const numbered = hasCounter(table) && !ids.burned && random.chance(0.6)
  const made = Array.from({ length: count }, () => row(scope, table, numbered))
  // Given and generated ids in one statement.
  if (numbered && count > 1 && engine !== 'sqlite' && random.chance(0.15)) {
    made[random.below(count)] = row(scope, table, false)
    if (innodb(engine)) ids.burned = true
  }
  return made
}

function insert(scope: Scope): Statement {
  const { random } = scope
  const table = random.pick(tableNames)
  const made = rows(scope, table, random.chance(0.6) ? 1 : 2 + random.below(4))
  const returning = random.chance(0.3) ? { returning: random.pick([['*'], ['n'], ['n', 'name']]) } : {}
  return { do: 'insert', table, rows: made, ...(table === 'items' || table === 'owners' ? returning : {}) }
}

function batchInsert(scope: Scope): Statement {
  const table = scope.random.pick(tableNames)
  return {
    do: 'batchInsert',
    table,
    rows: rows(scope, table, 2 + scope.random.below(6)),
    size: 1 + scope.random.below(4),
  }
}

const uniques: Record<TableName, readonly (readonly string[])[]> = {
  items: [['id'], ['code']],
  slots: [['tenant', 'sku']],
  words: [['word']],
  owners: [['id'], ['name']],
  pets: [['id']],
}

function upsert(scope: Scope): Statement {
  const { random, engine, ids } = scope
  const table = random.pick(tableNames)
  const on = random.pick(uniques[table])
  // On its generated key a row can only clash when the key is given; one row has no two columns for one conflict on PostgreSQL.
  const numbered = hasCounter(table) && on[0] !== 'id' && !ids.burned
  const count = random.chance(0.6) ? 1 : 2 + random.below(2)
  const made = Array.from({ length: count }, () => row(scope, table, numbered))
  if (numbered && innodb(engine)) ids.burned = true
  return {
    do: 'upsert',
    table,
    rows: made,
    on,
    merge: random.pick([innodb(engine) ? ['n'] : 'all', ['n'], 'ignore'] as const),
  }
}

function insertSelect(scope: Scope): Statement {
  return {
    do: 'insertSelect',
    tenant: 5 + scope.random.below(3),
    where: where(scope, 'items'),
    suffix: scope.random.pick(['', '-copy']),
  }
}

function where({ random }: Scope, table: TableName): Where {
  const idWithin = (most: number): Where => ({ id: 1 + random.below(most) })
  const key: Record<TableName, () => Where> = {
    items: () => (random.chance(0.5) ? idWithin(10) : { code: `c${1 + random.below(8)}` }),
    slots: () => ({
      tenant: random.below(3),
      ...(random.chance(0.7) ? { sku: `s${1 + random.below(4)}` } : {}),
    }),
    words: () => ({ word: `w${1 + random.below(4)}` }),
    owners: () => (random.chance(0.5) ? idWithin(5) : { name: `o${1 + random.below(4)}` }),
    pets: () => (random.chance(0.5) ? idWithin(10) : { ownerId: 1 + random.below(4) }),
  }
  const what = random.below(10)
  if (what < 5) return key[table]()
  if (what < 7) return { n: random.below(4) }
  if (what === 7) return { n: [random.pick(['<', '<=', '>', '>=', '<>'] as const), random.below(4)] }
  if (what === 8) return { n: ['in', [random.below(4), random.below(4)]] }
  return { ...key[table](), n: ['>=', random.below(3)] }
}

function change(scope: Scope, table: TableName): Row {
  const { random } = scope
  const n = random.below(4)
  const made = row(scope, table, false)
  // Mostly other columns, sometimes the key or a unique value.
  if (random.chance(0.75)) return table === 'slots' ? { note: made['note'] ?? null, n } : { n }
  switch (table) {
    case 'items':
      return random.chance(0.5) ? { code: made['code']!, n } : { id: made['id']!, n }
    case 'slots':
      return random.chance(0.5) ? { tenant: made['tenant']! } : { sku: made['sku']!, n }
    case 'words':
      return { word: made['word']! }
    case 'owners':
      return { name: made['name']! }
    case 'pets':
      return random.chance(0.5) ? { ownerId: made['ownerId']! } : { id: made['id']! }
  }
}

function update(scope: Scope): Statement {
  const { random } = scope
  const table = random.pick(tableNames)
  return {
    do: 'update',
    table,
    where: where(scope, table),
    set: change(scope, table),
    ...(random.chance(0.15) ? { limit: 1 + random.below(2) } : {}),
    ...(random.chance(0.2) ? { returning: ['n'] } : {}),
  }
}

function increment(scope: Scope): Statement {
  const table = scope.random.pick(tableNames)
  return { do: 'increment', table, where: where(scope, table), by: scope.random.pick([1, 2, -1]) }
}

function remove(scope: Scope): Statement {
  const { random } = scope
  const table = random.pick(tableNames)
  return {
    do: 'delete',
    table,
    where: where(scope, table),
    ...(random.chance(0.15) ? { limit: 1 + random.below(2) } : {}),
    ...(random.chance(0.2) ? { returning: ['n'] } : {}),
  }
}

function read(scope: Scope): Statement {
  const { random } = scope
  const table = random.pick(tableNames)
  return {
    do: 'read',
    form: random.pick([
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
    ]),
    table,
    where: where(scope, table),
  }
}

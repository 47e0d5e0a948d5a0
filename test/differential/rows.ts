// Rows, changes and conditions of random statements. Few keys and few values, so that statements meet: unique keys clash, rows
// vanish and come back, conditions find several rows. Some values are spelled as apps spell them: numbers as texts and the like.

import type { Engine } from '@twinwrite/testkit'
import type { Random } from '../random.ts'
import type { Cell, Row, Where } from './program.ts'

export interface Making {
  readonly engine: Engine
  readonly random: Random
  /**
   * On MySQL and MariaDB some inserts burn other gaps of generated ids than the plain statement; inside of a transaction counters
   * can't be brought together again, so no id may be generated after one of these.
   */
  readonly ids: { burned: boolean }
}

export const tableNames = ['items', 'items', 'items', 'slots', 'slots', 'words', 'owners', 'pets'] as const
export type TableName = (typeof tableNames)[number]

export const innodb = (engine: Engine): boolean => engine === 'mysql' || engine === 'mariadb'
export const hasCounter = (table: string): boolean => table === 'items' || table === 'owners'

/** A whole number as it may be given for a column of numbers; a key that is rounded is refused. */
function written({ engine, random }: Making, n: number, isKey: boolean): Cell {
  if (random.chance(0.94)) return n
  const spellings: Cell[] = [String(n), `0${n}`]
  if (innodb(engine)) spellings.push(` ${n}`)
  if (innodb(engine) && !isKey) spellings.push(n + 0.4, n - 0.5, `${n}.2`)
  if (engine !== 'postgres' && n < 2) spellings.push(n === 1)
  return random.pick(spellings)
}

/** The same in a condition. @param anything whether it may be no number at all, which is an error on some of the engines */
function compared(making: Making, n: number, anything: boolean): Cell {
  const { engine, random } = making
  if (random.chance(0.94)) return n
  const spellings: Cell[] = [String(n), `0${n}`, `${n}.0`, n + 0.5, -n, 9_007_199_254_740_992]
  // PostgreSQL ends the transaction.
  if (anything && (engine !== 'postgres' || random.chance(0.2))) spellings.push(`${n}x`, `${n} `, '', 'x')
  return random.pick(spellings)
}

/** A text as a collation may take it for another one. */
function folded(random: Random, text: string): string {
  return random.chance(0.9)
    ? text
    : random.pick([text.toUpperCase(), `${text} `, ` ${text}`, `${text}\u0301`])
}

/** A row as an app would insert it: with or without a key where the database can number it. */
export function row(making: Making, table: TableName, numbered: boolean): Row {
  const { random } = making
  const n = written(making, random.below(4), false)
  const id = (most: number): Cell => written(making, 1 + random.below(most), true)
  switch (table) {
    case 'items': {
      const given = {
        code: random.chance(0.4) ? folded(random, `c${1 + random.below(10)}`) : `x${random.below(100_000)}`,
        name: random.pick(['', 'a', "o'b", 'ünï 😀', 'back\\slash', '?', null]),
        n,
        price: random.pick([null, '0.10', '12345678.99']),
      }
      return numbered ? given : { id: id(14), ...given }
    }
    case 'slots':
      return {
        tenant: written(making, random.below(3), true),
        sku: folded(random, random.pick(['s1', 's2', 's3', 'a|b', 'ä"b', "it's"])),
        n,
        note: random.pick([null, '', 'note']),
      }
    case 'words':
      return { word: folded(random, random.pick(['w1', 'w2', 'w3', 'w4', 'two words', 'ß'])), n }
    case 'owners': {
      const given = { name: random.chance(0.4) ? `o${1 + random.below(5)}` : `y${random.below(100_000)}`, n }
      return numbered ? given : { id: id(6), ...given }
    }
    case 'pets':
      return { id: id(12), ownerId: 1 + random.below(5), name: random.pick(['p', null]), n }
  }
}

export function rows(making: Making, table: TableName, count: number): Row[] {
  const { random, ids, engine } = making
  const numbered = hasCounter(table) && !ids.burned && random.chance(0.6)
  const made = Array.from({ length: count }, () => row(making, table, numbered))
  // Given and generated ids in one statement.
  if (numbered && count > 1 && engine !== 'sqlite' && random.chance(0.15)) {
    made[random.below(count)] = row(making, table, false)
    if (innodb(engine)) ids.burned = true
  }
  return made
}

/** @param writes whether rows are written where this holds: there MySQL and MariaDB fail or not as their plan happens to compare */
export function where(making: Making, table: TableName, writes: boolean): Where {
  const { random } = making
  const anything = !writes || !innodb(making.engine)
  const either = (one: Where, other: Where): Where => (random.chance(0.5) ? one : other)
  const within = (most: number): Cell => compared(making, 1 + random.below(most), anything)
  const key: Record<TableName, () => Where> = {
    items: () => either({ id: within(10) }, { code: folded(random, `c${1 + random.below(8)}`) }),
    slots: () => ({
      tenant: compared(making, random.below(3), anything),
      ...(random.chance(0.7) ? { sku: folded(random, `s${1 + random.below(4)}`) } : {}),
    }),
    words: () => ({ word: folded(random, `w${1 + random.below(4)}`) }),
    owners: () => either({ id: within(5) }, { name: `o${1 + random.below(4)}` }),
    pets: () => either({ id: within(10) }, { ownerId: 1 + random.below(4) }),
  }
  const what = random.below(12)
  if (what < 6) return key[table]()
  if (what < 8) return { n: compared(making, random.below(4), anything) }
  if (what === 8) return { n: [random.pick(['<', '<=', '>', '>=', '<>'] as const), random.below(4)] }
  if (what === 9) return { n: ['in', Array.from({ length: random.below(4) }, () => random.below(4))] }
  if (what === 10 && hasCounter(table)) return { id: ['in', [within(8), within(8), within(8)]] }
  return { ...key[table](), n: ['>=', random.below(3)] }
}

/** What an update sets: mostly other columns, sometimes the key or a unique value. */
export function change(making: Making, table: TableName): Row {
  const { random } = making
  const made = row(making, table, false)
  const n = made['n'] ?? null
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

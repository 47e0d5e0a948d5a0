// `returning` of an insert for an engine that has none (MySQL): the rows are read behind the insert, in its transaction, by
// values that name them: those of the conflict target, of the key, or the numbers that the database gave. Where
// nothing names them for sure, the insert is refused.

import type { Knex } from 'knex'
import { type Builder, type Compiled, isPlainObject } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import { identifierText } from './identifier.ts'
import type { MappedTable } from './mapped-table.ts'
import type { Outcome } from './outcome.ts'

export interface ReturnedRows {
  /** How many rows there must be. */
  readonly count: number
  /** The read behind the insert; null: it left the one row alone. */
  read(insert: Pick<Outcome, 'affected' | 'insertId'>): Compiled | null
}

/** Takes `returning` out of a carried insert. @param table the written one; undefined: not mapped */
export function planReturned(
  carrying: Carrying,
  carried: Builder,
  table: MappedTable | undefined,
): ReturnedRows | null {
  const { _method: method, _single: single } = carried
  const { insert, returning } = single
  if (carrying.sameDialect || method !== 'insert' || carrying.to.honours.insert.has('returning')) return null
  if (!Array.isArray(returning) || returning.length === 0) return null
  delete single['returning']
  const rows: unknown[] = Array.isArray(insert) ? insert : [insert]
  if (rows.length === 0 || table === undefined) return null
  const named = nameRows(carrying, single, table, rows)
  if (named === null) {
    carrying.refuse(
      'the clause "returning" of an insert whose rows nothing names for sure (rows with and without keys, keys that the database ' +
        'computes, several rows some of which may be left alone)',
      {
        table: table.names.mapping,
        hint: 'Give the keys yourself, insert one row at a time, or select the rows.',
      },
    )
    return null
  }
  const { target } = carrying
  const leaves = single['ignore'] === true
  return {
    count: rows.length,
    read: ({ affected, insertId }) => {
      if (leaves && affected === 0) return null
      const builder = target.queryBuilder()
      builder._single['table'] = single['table']
      const query = builder as unknown as Knex.QueryBuilder
      void query.select(returning as string[])
      if ('counter' in named) {
        const ids = rows.map((_, index) =>
          target.raw('? + ? * @@SESSION.auto_increment_increment', [insertId, index]),
        )
        void query.whereIn(named.counter, ids as unknown as number[]).orderBy(named.counter)
      } else {
        void query.where((any) => {
          for (const values of named.values) void any.orWhere(condition(named.columns, values))
        })
        if (rows.length > 1) void query.orderByRaw(inOrder(carrying, named))
      }
      return builder.toSQL() as Compiled
    },
  }
}

type Value = string | number | bigint | boolean | Date | Buffer

interface GivenValues {
  readonly columns: readonly string[]
  /** Per row. */
  readonly values: readonly (readonly Value[])[]
}

/** By what the rows are found again; null: by nothing. */
function nameRows(
  carrying: Carrying,
  { onConflict, merge, ignore }: Record<string, unknown>,
  table: MappedTable,
  rows: readonly unknown[],
): GivenValues | { readonly counter: string } | null {
  if (ignore !== undefined && rows.length > 1) return null
  if (merge !== undefined)
    return Array.isArray(onConflict) ? givenValues(onConflict as unknown[], rows) : null
  const key = carrying.keyOf(table)?.map((name) => identifierText([name]))
  if (key === undefined) return null
  const counter = carrying.counterOf(table)
  const name = counter === null ? null : identifierText([counter])
  const isNumbered = (row: unknown): boolean => isPlainObject(row) && name !== null && row[name] == null
  if (name !== null && key.length === 1 && key[0] === name && rows.every(isNumbered)) return { counter: name }
  return givenValues(key, rows)
}

function givenValues(columns: readonly unknown[], rows: readonly unknown[]): GivenValues | null {
  const values: Value[][] = []
  for (const row of rows) {
    if (!isPlainObject(row)) return null
    const given = columns.map((column) => (typeof column === 'string' ? row[column] : undefined))
    if (!given.every(isValue)) return null
    values.push(given)
  }
  return { columns: columns as readonly string[], values }
}

function isValue(value: unknown): value is Value {
  const isObject = value instanceof Date || Buffer.isBuffer(value)
  return isObject || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
}

const condition = (columns: readonly string[], values: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(columns.map((column, index) => [column, values[index]!]))

/** PostgreSQL returns rows in the order in which they were given. */
function inOrder({ target }: Carrying, { columns, values }: GivenValues): Knex.Raw {
  const when = `when ${columns.map(() => '?? = ?').join(' and ')} then ?`
  return target.raw(
    `case ${values.map(() => when).join(' ')} end`,
    values.flatMap((row, index) => [...columns.flatMap((column, part) => [column, row[part]!]), index]),
  ) as unknown as Knex.Raw
}

// What follows the SET list of an UPDATE and the tables of a DELETE: WHERE, ORDER BY, LIMIT, RETURNING.

import type { Cursor } from './cursor.ts'
import { codeSet, kw } from './keyword.ts'
import { predicate } from './predicate.ts'
import { returning } from './returning.ts'
import type { Predicate, Range, Returning } from './statement.ts'

export interface Tail {
  readonly where: Range | null
  readonly predicate: Predicate | null
  readonly whereAt: number
  readonly currentOf: boolean
  readonly orderBy: Range | null
  readonly limit: Range | null
  readonly returning: Returning | null
  readonly insertReturningAt: number
}

/** Words that start one of the clauses. */
export const tailWords = codeSet(kw.WHERE, kw.ORDER, kw.LIMIT, kw.RETURNING)
const afterWhere = codeSet(kw.ORDER, kw.LIMIT, kw.RETURNING)

/** The clauses from the cursor to the end of the statement; refuses anything else there. */
export function tail(cursor: Cursor): Tail {
  const { grammar, tokens } = cursor
  const whereAt = cursor.endBefore(cursor.at)
  let where: Range | null = null
  let condition: Predicate | null = null
  let currentOf = false
  if (cursor.accept(kw.WHERE)) {
    const from = cursor.at
    const to = cursor.find(afterWhere, from)
    if (from === to) cursor.refuse()
    where = cursor.range(from, to)
    currentOf = tokens.code[from] === kw.CURRENT && tokens.code[from + 1] === kw.OF
    if (!currentOf) condition = predicate(cursor, from, to)
    cursor.at = to
  }
  let insertReturningAt = cursor.endBefore(grammar.returningBeforeOrder ? cursor.at : cursor.stop)
  let orderBy: Range | null = null
  let limit: Range | null = null
  let list: Returning | null = null
  while (!cursor.done) {
    const from = cursor.at
    const to = cursor.find(afterWhere, from + 1)
    if (cursor.code() === kw.ORDER && orderBy === null) orderBy = cursor.range(from, to)
    else if (cursor.code() === kw.LIMIT && limit === null) limit = cursor.range(from, to)
    else if (cursor.code() === kw.RETURNING && grammar.returning && list === null) {
      list = returning(cursor, from, to)
      insertReturningAt = list.range.end
    } else cursor.refuse()
    cursor.at = to
  }
  return {
    where,
    predicate: condition,
    whereAt,
    currentOf,
    orderBy,
    limit,
    returning: list,
    insertReturningAt,
  }
}

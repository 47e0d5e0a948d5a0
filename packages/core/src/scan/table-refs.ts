// MySQL's table references: what stands between UPDATE and SET, or behind FROM and USING of a multi-table
// DELETE.

import type { Cursor } from './cursor.ts'
import { codeSet, kw } from './keyword.ts'
import type { TargetTable } from './statement.ts'
import { mark, tk } from './token.ts'

export interface TableRefs {
  readonly tables: readonly TargetTable[]
  /** Whether this is one table alone, without joins and derived tables. */
  readonly single: boolean
  readonly partition: boolean
}

const notAlias = codeSet(
  kw.SET,
  kw.PARTITION,
  kw.JOIN,
  kw.INNER,
  kw.CROSS,
  kw.LEFT,
  kw.RIGHT,
  kw.NATURAL,
  kw.STRAIGHT_JOIN,
  kw.ON,
  kw.USING,
  kw.USE,
  kw.FORCE,
  kw.IGNORE,
  kw.FOR,
  kw.WHERE,
  kw.ORDER,
  kw.LIMIT,
  kw.RETURNING,
)
const joinWords = codeSet(kw.JOIN, kw.INNER, kw.CROSS, kw.LEFT, kw.RIGHT, kw.NATURAL, kw.STRAIGHT_JOIN)
const queryWords = codeSet(kw.SELECT, kw.WITH, kw.VALUES, kw.TABLE, kw.LATERAL)

/** The references from the cursor up to token `to`; refuses what it can't follow. */
export function tableRefs(cursor: Cursor, to: number): TableRefs {
  const tables: TargetTable[] = []
  let partition = false
  let single = true
  /** Ends of the parenthesised joins that are open. */
  const closes: number[] = []
  for (;;) {
    if (cursor.at >= to) cursor.refuse()
    if (cursor.code() === mark.open && !isDerived(cursor)) {
      closes.push(cursor.after(cursor.at) - 1)
      cursor.at++
      continue
    }
    if (cursor.accept(kw.LATERAL) || cursor.code() === mark.open) {
      single = false
      cursor.group()
      if (cursor.alias(notAlias) !== null && cursor.code() === mark.open) cursor.group()
    } else {
      const table = cursor.tableName()
      // A table function such as JSON_TABLE.
      if (cursor.code() === mark.open) {
        single = false
        cursor.group()
        cursor.alias(notAlias)
      } else {
        if (cursor.accept(kw.PARTITION)) {
          partition = true
          cursor.group()
        }
        tables.push({ ...table, alias: cursor.alias(notAlias) })
      }
    }
    indexHints(cursor)
    if (!nextFactor(cursor, to, closes)) break
    single = false
  }
  if (closes.length > 0 || cursor.at !== to) cursor.refuse()
  return { tables, single, partition }
}

function isDerived(cursor: Cursor): boolean {
  let ahead = 1
  while (cursor.code(ahead) === mark.open) ahead++
  return queryWords[cursor.code(ahead)] === 1
}

/** `USE INDEX FOR JOIN (a, b)` */
function indexHints(cursor: Cursor): void {
  const { code } = cursor.tokens
  for (;;) {
    const hint = cursor.code() === kw.USE || cursor.code() === kw.FORCE || cursor.code() === kw.IGNORE
    if (!hint || (cursor.code(1) !== kw.INDEX && cursor.code(1) !== kw.KEY)) return
    cursor.at += 2
    while (!cursor.done && code[cursor.at] !== mark.open && cursor.kind() === tk.word) cursor.at++
    cursor.group()
    cursor.accept(mark.comma)
  }
}

/** Steps over ON, USING, closing parentheses and the join words to the next factor; false at `to`. */
function nextFactor(cursor: Cursor, to: number, closes: number[]): boolean {
  for (;;) {
    const limit = closes.at(-1) ?? to
    if (cursor.accept(kw.ON)) {
      const from = cursor.at
      while (cursor.at < limit && cursor.code() !== mark.comma && !isJoinWord(cursor))
        cursor.at = cursor.after(cursor.at)
      if (cursor.at === from) cursor.refuse()
    } else if (cursor.accept(kw.USING)) {
      cursor.group()
    } else if (cursor.at === limit && closes.length > 0) {
      closes.pop()
      cursor.at++
    } else break
  }
  if (cursor.at >= to) return false
  if (cursor.accept(mark.comma)) return true
  let joined = false
  while (joinWords[cursor.code()] === 1 || (cursor.code() === kw.OUTER && joined)) {
    joined = true
    cursor.at++
  }
  if (!joined) cursor.refuse()
  return true
}

/** LEFT( and RIGHT( are functions, a word behind a dot is a column. */
function isJoinWord(cursor: Cursor): boolean {
  if (joinWords[cursor.code()] !== 1 || cursor.tokens.code[cursor.at - 1] === mark.dot) return false
  return !((cursor.code() === kw.LEFT || cursor.code() === kw.RIGHT) && cursor.code(1) === mark.open)
}

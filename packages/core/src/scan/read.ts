// Statements that write no row: SELECT and its kin, EXPLAIN, SHOW.

import type { Cursor } from './cursor.ts'
import { codeSet, kw } from './keyword.ts'
import type { ReadScan, TableName } from './statement.ts'
import { mark, tk } from './token.ts'
import { withClause } from './with.ts'

const endsFrom = codeSet(
  kw.WHERE,
  kw.GROUP,
  kw.HAVING,
  kw.ORDER,
  kw.LIMIT,
  kw.OFFSET,
  kw.FETCH,
  kw.UNION,
  kw.EXCEPT,
  kw.INTERSECT,
  kw.SELECT,
  kw.WINDOW,
  kw.INTO,
)
const beforeTable = codeSet(kw.ONLY, kw.LATERAL, kw.TABLE)
const notTable = codeSet(kw.SELECT, kw.WITH, kw.VALUES)
const lockWords = codeSet(kw.UPDATE, kw.SHARE, kw.NO, kw.KEY)
const readVerbs = codeSet(kw.SELECT, kw.VALUES, kw.TABLE)

/** A read of which nothing more is asked. */
export const plainRead: ReadScan = { kind: 'read', locks: false, tables: [] }

/** The query from the cursor to the end; refuses PostgreSQL's SELECT .. INTO. */
export function query(cursor: Cursor): ReadScan {
  const { code, kind } = cursor.tokens
  const tables: TableName[] = []
  let locks = false
  /** Per open parenthesis, and for the statement: whether a comma separates tables there. */
  const inFrom: boolean[] = [false]
  let expected = cursor.code() === kw.TABLE
  for (let at = cursor.at; at < cursor.stop; at++) {
    const depth = inFrom.length - 1
    const here = code[at] as number
    if (here === mark.open) {
      const joined = expected && notTable[code[at + 1] as number] !== 1
      inFrom.push(joined)
      expected = joined
      continue
    }
    if (here === mark.close) {
      if (depth > 0) inFrom.pop()
    } else if (here === mark.comma) {
      expected = inFrom[depth] as boolean
      continue
    } else if (expected && cursor.isName(at)) {
      if (beforeTable[here] === 1) continue
      cursor.at = at
      const table = cursor.tableName()
      if (cursor.code() !== mark.open) tables.push(table)
      at = cursor.at - 1
    } else if (kind[at] === tk.word && !cursor.follows(at)) {
      if (here === kw.FROM && code[at - 1] !== kw.DISTINCT) {
        inFrom[depth] = true
        expected = true
        continue
      }
      if (here === kw.JOIN || here === kw.STRAIGHT_JOIN) {
        expected = inFrom[depth] as boolean
        continue
      }
      const next = code[at + 1] as number
      if (here === kw.INTO && cursor.grammar.selectIntoTable) cursor.refuse('select-into')
      const locking = here === kw.FOR ? lockWords[next] === 1 : here === kw.LOCK && next === kw.IN
      if (locking) locks = true
      if (locking || endsFrom[here] === 1) inFrom[depth] = false
    }
    expected = false
  }
  return { kind: 'read', locks, tables }
}

/**
 * EXPLAIN, DESCRIBE and MariaDB's ANALYZE: a read, unless the statement is also run and might write.
 * The cursor stands behind the verb. `runs`: the verb itself says so.
 */
export function explain(cursor: Cursor, runs = false): ReadScan {
  const { code } = cursor.tokens
  let at = cursor.at
  // Options: words, values, and PostgreSQL's (ANALYZE, FORMAT json).
  for (; at < cursor.stop; at++) {
    const here = code[at] as number
    if (here === kw.ANALYZE || here === kw.ANALYSE) runs = true
    else if (here === mark.open && at === cursor.at) {
      const end = cursor.after(at)
      const nested =
        readVerbs[code[at + 1] as number] === 1 || code[at + 1] === kw.WITH || code[at + 1] === mark.open
      if (nested) break
      for (; at < end; at++) if (code[at] === kw.ANALYZE || code[at] === kw.ANALYSE) runs = true
      at = end - 1
    } else if (startsStatement[here] === 1 || here === mark.open) break
  }
  if (!runs) return plainRead
  cursor.at = at
  withClause(cursor)
  if (readVerbs[cursor.code()] !== 1 && cursor.code() !== mark.open) cursor.refuse('explain-analyze-write')
  return query(cursor)
}

const startsStatement = codeSet(
  kw.SELECT,
  kw.VALUES,
  kw.TABLE,
  kw.WITH,
  kw.INSERT,
  kw.UPDATE,
  kw.DELETE,
  kw.REPLACE,
  kw.MERGE,
  kw.CREATE,
  kw.EXECUTE,
  kw.DECLARE,
  kw.REFRESH,
)

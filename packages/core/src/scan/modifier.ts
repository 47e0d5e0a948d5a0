// Words between the verb and its table.

import type { Cursor } from './cursor.ts'
import { kw } from './keyword.ts'
import type { SqliteConflict } from './statement.ts'

const sqliteConflicts: Record<string, SqliteConflict> = {
  abort: 'or-abort',
  fail: 'or-fail',
  ignore: 'or-ignore',
  replace: 'or-replace',
  rollback: 'or-rollback',
}

/** SQLite's `OR IGNORE` and kin. */
export function orConflict(cursor: Cursor): SqliteConflict | null {
  if (!cursor.grammar.orConflict || !cursor.accept(kw.OR)) return null
  const word = cursor.tokens.text(cursor.at).toLowerCase()
  cursor.at++
  return sqliteConflicts[word] ?? cursor.refuse()
}

/** Takes those of MySQL's words that are given, in any order, in lower case. */
export function mysqlModifiers(cursor: Cursor, ...words: number[]): string[] {
  const found: string[] = []
  while (cursor.grammar.multiTable && words.includes(cursor.code())) {
    found.push(cursor.tokens.text(cursor.at++).toLowerCase())
  }
  return found
}

// The WITH clause in front of a statement.

import type { Cursor } from './cursor.ts'
import { codeSet, kw } from './keyword.ts'
import type { Range, TableName } from './statement.ts'
import { mark, tk } from './token.ts'

const mainVerbs = codeSet(
  kw.SELECT,
  kw.VALUES,
  kw.TABLE,
  kw.INSERT,
  kw.UPDATE,
  kw.DELETE,
  kw.REPLACE,
  kw.MERGE,
)

/** The names that a leading WITH clause defines, up to the first that is not written as usual. */
export function commonTables(cursor: Cursor): TableName[] {
  const names: TableName[] = []
  if (!cursor.accept(kw.WITH)) return names
  cursor.accept(kw.RECURSIVE)
  do {
    if (!cursor.isName(cursor.at)) break
    const name = cursor.tableName()
    if (cursor.code() === mark.open) cursor.group()
    if (!cursor.accept(kw.AS)) break
    cursor.accept(kw.NOT)
    cursor.accept(kw.MATERIALIZED)
    if (cursor.code() !== mark.open) break
    cursor.group()
    names.push(name)
  } while (cursor.accept(mark.comma))
  return names
}

/** Steps over a leading WITH clause to the verb of the statement and gives the clause's range. */
export function withClause(cursor: Cursor): Range | null {
  if (cursor.code() !== kw.WITH) return null
  const { code, kind } = cursor.tokens
  const from = cursor.at
  for (let index = from + 1; index < cursor.stop; index = cursor.after(index)) {
    const before = code[index - 1]
    const query = code[index] === mark.open && before === mark.close
    const verb = kind[index] === tk.word && mainVerbs[code[index] as number] === 1
    const name = before === kw.WITH || before === kw.RECURSIVE || before === mark.comma || before === kw.AS
    if (query || (verb && !name)) {
      cursor.at = index
      return cursor.range(from, index)
    }
  }
  return cursor.refuse()
}

// Statements that define things, and TRUNCATE. Only what they are about is told, best effort: on a mapped
// table the caller stops or re-reads the catalog whatever they do.

import { codeSet, kw } from './keyword.ts'
import { Refusal, type Cursor } from './cursor.ts'
import type { DdlScan, TableName, TruncateScan } from './statement.ts'
import { mark, tk } from './token.ts'
import { wordsOf } from './words.ts'

const objects = codeSet(
  kw.TABLE,
  kw.INDEX,
  kw.VIEW,
  kw.TRIGGER,
  kw.FUNCTION,
  kw.PROCEDURE,
  kw.EVENT,
  kw.PACKAGE,
  kw.SCHEMA,
  kw.DATABASE,
  kw.COLUMN,
  kw.USER,
  kw.ROLE,
  kw.CONSTRAINT,
)
const onWord = codeSet(kw.ON)
const renameWord = codeSet(kw.RENAME)
const notNewName = codeSet(kw.COLUMN, kw.INDEX, kw.KEY, kw.CONSTRAINT)

/** The cursor stands behind the verb. */
export function definition(cursor: Cursor): DdlScan {
  const { tokens } = cursor
  const verb = tokens.text(cursor.at - 1).toLowerCase()
  let object: string | null = null
  for (let at = cursor.at; at < cursor.stop && at < cursor.at + 16; at++) {
    if (tokens.kind[at] === tk.word && objects[tokens.code[at] as number] === 1) {
      object = tokens.text(at).toLowerCase()
      cursor.at = at + 1
      break
    }
  }
  return { kind: 'ddl', verb, object, tables: tablesOf(cursor, verb, object), names: wordsOf(tokens.sql) }
}

function tablesOf(cursor: Cursor, verb: string, object: string | null): TableName[] {
  const tables: TableName[] = []
  try {
    if (object === 'table') tableNames(cursor, verb, tables)
    else if (object === 'index' || object === 'trigger') {
      cursor.at = cursor.find(onWord, cursor.at) + 1
      cursor.accept(kw.ONLY)
      tables.push(cursor.tableName())
    } else if (object === 'column') {
      const column = cursor.tableName()
      if (column.schema !== null) tables.push({ ...column, schema: null, name: column.schema })
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
  return tables
}

function tableNames(cursor: Cursor, verb: string, tables: TableName[]): void {
  do {
    if (cursor.accept(kw.IF)) {
      cursor.accept(kw.NOT)
      cursor.expect(kw.EXISTS)
    }
    cursor.accept(kw.ONLY)
    tables.push(cursor.tableName())
    if (verb === 'rename' && cursor.accept(kw.TO)) tables.push(cursor.tableName())
  } while (cursor.accept(mark.comma))
  if (verb !== 'alter') return
  cursor.at = cursor.find(renameWord, cursor.at)
  if (!cursor.accept(kw.RENAME) || notNewName[cursor.code()] === 1) return
  const said = cursor.accept(kw.TO) || cursor.accept(kw.AS)
  // PostgreSQL: RENAME a TO b renames a column.
  if (said || cursor.code(1) !== kw.TO) tables.push(cursor.tableName())
}

/** The cursor stands behind TRUNCATE. */
export function truncate(cursor: Cursor): TruncateScan {
  cursor.accept(kw.TABLE)
  const tables: TableName[] = []
  do {
    cursor.accept(kw.ONLY)
    tables.push(cursor.tableName())
    cursor.accept(mark.star)
  } while (cursor.accept(mark.comma))
  let cascade = false
  for (; !cursor.done; cursor.at++) {
    if (cursor.kind() !== tk.word && cursor.kind() !== tk.number) cursor.refuse()
    if (cursor.code() === kw.CASCADE) cascade = true
  }
  return { kind: 'truncate', tables, cascade }
}

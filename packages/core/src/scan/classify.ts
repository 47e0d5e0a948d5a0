// One SQL text -> what it is. Looks at the first word, hands the rest to the parser of that statement.

import { Cursor, Refusal } from './cursor.ts'
import { definition, truncate } from './ddl.ts'
import { deleteStatement } from './delete.ts'
import { insertStatement } from './insert.ts'
import { kw } from './keyword.ts'
import { lex } from './lexer.ts'
import { opaque } from './opaque.ts'
import { explain, plainRead, query } from './read.ts'
import { changeSchema, pragma, reset, set } from './set.ts'
import { splitStatements, statementEnd } from './split.ts'
import type { OpaqueReason, Scan, ScanDialect } from './statement.ts'
import { mark, tk, Tokens } from './token.ts'
import { begin, commit, release, rollback, savepoint, start } from './transaction.ts'
import { updateStatement } from './update.ts'
import { withClause } from './with.ts'

/**
 * Classifies one SQL text. Pure; never throws; takes time linear in the length of the text. What it can't
 * classify exactly is `opaque`.
 */
export function scanText(sql: string, dialect: ScanDialect): Scan {
  const fault = lex(sql, dialect, shared)
  if (fault !== null) return opaque(sql, fault)
  const { count } = shared
  if (count === 0) return plainRead
  const end = statementEnd(shared, 0)
  for (let at = end; at < count; at++) {
    if (shared.code[at] !== mark.semicolon) return opaque(sql, 'multi-statement', partsHide(sql, dialect))
  }
  if (writesInside(shared, end)) return opaque(sql, 'nested-write')
  try {
    return statement(new Cursor(shared, dialect, end))
  } catch (error) {
    if (error instanceof Refusal) return opaque(sql, error.reason)
    throw error
  }
}

/** The tokens of the text in work; scanning is synchronous and its results hold no token. */
const shared = new Tokens()

/** Whether a statement of several does more than its text names, transaction control included. */
function partsHide(sql: string, dialect: ScanDialect): boolean {
  return splitStatements(sql, dialect).some(({ start: from, end }) => {
    const part = scanText(sql.slice(from, end), dialect)
    if (part.kind === 'opaque') return part.hidden
    return part.kind !== 'read' && part.kind !== 'insert' && part.kind !== 'update' && part.kind !== 'delete'
  })
}

/** Whether a write stands inside parentheses: a data-modifying CTE. */
function writesInside(tokens: Tokens, end: number): boolean {
  const { code, kind } = tokens
  let depth = 0
  for (let at = 0; at < end; at++) {
    const here = code[at] as number
    if (here === mark.open) depth++
    else if (here === mark.close) depth--
    else if (depth > 0 && here > 255) {
      const before = code[at - 1]
      if (before !== mark.open && before !== mark.close) continue
      const next = code[at + 1]
      if ((here === kw.INSERT || here === kw.MERGE) && next === kw.INTO) return true
      if (here === kw.DELETE && next === kw.FROM) return true
      const named = kind[at + 1] === tk.word || kind[at + 1] === tk.name
      if (here === kw.UPDATE && named) return true
    }
  }
  return false
}

function statement(cursor: Cursor): Scan {
  if (cursor.done) return plainRead
  const withRange = withClause(cursor)
  const verb = cursor.code()
  switch (verb) {
    case kw.INSERT:
    case kw.REPLACE:
      return insertStatement(cursor, withRange)
    case kw.UPDATE:
      return updateStatement(cursor, withRange)
    case kw.DELETE:
      return deleteStatement(cursor, withRange)
    case kw.MERGE:
      return cursor.refuse('merge')
    case kw.SELECT:
    case kw.VALUES:
    case kw.TABLE:
    case mark.open:
      cursor.at = 0
      return query(cursor)
  }
  const reason = refusals.get(verb)
  if (reason !== undefined) cursor.refuse(reason)
  cursor.at++
  return session(cursor, verb)
}

/** Statements other than reads and writes of rows; the cursor stands behind the verb. */
function session(cursor: Cursor, verb: number): Scan {
  const { multiTable, inheritance, orConflict } = cursor.grammar
  switch (verb) {
    case kw.BEGIN:
      return begin(cursor)
    case kw.START:
      return start(cursor)
    case kw.COMMIT:
      return commit(cursor)
    case kw.ROLLBACK:
      return rollback(cursor)
    case kw.SAVEPOINT:
      return savepoint(cursor)
    case kw.RELEASE:
      return release(cursor)
    case kw.END:
      if (!multiTable) return commit(cursor)
      break
    case kw.ABORT:
      if (inheritance) return rollback(cursor)
      break
    case kw.SET:
      return set(cursor)
    case kw.RESET:
    case kw.DISCARD:
      return reset(cursor)
    case kw.PRAGMA:
      return pragma(cursor)
    case kw.USE:
    case kw.ATTACH:
    case kw.DETACH:
      return changeSchema(cursor)
    case kw.EXPLAIN:
    case kw.DESCRIBE:
    case kw.DESC:
      return explain(cursor)
    case kw.ANALYZE:
      return analyze(cursor)
    case kw.SHOW:
    case kw.HELP:
      return plainRead
    case kw.LISTEN:
    case kw.UNLISTEN:
    case kw.NOTIFY:
    case kw.FETCH:
    case kw.MOVE:
    case kw.CLOSE:
    case kw.DEALLOCATE:
      if (inheritance || verb === kw.DEALLOCATE) return plainRead
      break
    case kw.DECLARE:
      if (inheritance) return query(cursor)
      break
    case kw.TRUNCATE:
      if (!orConflict) return truncate(cursor)
      break
    case kw.CREATE:
    case kw.ALTER:
    case kw.DROP:
    case kw.RENAME:
    case kw.COMMENT:
    case kw.GRANT:
    case kw.REVOKE:
    case kw.REINDEX:
    case kw.REFRESH:
    case kw.REASSIGN:
    case kw.SECURITY:
      return definition(cursor)
  }
  return cursor.refuse('unknown-verb')
}

/** MariaDB's ANALYZE of a statement runs it; elsewhere ANALYZE gathers statistics. */
function analyze(cursor: Cursor): Scan {
  if (cursor.dialect !== 'mariadb') return cursor.refuse('maintenance')
  const { code } = cursor.tokens
  for (let at = cursor.at; at < cursor.stop && at < cursor.at + 2; at++) {
    if (code[at] === kw.TABLE) return cursor.refuse('maintenance')
  }
  return explain(cursor, true)
}

/** Verbs that are refused outright. */
const refusals = new Map<number, OpaqueReason>([
  [kw.COPY, 'copy'],
  [kw.LOAD, 'load'],
  [kw.IMPORT, 'load'],
  [kw.CALL, 'call'],
  [kw.DO, 'do'],
  [kw.EXECUTE, 'prepared-statement'],
  [kw.PREPARE, 'prepared-statement'],
  [kw.HANDLER, 'handler'],
  [kw.LOCK, 'lock-tables'],
  [kw.UNLOCK, 'lock-tables'],
  [kw.XA, 'two-phase-commit'],
  [kw.VACUUM, 'maintenance'],
  [kw.OPTIMIZE, 'maintenance'],
  [kw.REPAIR, 'maintenance'],
  [kw.CHECKPOINT, 'maintenance'],
  [kw.FLUSH, 'maintenance'],
  [kw.KILL, 'maintenance'],
  [kw.SHUTDOWN, 'maintenance'],
  [kw.INSTALL, 'maintenance'],
  [kw.UNINSTALL, 'maintenance'],
])

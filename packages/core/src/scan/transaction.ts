// Statements that begin, end and cut transactions.

import type { Cursor } from './cursor.ts'
import { kw } from './keyword.ts'
import type { BeginScan, EndScan, Isolation, SavepointScan } from './statement.ts'
import { mark, tk } from './token.ts'

export interface Modes {
  isolation: Isolation | null
  readOnly: boolean | null
}

/** `READ COMMITTED` and kin. */
function isolationLevel(cursor: Cursor): Isolation {
  if (cursor.accept(kw.SERIALIZABLE)) return 'serializable'
  if (cursor.accept(kw.REPEATABLE)) {
    cursor.expect(kw.READ)
    return 'repeatable read'
  }
  cursor.expect(kw.READ)
  if (cursor.accept(kw.COMMITTED)) return 'read committed'
  cursor.expect(kw.UNCOMMITTED)
  return 'read uncommitted'
}

/** Transaction modes up to the end of the statement. */
export function transactionModes(cursor: Cursor): Modes {
  const modes: Modes = { isolation: null, readOnly: null }
  while (!cursor.done) {
    if (cursor.accept(kw.ISOLATION)) {
      cursor.expect(kw.LEVEL)
      modes.isolation = isolationLevel(cursor)
    } else if (cursor.accept(kw.READ)) {
      modes.readOnly = cursor.accept(kw.ONLY)
      if (!modes.readOnly) cursor.expect(kw.WRITE)
    } else if (cursor.accept(kw.WITH)) {
      cursor.expect(kw.CONSISTENT)
      cursor.expect(kw.SNAPSHOT)
    } else if (cursor.accept(kw.SNAPSHOT)) {
      cursor.at++
    } else {
      cursor.accept(kw.NOT)
      cursor.expect(kw.DEFERRABLE)
    }
    if (cursor.accept(mark.comma) && cursor.done) cursor.refuse()
  }
  return modes
}

/** The cursor stands behind BEGIN. */
export function begin(cursor: Cursor): BeginScan {
  if (cursor.code() === kw.NOT) cursor.refuse('compound')
  const locking = cursor.accept(kw.IMMEDIATE)
    ? 'immediate'
    : cursor.accept(kw.EXCLUSIVE)
      ? 'exclusive'
      : cursor.accept(kw.DEFERRED)
        ? 'deferred'
        : null
  noise(cursor)
  return { kind: 'begin', ...transactionModes(cursor), locking }
}

/** The cursor stands behind START. */
export function start(cursor: Cursor): BeginScan {
  if (!cursor.accept(kw.TRANSACTION)) cursor.refuse('maintenance')
  return { kind: 'begin', ...transactionModes(cursor), locking: null }
}

/** The cursor stands behind COMMIT or END. */
export function commit(cursor: Cursor): EndScan {
  if (cursor.code() === kw.PREPARED) cursor.refuse('two-phase-commit')
  noise(cursor)
  return end(cursor, 'commit')
}

/** The cursor stands behind ROLLBACK or ABORT. */
export function rollback(cursor: Cursor): EndScan | SavepointScan {
  if (cursor.code() === kw.PREPARED) cursor.refuse('two-phase-commit')
  noise(cursor)
  if (!cursor.accept(kw.TO)) return end(cursor, 'rollback')
  if (cursor.code(1) !== 0 || cursor.kind(1) !== tk.end) cursor.accept(kw.SAVEPOINT)
  return named(cursor, 'rollback-to')
}

/** The cursor stands behind SAVEPOINT. */
export function savepoint(cursor: Cursor): SavepointScan {
  return named(cursor, 'savepoint')
}

/** The cursor stands behind RELEASE. */
export function release(cursor: Cursor): SavepointScan {
  if (cursor.kind(1) !== tk.end) cursor.accept(kw.SAVEPOINT)
  return named(cursor, 'release')
}

/** WORK or TRANSACTION, and the name that SQLite takes and ignores behind the latter. */
function noise(cursor: Cursor): void {
  if (cursor.accept(kw.WORK)) return
  if (!cursor.accept(kw.TRANSACTION) || !cursor.grammar.orConflict) return
  if (cursor.isName(cursor.at) && cursor.code() !== kw.TO) cursor.at++
}

function end(cursor: Cursor, kind: 'commit' | 'rollback'): EndScan {
  let chain = false
  if (cursor.accept(kw.AND)) {
    chain = !cursor.accept(kw.NO)
    cursor.expect(kw.CHAIN)
  }
  let releases = false
  if (cursor.code() === kw.NO || cursor.code() === kw.RELEASE) {
    releases = !cursor.accept(kw.NO)
    cursor.expect(kw.RELEASE)
  }
  if (!cursor.done) cursor.refuse()
  return { kind, chain, release: releases }
}

function named(cursor: Cursor, kind: SavepointScan['kind']): SavepointScan {
  const name = cursor.name()
  if (!cursor.done) cursor.refuse()
  return { kind, name: cursor.grammar.foldsNames ? name : name.toLowerCase() }
}

// How a simulated server runs one statement of the app's connection: transactions, savepoints, the rules of each
// engine for a statement that fails, journal and fence.

import type { Change, Statement } from '@twinwrite/core'
import type { FoldedJournal } from '../ports/sim-dialect.ts'
import type { AppWrite } from '../ports/sim-statement.ts'
import { appWrite } from './app-write.ts'
import { response, type SimResponse } from './response.ts'
import { ServerFault } from './server-fault.ts'
import type { ServerSession, Work } from './server-session.ts'
import type { SimDatabase } from './sim-database.ts'

export function* appStatement(
  db: SimDatabase,
  session: ServerSession,
  statement: Statement,
): Work<SimResponse> {
  const [word = '', ...rest] = statement.sql.split(' ')
  switch (word) {
    case 'BEGIN':
      session.begin().snapshotFence = rest.length > 0 ? db.fence : null
      return response('BEGIN')
    case 'ROLLBACK':
      if (rest.length > 0) return rollbackTo(session)
      session.rollback()
      return response('ROLLBACK')
    case 'SAVEPOINT':
      if (session.transaction?.failed) throw new ServerFault('aborted', 'current transaction is aborted')
      session.begin().savepoint('s')
      return response('SAVEPOINT')
    case 'COMMIT':
      if (hasBadLuck(session)) {
        session.rollback()
        throw victim()
      }
      return commit(db, session)
    case 'SHOW':
      return response('SHOW', 0, [{ transaction_isolation: 'read committed' }])
    case 'journal+commit': {
      const { changes, epoch } = JSON.parse(rest.join(' ')) as FoldedJournal
      // Of a text with several statements the rest is not run when one fails.
      yield* inTransaction(db, session, function* () {
        yield* journalOrRefuse(db, session, changes, epoch)
      })
      return commit(db, session)
    }
    default:
      return yield* inTransaction(db, session, () => run(db, session, word, rest, statement.bindings))
  }
}

function* run(
  db: SimDatabase,
  session: ServerSession,
  word: string,
  rest: readonly string[],
  bindings: readonly unknown[],
): Work<SimResponse> {
  switch (word) {
    case 'journal': {
      const [changes, epoch, stale] = bindings as [readonly Change[], number, boolean]
      return response('INSERT', (yield* journal(db, session, changes, epoch, stale)) ? changes.length : 0)
    }
    case 'fence': {
      const [epoch, stale, affected = 0] = bindings as [number, boolean, number?]
      const passes = yield* passesFence(db, session, epoch, stale)
      return response('SELECT', passes ? affected : 0, passes ? [{ epoch }] : [])
    }
    case 'journal-unfenced': {
      const [changes] = bindings as [readonly Change[]]
      enter(db, session, changes)
      return response('INSERT', changes.length)
    }
    case 'nothing':
      return response('SELECT', 0, [{}])
    case 'rows': {
      const [table, keys] = bindings as [string, readonly string[]]
      const rows = keys.map((key) => db.row(session, table, key)).filter((row) => row !== null)
      return response(
        'SELECT',
        0,
        rows.map((row) => ({ row })),
      )
    }
    case 'fold': {
      const result = yield* appWrite(db, session, bindings[0] as AppWrite)
      yield* journalOrRefuse(db, session, result.changes, Number(rest[0]))
      return result
    }
    default:
      return yield* appWrite(db, session, bindings[0] as AppWrite)
  }
}

/** A statement takes effect as a whole or not at all; outside of a transaction it is one. */
function* inTransaction<T>(db: SimDatabase, session: ServerSession, work: () => Work<T>): Work<T> {
  const open = session.transaction
  if (open?.failed) throw new ServerFault('aborted', 'current transaction is aborted')
  const transaction = session.begin()
  transaction.savepoint('')
  try {
    if (hasBadLuck(session)) throw victim()
    const result = yield* work()
    transaction.release('')
    if (open === null) db.commit(session)
    return result
  } catch (error) {
    const deadlock = error instanceof ServerFault && error.reason === 'deadlock'
    if (open === null) session.rollback()
    else if (db.options.engine === 'postgres') transaction.failed = true
    // https://dev.mysql.com/doc/refman/9.0/en/innodb-error-handling.html: what follows runs in autocommit (C31)
    else if (deadlock) session.rollback()
    else {
      transaction.rollbackTo('')
      transaction.release('')
    }
    throw error
  }
}

function rollbackTo(session: ServerSession): SimResponse {
  const { transaction } = session
  if (transaction === null) throw new ServerFault('rejected', 'no transaction')
  transaction.rollbackTo('s')
  transaction.failed = false
  return response('ROLLBACK')
}

function commit(db: SimDatabase, session: ServerSession): SimResponse {
  if (session.transaction?.failed) {
    session.rollback()
    return response('ROLLBACK')
  }
  db.commit(session)
  return response('COMMIT')
}

/** Inserts the entries if the fence lets them in. */
function* journal(
  db: SimDatabase,
  session: ServerSession,
  changes: readonly Change[],
  epoch: number,
  stale: boolean,
): Work<boolean> {
  if (!(yield* passesFence(db, session, epoch, stale))) return false
  enter(db, session, changes)
  return true
}

/** The function of PostgreSQL: it sees by itself that its snapshot is older than the fence. */
function* journalOrRefuse(
  db: SimDatabase,
  session: ServerSession,
  changes: readonly Change[],
  epoch: number,
): Work<void> {
  yield { name: 'fence', mode: 'shared', timeoutMs: db.options.lockTimeoutMs * 5 }
  const { fence } = db
  const stale = (session.transaction?.snapshotFence ?? fence) !== fence
  if (stale || fence.role !== 'primary' || fence.epoch !== epoch) throw refused()
  enter(db, session, changes)
}

function enter(db: SimDatabase, session: ServerSession, changes: readonly Change[]): void {
  for (const { table, key, op } of changes) {
    session.begin().journal.push(db.journal.make(table, key, op, db.scheduler.now))
  }
}

/**
 * A transaction with a snapshot of its own sees the fence as it was when it began, unless it asks in the form
 * for stale snapshots, which then fails (PROTOCOL 5.11, C30).
 */
function* passesFence(db: SimDatabase, session: ServerSession, epoch: number, stale: boolean): Work<boolean> {
  yield { name: 'fence', mode: 'shared', timeoutMs: db.options.lockTimeoutMs * 5 }
  const seen = session.transaction?.snapshotFence ?? db.fence
  if (stale && seen !== db.fence) throw new ServerFault('deadlock', 'could not serialize access')
  const fence = db.options.engine === 'postgres' ? seen : db.fence
  return fence.role === 'primary' && fence.epoch === epoch
}

function hasBadLuck(session: ServerSession): boolean {
  const { unlucky } = session
  session.unlucky = false
  return unlucky
}

function victim(): ServerFault {
  return new ServerFault('deadlock', 'chosen as the victim of a deadlock')
}

function refused(): ServerFault {
  return new ServerFault('refused', 'the fence refused')
}

// The end of a captured transaction: journal and fence in one statement, then the native commit. On PostgreSQL
// both travel in one round trip. Nothing commits on a side that is not primary (W8), and nothing commits
// without its journal entries (W3).

import { type AppCall, driverError } from '../capture/native-connection.ts'
import type { Change } from '../change.ts'
import type { SqlDialect } from '../dialect.ts'
import type { StageState } from '../stage-view.ts'
import type { Upsert } from '../store.ts'
import type { AppConnection } from './app-connection.ts'
import type { AppTransaction } from './app-transaction.ts'
import type { StrictWrite } from './write-side.ts'

/** Changes in one statement of ours. */
const mostChanges = 500

/**
 * A freeze and its abort move the epoch by two, any other step without a change of authority by one; a whole way
 * there and back by four. Below that the transaction may be stamped with the present epoch: nobody else was
 * primary since it began.
 */
const epochsOfOneAuthority = 4

/** Rows that one migration is to follow. */
interface Committed<R> {
  readonly connection: AppConnection<R>
  readonly changes: readonly Change[]
}

/**
 * Runs the COMMIT of a captured transaction. The connection has left the transaction when this returns or throws.
 * @returns the response, and by migration the rows that committed: the caller hands them over
 */
export async function commit<R>(
  connection: AppConnection<R>,
  transaction: AppTransaction,
  call: AppCall<R>,
): Promise<{ readonly response: R; readonly rows: readonly Committed<R>[] }> {
  if (transaction.failed) return { response: await call.run(call), rows: [] }
  const rows: Committed<R>[] = []
  const stricts: StrictWrite[] = []
  try {
    for (const [side, part] of transaction.parts) {
      const other = { connection: connection.for(side), changes: part.changes.distinct() }
      if (other.changes.length > 0) await journalAll(other.connection, part, other.changes, stricts)
      else await checkUnjournaled(other.connection, part)
      rows.push(other)
    }
    const changes = transaction.changes.distinct()
    if (changes.length === 0) await checkUnjournaled(connection, transaction)
    else rows.push({ connection, changes })
    const response = await journalAndCommit(connection, transaction, changes, call, stricts)
    for (const strict of stricts) await strict.commit()
    return { response, rows }
  } catch (error) {
    for (const strict of stricts) await strict.rollback()
    throw error
  }
}

/** Level or option `armed`: what left no entries commits under the fence, too. */
async function checkUnjournaled<R>(connection: AppConnection<R>, transaction: AppTransaction): Promise<void> {
  const { side } = connection
  if (!transaction.wroteUnjournaled || !side.armed) return
  await orRollback(connection, () => side.captureSide())
  await stamp(connection, transaction, [])
}

/** Before an error goes on, so that no open transaction goes back into the app's pool. */
async function orRollback<R, T>(connection: AppConnection<R>, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    await connection.rollback()
    throw error
  }
}

/** Tells who listens, and makes the secondary follow. What this waits for is the level's own choice (W7). */
export async function followed<R>({ side }: AppConnection<R>, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  side.reporter.publish('twinwrite:write', { side: side.side, changes: changes.length })
  await side.committed(changes)
}

async function journalAndCommit<R>(
  connection: AppConnection<R>,
  transaction: AppTransaction,
  changes: readonly Change[],
  call: AppCall<R>,
  stricts: StrictWrite[],
): Promise<R> {
  const { side } = connection
  if (changes.length === 0 && transaction.parts.size === 0) return call.run(call)
  if (changes.length > 0 && side.journaled && side.strict === null && changes.length <= mostChanges) {
    const folded = side.dialect.journalAndCommit(changes, currentEpoch(connection, transaction))
    const committed =
      folded === null || unusable.has(side.dialect) ? null : await commitFolded(connection, folded, call)
    if (committed !== null) return committed
  }
  if (changes.length > 0) await journalAll(connection, transaction, changes, stricts)
  return orRollback(connection, () => call.run(call))
}

/** Journals the changes under the fence; at level `strict` writes them on the secondary, too. */
async function journalAll<R>(
  connection: AppConnection<R>,
  transaction: AppTransaction,
  changes: readonly Change[],
  stricts: StrictWrite[],
): Promise<void> {
  await stamp(connection, transaction, changes)
  const strict = await openStrict(connection, changes)
  if (strict !== null) stricts.push(strict)
}

/** Databases in which `journalAndCommit` does not work for the app's user. */
const unusable = new WeakSet<SqlDialect>()

/** Null when the database has not got what it takes: nothing has happened then. */
async function commitFolded<R>(
  connection: AppConnection<R>,
  sql: string,
  call: AppCall<R>,
): Promise<R | null> {
  const { side, native } = connection
  try {
    const response = await call.run({ sql, bindings: [] })
    return native.shape.committed?.(response) ?? response
  } catch (error) {
    const cause = driverError(native, error)
    if (side.dialect.isUnusable(cause)) {
      unusable.add(side.dialect)
      return null
    }
    await connection.rollback()
    if (!side.dialect.refused(cause)) throw error
    side.reporter.publish('twinwrite:refused', { side: side.side, epoch: side.view.current?.epoch ?? 0 })
    await side.view.refresh()
    throw connection.moved('rolled-back')
  }
}

/** Journals the changes under the fence; with none, only checks the fence. Rolls back and throws when the stage has moved. */
async function stamp<R>(
  connection: AppConnection<R>,
  transaction: AppTransaction,
  changes: readonly Change[],
): Promise<void> {
  if (!connection.side.journaled) return
  await orRollback(connection, () =>
    underFence(connection, transaction, (epoch, stale) => journal(connection, changes, epoch, stale)),
  )
}

/**
 * Runs in the open transaction what takes effect only where the fence says `primary` at the epoch.
 * @param run false when the fence refused
 * @throws TwinwriteError `TW_STAGE_MOVED`
 */
export async function underFence<R>(
  connection: AppConnection<R>,
  transaction: AppTransaction,
  run: (epoch: number, stale: boolean) => Promise<boolean>,
): Promise<void> {
  const { side } = connection
  let epoch = currentEpoch(connection, transaction)
  const stale = await isStale(connection, transaction)
  while (!(await run(epoch, stale))) {
    side.reporter.publish('twinwrite:refused', { side: side.side, epoch })
    const state = await side.view.refresh()
    // Never wait for the end of a freeze in here: a refused statement may hold the fence's shared lock until the end of the
    // transaction (InnoDB), and neither the decision nor its undoing would get the exclusive one.
    if (state.frozen || state.epoch === epoch || !mayCommitIn(state, connection, transaction))
      throw connection.moved('rolled-back')
    epoch = state.epoch
  }
}

async function journal<R>(
  connection: AppConnection<R>,
  changes: readonly Change[],
  epoch: number,
  stale: boolean,
): Promise<boolean> {
  const { side, native } = connection
  if (changes.length === 0) {
    const response = await native.own(side.dialect.checkFence(epoch, stale))
    return native.shape.rows(response).length > 0
  }
  for (let start = 0; start < changes.length; start += mostChanges) {
    const chunk = changes.slice(start, start + mostChanges)
    const response = await native.own(side.dialect.journal(chunk, epoch, stale))
    if (native.shape.affected(response) < chunk.length) return false
  }
  return true
}

async function openStrict<R>(
  connection: AppConnection<R>,
  changes: readonly Change[],
): Promise<StrictWrite | null> {
  const { side, native } = connection
  if (side.strict === null) return null
  try {
    return await side.strict(changes, async (table, keys) => {
      const read: Upsert[] = []
      for (let start = 0; start < keys.length; start += mostChanges) {
        const response = await native.own(side.dialect.rows(table, keys.slice(start, start + mostChanges)))
        for (const row of native.shape.rows(response)) read.push(side.dialect.readRow(table, row))
      }
      return read
    })
  } catch (error) {
    await connection.rollback()
    throw error
  }
}

/** The epoch the transaction began in, or the present one where it may commit in that. */
function currentEpoch<R>(connection: AppConnection<R>, transaction: AppTransaction): number {
  const now = connection.side.view.current
  const usable = now !== undefined && !now.frozen && mayCommitIn(now, connection, transaction)
  return usable ? now.epoch : transaction.state.epoch
}

/** Nobody else was primary since it began, and what it left unjournaled is not followed now. */
function mayCommitIn<R>(
  state: StageState,
  connection: AppConnection<R>,
  transaction: AppTransaction,
): boolean {
  if (state.plan.primary !== connection.side.side) return false
  if (state.epoch - transaction.state.epoch >= epochsOfOneAuthority) return false
  return transaction.state.plan.journaled || !state.plan.journaled
}

/** Whether the transaction's snapshot may be older than the fence (PROTOCOL 5.11, C30). */
async function isStale<R>(connection: AppConnection<R>, transaction: AppTransaction): Promise<boolean> {
  const ask = connection.traits.askIsolation
  if (ask === null) return false
  if (transaction.isolation === null) {
    const { session } = connection
    if (session.defaultIsolation === undefined) {
      const rows = connection.native.shape.rows(await connection.native.own({ sql: ask, bindings: [] }))
      session.defaultIsolation = String(Object.values(rows[0] ?? {})[0])
    }
    return isSnapshot(session.defaultIsolation)
  }
  return isSnapshot(transaction.isolation)
}

function isSnapshot(isolation: string): boolean {
  return isolation === 'repeatable read' || isolation === 'serializable'
}

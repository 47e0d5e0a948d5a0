// A single write outside of a transaction: in one statement with its journal entries and the fence where the
// engine can (PostgreSQL), else in a transaction of our own. A refusal by the fence is tried again here as long
// as this side stays primary; the app notices nothing. Upholds W1, W3, W8, W9,
// W10.

import type { Captured, CaptureRequest } from '../capture/capture.ts'
import { type AppCall, driverError } from '../capture/native-connection.ts'
import { TwinwriteError } from '../errors.ts'
import type { StageState } from '../stage-view.ts'
import type { AppConnection } from './app-connection.ts'
import { AppTransaction } from './app-transaction.ts'
import { commit, followed } from './commit.ts'
import { joinedBegin } from './joined-begin.ts'
import { markedWrite, mayMark } from './marked-write.ts'
import { isMoved } from './moved.ts'
import type { FoldedWrite, WriteScan } from './write-side.ts'

/** Refusals at one and the same epoch, after which the fence row itself must be wrong. */
const refusalsAtOneEpoch = 5

type Attempt<R> = Captured<R> | 'refused'

/** One that is captured; where that is refused and the configuration allows it, it runs under marks. */
export function autocommitWrite<R>(
  connection: AppConnection<R>,
  call: AppCall<R>,
  scan: WriteScan,
): Promise<R> {
  const { side } = connection
  return untilAdmitted(connection, call, async (state) => {
    const request = await connection.request(call)
    let fold: FoldedWrite<R> | null = null
    try {
      if (state.plan.journaled && side.strict === null)
        fold = side.capturer.fold(request, scan, side.journaled ? state.epoch : null)
      if (fold === null) return await captured(connection, state, request, scan)
    } catch (error) {
      if (!mayMark(connection, error)) throw error
      return marked(connection, state, call, side.capturer.touches(scan), error.what)
    }
    return folded(connection, request, fold)
  })
}

/** One that nobody can capture. @param tables names of the mappings that it may write */
export function autocommitMarked<R>(
  connection: AppConnection<R>,
  call: AppCall<R>,
  tables: readonly string[],
  reason: string,
): Promise<R> {
  return untilAdmitted(connection, call, (state) => marked(connection, state, call, tables, reason))
}

async function untilAdmitted<R>(
  connection: AppConnection<R>,
  call: AppCall<R>,
  attempt: (state: StageState) => Promise<Attempt<R>>,
): Promise<R> {
  const { side } = connection
  let refusals = 0
  for (let epoch = -1; ;) {
    const state = await side.view.forWrite()
    if (state.plan.primary !== side.side) throw connection.moved('untouched')
    if (!state.plan.journaled && !side.armed) return unjournaled(connection, state, call)
    const written = await attempt(state)
    if (written !== 'refused') {
      await followed(connection, written.changes)
      return written.response
    }
    refusals = state.epoch === epoch ? refusals + 1 : 1
    epoch = state.epoch
    if (refusals >= refusalsAtOneEpoch) {
      throw new TwinwriteError(
        'TW_NOT_INSTALLED',
        `the fence of the ${side.side} refuses epoch ${epoch} for ever`,
      )
    }
    side.reporter.publish('twinwrite:refused', { side: side.side, epoch })
    await side.view.refresh()
  }
}

async function unjournaled<R>(connection: AppConnection<R>, state: StageState, call: AppCall<R>): Promise<R> {
  const ended = connection.side.view.unjournaled(state)
  try {
    return await call.run(call)
  } finally {
    ended()
  }
}

async function folded<R>(
  { side, native }: AppConnection<R>,
  { call }: CaptureRequest<R>,
  { sent, origin, finish }: FoldedWrite<R>,
): Promise<Attempt<R>> {
  try {
    return finish(await call.run(sent))
  } catch (error) {
    if (side.dialect.refused(driverError(native, error))) return 'refused'
    throw native.shape.failure(error, { original: call, sent, origin })
  }
}

function captured<R>(
  connection: AppConnection<R>,
  state: StageState,
  request: CaptureRequest<R>,
  scan: WriteScan,
): Promise<Attempt<R>> {
  const joined = joinedBegin(request, connection.traits.begin)
  return ownTransaction(connection, state, joined !== null, async (transaction) => {
    if (state.plan.journaled) return connection.side.capturer.capture(joined ?? request, scan)
    transaction.wroteUnjournaled = true
    const { call } = joined ?? request
    return { response: await call.run(call), changes: [] }
  })
}

async function marked<R>(
  connection: AppConnection<R>,
  state: StageState,
  call: AppCall<R>,
  tables: readonly string[],
  reason: string,
): Promise<Attempt<R>> {
  if (!state.plan.journaled) return { response: await unjournaled(connection, state, call), changes: [] }
  return ownTransaction(connection, state, false, async (transaction) => ({
    response: await markedWrite(connection, transaction, call, tables, reason),
    changes: [],
  }))
}

/** @param begins whether the write begins the transaction by itself */
async function ownTransaction<R>(
  connection: AppConnection<R>,
  state: StageState,
  begins: boolean,
  write: (transaction: AppTransaction) => Promise<Captured<R>>,
): Promise<Attempt<R>> {
  const { native } = connection
  const transaction = new AppTransaction(state, null)
  if (!begins) await native.own({ sql: connection.traits.begin, bindings: [] })
  let written: Captured<R>
  try {
    written = await write(transaction)
    transaction.changes.add(written.changes)
  } catch (error) {
    await connection.rollback()
    if (isMoved(error)) return 'refused'
    throw error
  }
  try {
    await commit(connection, transaction, {
      sql: 'COMMIT',
      bindings: [],
      run: (statement) => native.own(statement),
    })
  } catch (error) {
    if (error instanceof TwinwriteError && error.code === 'TW_STAGE_MOVED') return 'refused'
    throw error
  }
  return { response: native.shape.autocommitted(written.response), changes: written.changes }
}

// A single write outside of a transaction: in one statement with its journal entries and the fence where the
// engine can (PostgreSQL), else in a transaction of our own. A refusal by the fence is tried again here as long
// as this side stays primary; the app notices nothing. Upholds W1, W3, W8, W9.

import type { Captured, CaptureRequest } from '../capture/capture.ts'
import { type AppCall, driverError } from '../capture/native-connection.ts'
import { TwinwriteError } from '../errors.ts'
import type { StageState } from '../stage-view.ts'
import type { AppConnection } from './app-connection.ts'
import { AppTransaction } from './app-transaction.ts'
import { commit, followed } from './commit.ts'
import { joinedBegin } from './joined-begin.ts'
import type { FoldedWrite, WriteScan } from './write-side.ts'

/** Refusals at one and the same epoch, after which the fence row itself must be wrong. */
const refusalsAtOneEpoch = 5

export async function autocommitWrite<R>(
  connection: AppConnection<R>,
  call: AppCall<R>,
  scan: WriteScan,
): Promise<R> {
  const { side } = connection
  let refusals = 0
  for (let epoch = -1; ;) {
    const state = await side.view.forWrite()
    if (state.plan.primary !== side.side) throw connection.moved('untouched')
    if (!state.plan.journaled && !side.armed) return unjournaled(connection, state, call)
    const request = await connection.request(call)
    const fold =
      state.plan.journaled && side.strict === null
        ? side.capturer.fold(request, scan, side.journaled ? state.epoch : null)
        : null
    const written =
      fold === null
        ? await ownTransaction(connection, state, request, scan)
        : await folded(connection, request, fold)
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
): Promise<Captured<R> | 'refused'> {
  try {
    return finish(await call.run(sent))
  } catch (error) {
    if (side.dialect.refused(driverError(native, error))) return 'refused'
    throw native.shape.failure(error, { original: call, sent, origin })
  }
}

async function ownTransaction<R>(
  connection: AppConnection<R>,
  state: StageState,
  request: CaptureRequest<R>,
  scan: WriteScan,
): Promise<Captured<R> | 'refused'> {
  const { side, native } = connection
  const transaction = new AppTransaction(state, null)
  const { begin } = connection.traits
  const joined = joinedBegin(request, begin)
  if (joined === null) await native.own({ sql: begin, bindings: [] })
  let captured: Captured<R>
  try {
    if (state.plan.journaled) {
      captured = await side.capturer.capture(joined ?? request, scan)
      transaction.changes.add(captured.changes)
    } else {
      const { call } = joined ?? request
      captured = { response: await call.run(call), changes: [] }
      transaction.wroteUnjournaled = true
    }
  } catch (error) {
    await connection.rollback()
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
  return { response: native.shape.autocommitted(captured.response), changes: captured.changes }
}

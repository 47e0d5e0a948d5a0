// A write whose touched keys can't be found exactly, where the configuration allows it: it runs as it is, and in the same transaction
// every table that it may write gets a mark, which keeps the switch away until the table was loaded again. Upholds W1, W3, W8, W10.

import type { AppCall } from '../capture/native-connection.ts'
import { TwinwriteError } from '../errors.ts'
import type { AppConnection } from './app-connection.ts'
import type { AppTransaction } from './app-transaction.ts'
import { underFence } from './commit.ts'
import { isMoved } from './moved.ts'

/** Whether what is refused here may run under marks. */
export function mayMark<R>({ side }: AppConnection<R>, error: unknown): error is TwinwriteError {
  return side.uncaptured === 'mark' && error instanceof TwinwriteError && error.code === 'TW_CAPTURE_REFUSED'
}

/**
 * Runs the statement in the open transaction, behind its marks.
 * @param tables names of mappings
 * @throws TwinwriteError `TW_STAGE_MOVED`: the statement has not run, only a rollback may follow
 */
export async function markedWrite<R>(
  connection: AppConnection<R>,
  transaction: AppTransaction,
  call: AppCall<R>,
  tables: readonly string[],
  reason: string,
): Promise<R> {
  const { side, native } = connection
  try {
    for (const table of tables) {
      await underFence(connection, transaction, async (epoch, stale) => {
        const response = await native.own(side.dialect.mark(table, reason, epoch, stale))
        return native.shape.affected(response) > 0
      })
    }
  } catch (error) {
    if (isMoved(error)) transaction.dead = true
    throw error
  }
  return call.run(call)
}

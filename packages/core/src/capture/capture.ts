// Capture finds which rows a statement of the app touches, inside the app's transaction, without changing what
// the app gets back (DESIGN section 4). Upholds W1, W4, W10.

import type { Change } from '../change.ts'
import type { SqlDialect } from '../dialect.ts'
import type { SideTable } from '../mapping/side-table.ts'
import type { TableRef } from '../catalog.ts'
import type { Statement } from '../statement.ts'
import type { WriteScan } from '../write/write-side.ts'
import type { AppCall, NativeConnection } from './native-connection.ts'
import { planOf } from './plan-of.ts'

/** Everything capture knows of the side on which the statement runs. */
export interface CaptureSide {
  readonly dialect: SqlDialect
  /** The mapping of a table, by the name that stands in the statement (null schema: the connection's default); undefined: not mapped. */
  find(ref: TableRef): SideTable | undefined
  /** The mappings of all tables that a write of this name writes although it is not theirs: it names a view, a partition, a parent. */
  through(ref: TableRef): readonly SideTable[]
  readonly tables: Iterable<SideTable>
}

export interface Captured<R> {
  /** What the app sees. */
  readonly response: R
  /** At least every row whose content changed; a row that did not change may be among them. */
  readonly changes: readonly Change[]
}

export interface CaptureRequest<R> {
  readonly side: CaptureSide
  readonly connection: NativeConnection<R>
  readonly call: AppCall<R>
}

/**
 * Runs one statement of the app inside the open transaction of its connection.
 * @param scan of `request.call.sql`
 * @throws TwinwriteError `TW_CAPTURE_REFUSED`: the statement has not run, or (then `call.run` has succeeded) the transaction must not
 *   commit. Errors of the driver pass through as the app's own statement would have made them.
 */
export async function capture<R>(request: CaptureRequest<R>, scan: WriteScan): Promise<Captured<R>> {
  return planOf(request, scan).capture(withOwnFailures(request))
}

/** A statement of ours fails with the text of the app's: a lock wait that is over, a transaction that may only read. */
function withOwnFailures<R>(request: CaptureRequest<R>): CaptureRequest<R> {
  const { connection, call } = request
  const { shape } = connection
  const own = async (statement: Statement): Promise<R> => {
    try {
      return await connection.own(statement)
    } catch (error) {
      const sent = { sql: statement.sql, bindings: statement.bindings }
      throw shape.failure(error, { original: call, sent, origin: () => null })
    }
  }
  return { ...request, connection: { shape, own, discard: () => connection.discard() } }
}

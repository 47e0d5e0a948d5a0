// BEGIN in front of a transaction's first statement, in one text and so in one round trip, where the app has allowed its driver to
// send several statements at once (mysql2: `multipleStatements`).

import type { CaptureRequest } from '../capture/capture.ts'
import type { NativeConnection } from '../capture/native-connection.ts'
import type { Statement } from '../statement.ts'

/** The request with BEGIN put before whatever runs first; null where the connection takes one statement at a time. */
export function joinedBegin<R>(request: CaptureRequest<R>, begin: string): CaptureRequest<R> | null {
  const { connection, call } = request
  const { last } = connection.shape
  if (!connection.takesSeveral || last === undefined) return null
  const prefix = `${begin}; `
  let begun = false
  const behindBegin = async (statement: Statement, run: (sent: Statement) => Promise<R>): Promise<R> => {
    if (begun) return run(statement)
    begun = true
    const sent = { sql: prefix + statement.sql, bindings: statement.bindings }
    try {
      return last(await run(sent))
    } catch (error) {
      const origin = (offset: number): number | null =>
        offset < prefix.length ? null : offset - prefix.length
      throw connection.shape.failure(error, { original: statement, sent, origin })
    }
  }
  const joined: NativeConnection<R> = {
    shape: connection.shape,
    own: (statement) => behindBegin(statement, (sent) => connection.own(sent)),
    discard: () => connection.discard(),
  }
  const run = (statement: Statement): Promise<R> => behindBegin(statement, (sent) => call.run(sent))
  return { ...request, connection: joined, call: { sql: call.sql, bindings: call.bindings, run } }
}

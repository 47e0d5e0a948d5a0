// A native QueryRunner whose statements pass capture. Everything in TypeORM sends its SQL through `query` or `stream` of a
// runner; what the app does with the driver's own connection, which `connect` gives, is not seen. Upholds W1, W10.

import { isMoved, TwinwriteError } from '@twinwrite/core'
import { Readable } from 'node:stream'
import type { ReadStream } from 'typeorm/platform/PlatformTools.js'
import { isDiscarded, type Physical, type Query } from './native-connection.ts'
import type { SideClient } from './side-client.ts'
import type { NativeRunner } from './typeorm-internals.ts'
import { forgetWritten, rememberWritten, takeBackWritten } from './written-entities.ts'

const captured = new WeakSet<NativeRunner>()

export function captureRunner(runner: NativeRunner, client: SideClient): NativeRunner {
  // SQLite has one runner for the whole data source.
  if (captured.has(runner)) return runner
  captured.add(runner)
  rememberWritten(runner)
  const { query, stream, release } = runner

  const run = client.driver.capture(runner, query as Query, (physical, call) =>
    client.execute(runner, physical, call),
  )
  runner.query = async (sql: string, parameters?: unknown[], structured?: boolean) => {
    checkParameters(parameters)
    try {
      const result = await run(sql, parameters, structured)
      // TypeORM ends a transaction only behind its COMMIT; outside of one each statement has committed by itself.
      if (!runner.isTransactionActive || sql === 'COMMIT' || sql === 'ROLLBACK') forgetWritten(runner)
      return result
    } catch (error) {
      const refusal = refusalIn(error)
      if (isMoved(refusal)) takeBackWritten(runner)
      throw refusal
    }
  }

  // A write is run as a whole and its rows are streamed then: PostgreSQL's stream is a cursor, from which nothing of ours
  // could be taken out.
  runner.stream = async (sql, parameters, onEnd, onError) => {
    if (!client.writes(sql)) {
      client.checkStream(runner, (await runner.connect()) as Physical, sql)
      return stream.call(runner, sql, parameters, onEnd, onError)
    }
    const { records, raw } = await runner.query(sql, parameters, true)
    const rows = Readable.from(records.length > 0 || Array.isArray(raw) ? records : [raw]) as ReadStream
    if (onEnd) rows.on('end', onEnd as () => void)
    if (onError) rows.on('error', onError as (error: Error) => void)
    return rows
  }

  runner.release = () => {
    const { databaseConnection: physical } = runner
    if (physical === undefined || !isDiscarded(physical)) return release.call(runner)
    return runner.releasePostgresConnection!(
      new Error('twinwrite: the state of this connection is not known'),
    )
  }
  return runner
}

/** TypeORM wraps whatever a driver throws; what twinwrite refuses is not the driver's. */
function refusalIn(error: unknown): unknown {
  const { driverError } = (error ?? {}) as { driverError?: unknown }
  return driverError instanceof TwinwriteError ? driverError : error
}

function checkParameters(parameters: unknown): void {
  if (parameters === undefined || parameters === null || Array.isArray(parameters)) return
  throw new TwinwriteError('TW_CAPTURE_REFUSED', 'the parameters of a statement are no array', {
    hint: 'Give them as an array, with ? for each.',
  })
}

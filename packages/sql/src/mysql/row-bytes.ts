// MySQL and MariaDB: rows of a SELECT as bytes, made of the packets' bytes without a JavaScript value for any column. mysql2 has no public
// way to a row's packet: the one place of its private surface that we use is the method `row` of a running query.

import { Readable } from 'node:stream'
import type { Connection } from 'mysql2/promise'

export interface RowBytes {
  readonly bytes: Readable
  lines(): number
}

/** A packet as mysql2 hands it to a command. */
export interface Packet {
  readonly buffer: Buffer
  /** Where the row begins, behind the packet's header. */
  readonly offset: number
  readonly end: number
  isEOF(): boolean
}

/** Rows until they are taken. */
export interface RowBlock {
  readonly size: number
  add(packet: Packet): void
  take(): Buffer
}

type Step = (this: RunningQuery, packet: Packet, connection: unknown) => unknown

interface RunningQuery {
  row: Step
  on(event: 'error', run: (error: Error) => void): void
  on(event: 'end', run: () => void): void
}

interface CoreConnection {
  query(sql: string): RunningQuery
  pause(): void
  resume(): void
}

export const blockBytes = 64 * 1024

export function rowBytes(connection: Connection, sql: string, block: RowBlock): RowBytes {
  const { connection: core } = connection as unknown as { connection: CoreConnection }
  let lines = 0
  const bytes = new Readable({
    highWaterMark: 4 * blockBytes,
    read: () => core.resume(),
    destroy: (error, done) => {
      core.resume()
      done(error)
    },
  })
  const push = (): void => {
    if (block.size > 0 && !bytes.destroyed && !bytes.push(block.take())) core.pause()
  }
  const command = core.query(sql)
  const ended = command.row
  command.row = function row(packet, core) {
    if (packet.isEOF()) return ended.call(this, packet, core)
    block.add(packet)
    lines++
    if (block.size >= blockBytes) push()
    return row
  }
  command.on('error', (error) => bytes.destroy(error))
  command.on('end', () => {
    push()
    bytes.push(null)
  })
  return { bytes, lines: () => lines }
}

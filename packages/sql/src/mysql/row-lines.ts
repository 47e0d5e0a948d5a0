// MySQL and MariaDB: rows of a SELECT as lines of text, made of the packets' bytes without a JavaScript value for any column. mysql2 has no
// public way to a row's packet: the one place of its private surface that we use is the method `row` of a running query.

import { Readable } from 'node:stream'
import type { Connection } from 'mysql2/promise'

export interface RowLines {
  readonly bytes: Readable
  lines(): number
}

/** A packet as mysql2 hands it to a command. */
interface Packet {
  readonly buffer: Buffer
  /** Where the row begins, behind the packet's header. */
  readonly offset: number
  readonly end: number
  isEOF(): boolean
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

const blockBytes = 64 * 1024

export function rowLines(connection: Connection, sql: string): RowLines {
  const { connection: core } = connection as unknown as { connection: CoreConnection }
  let lines = 0
  const block = new LineBlock()
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

const [tab, newline, carriageReturn, backslash] = [9, 10, 13, 92]
const letters: Record<number, number> = { [tab]: 116, [newline]: 110, [carriageReturn]: 114, [backslash]: 92 }

/** Lines until they are taken. */
class LineBlock {
  #bytes = Buffer.allocUnsafe(2 * blockBytes)
  size = 0

  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.size)
    this.#bytes = Buffer.allocUnsafe(2 * blockBytes)
    this.size = 0
    return taken
  }

  add({ buffer, offset, end }: Packet): void {
    // A byte becomes two at most, and a NULL of one byte two and a tab.
    this.#reserve(3 * (end - offset) + 1)
    const out = this.#bytes
    let to = this.size
    for (let at = offset; at < end;) {
      if (at > offset) out[to++] = tab
      let length = buffer[at++]!
      if (length === 251) {
        out[to++] = backslash
        out[to++] = 78
        continue
      }
      if (length === 252) {
        length = buffer.readUInt16LE(at)
        at += 2
      } else if (length === 253) {
        length = buffer.readUIntLE(at, 3)
        at += 3
      } else if (length === 254) {
        length = Number(buffer.readBigUInt64LE(at))
        at += 8
      }
      for (const stop = at + length; at < stop; at++) {
        const byte = buffer[at]!
        if (
          byte === backslash ||
          (byte < 14 && (byte === tab || byte === newline || byte === carriageReturn))
        ) {
          out[to++] = backslash
          out[to++] = letters[byte]!
        } else out[to++] = byte
      }
    }
    out[to++] = newline
    this.size = to
  }

  #reserve(more: number): void {
    if (this.size + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.size + more))
    this.#bytes.copy(larger, 0, 0, this.size)
    this.#bytes = larger
  }
}

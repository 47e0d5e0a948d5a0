// Rows of MySQL's packets as lines of text (see `Lines`).

import { blockBytes, type Packet, type RowBlock } from './row-bytes.ts'

const [tab, newline, carriageReturn, backslash] = [9, 10, 13, 92]
const letters: Record<number, number> = { [tab]: 116, [newline]: 110, [carriageReturn]: 114, [backslash]: 92 }

export class LineBlock implements RowBlock {
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

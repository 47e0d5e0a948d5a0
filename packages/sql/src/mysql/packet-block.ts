// Rows as their packets, each behind its length: nothing is looked at, so that both servers of a comparison are read at the least cost.

import type { Framing } from '../compare/framing.ts'
import { blockBytes, type Packet, type RowBlock } from './row-bytes.ts'

/** Bytes of the length. */
const head = 4

export class PacketBlock implements RowBlock {
  #bytes = Buffer.allocUnsafe(2 * blockBytes)
  size = 0

  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.size)
    this.#bytes = Buffer.allocUnsafe(2 * blockBytes)
    this.size = 0
    return taken
  }

  add({ buffer, offset, end }: Packet): void {
    const length = end - offset
    const next = this.size + head + length
    if (next > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * next)
      this.#bytes.copy(larger, 0, 0, this.size)
      this.#bytes = larger
    }
    this.#bytes.writeUInt32LE(length, this.size)
    buffer.copy(this.#bytes, this.size + head, offset, end)
    this.size = next
  }
}

export const packetFraming: Framing = {
  whole: (bytes) => {
    let end = 0
    while (end + head <= bytes.length) {
      const next = end + head + bytes.readUInt32LE(end)
      if (next > bytes.length) break
      end = next
    }
    return end
  },

  first: (bytes) => {
    if (bytes.length < head) return null
    const end = head + bytes.readUInt32LE(0)
    return end <= bytes.length ? end : null
  },

  values: (row, count) => {
    const values: string[] = []
    for (let at = head; values.length < count;) {
      const [start, end] = valueAt(row, at)
      values.push(row.toString('utf8', start, end))
      at = end
    }
    return values
  },
}

/** Where a value of a packet begins and ends; none of a key is NULL, or of 16 MiB. */
function valueAt(row: Buffer, at: number): readonly [number, number] {
  const first = row[at]!
  if (first < 251) return [at + 1, at + 1 + first]
  const size = first === 252 ? 2 : 3
  const start = at + 1 + size
  return [start, start + row.readUIntLE(at + 1, size)]
}

// Which lines of two servers differ. Both stand in one order of keys, so that equal stretches are compared block by block, and only
// around a difference line by line. The order decides what is kept in memory, never what is found: whatever was not met with an
// equal line of the other side is told.

import type { LineFeed } from './line-feed.ts'

const lineEnd = 10

/** Keys of lines that differ, or that only one side has. Null: more than `most`; all bytes have been taken nevertheless. */
export async function differingLines(
  left: LineFeed,
  right: LineFeed,
  keyOf: (line: Buffer) => string,
  most: number,
): Promise<ReadonlySet<string> | null> {
  const merge = new Merge(keyOf, most)
  while (!merge.isOver) {
    if (merge.aligned) {
      await Promise.all([left, right].filter(({ bytes }) => bytes.length === 0).map((feed) => feed.more()))
      if (skipEqual(left, right)) continue
    }
    const side = merge.behind(left.isOver, right.isOver)
    if (side === null) return merge.rest()
    const line = await (side === 'left' ? left : right).line()
    if (line !== null) merge.take(side, line)
  }
  await Promise.all([left.drain(), right.drain()])
  return null
}

/** Takes whole lines that both begin with. @returns whether there are any */
function skipEqual(left: LineFeed, right: LineFeed): boolean {
  for (let length = Math.min(left.bytes.length, right.bytes.length); length > 0; length >>= 1) {
    const whole = left.bytes.subarray(0, length).lastIndexOf(lineEnd) + 1
    if (whole === 0) return false
    if (!left.bytes.subarray(0, whole).equals(right.bytes.subarray(0, whole))) continue
    left.skip(whole)
    right.skip(whole)
    return true
  }
  return false
}

type Side = 'left' | 'right'

/** Lines that came on one side and not yet on the other. */
class Merge {
  readonly #keyOf: (line: Buffer) => string
  readonly #most: number
  readonly #alone: Readonly<Record<Side, Map<string, Buffer>>> = { left: new Map(), right: new Map() }
  readonly #differing = new Set<string>()

  constructor(keyOf: (line: Buffer) => string, most: number) {
    this.#keyOf = keyOf
    this.#most = most
  }

  get aligned(): boolean {
    return this.#alone.left.size + this.#alone.right.size === 0
  }

  get isOver(): boolean {
    return this.#differing.size > this.#most
  }

  /** The side whose next line is to be taken; null at the end of both. */
  behind(leftIsOver: boolean, rightIsOver: boolean): Side | null {
    if (leftIsOver) return rightIsOver ? null : 'right'
    if (rightIsOver) return 'left'
    return this.#alone.left.size > this.#alone.right.size ? 'right' : 'left'
  }

  take(side: Side, line: Buffer): void {
    const [own, others] =
      side === 'left' ? [this.#alone.left, this.#alone.right] : [this.#alone.right, this.#alone.left]
    const key = this.#keyOf(line)
    const other = others.get(key)
    if (other === undefined) {
      // A copy: the block that the line stands in is much larger.
      own.set(key, Buffer.from(line))
      return
    }
    if (!other.equals(line)) this.#differing.add(key)
    // What came before this line, on either side, stands before it in the order, and was not met.
    for (const before of others.keys()) {
      others.delete(before)
      if (before === key) break
      this.#differing.add(before)
    }
    for (const before of own.keys()) this.#differing.add(before)
    own.clear()
  }

  /** At the end of both. */
  rest(): ReadonlySet<string> | null {
    for (const alone of Object.values(this.#alone)) for (const key of alone.keys()) this.#differing.add(key)
    return this.isOver ? null : this.#differing
  }
}

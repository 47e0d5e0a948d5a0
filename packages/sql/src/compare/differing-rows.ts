// Which rows of two servers differ in their bytes. Both stand in one order of keys, so that equal stretches are compared block by block,
// and only around a difference row by row. The order decides what is kept in memory, never what is found: whatever was not met with
// an equal row of the other side is told.

import type { Key } from '@twinwrite/core'
import type { RowFeed } from './row-feed.ts'

/** Keys of rows that differ, or that only one side has. Null: more than `most`; all bytes have been taken nevertheless. */
export async function differingRows(
  left: RowFeed,
  right: RowFeed,
  keyOf: (row: Buffer) => Key,
  most: number,
): Promise<ReadonlySet<Key> | null> {
  const merge = new Merge(keyOf, most)
  while (!merge.isOver) {
    if (merge.aligned) {
      await Promise.all([left, right].filter(({ bytes }) => bytes.length === 0).map((feed) => feed.more()))
      if (skipEqual(left, right)) continue
    }
    const side = merge.behind(left.isOver, right.isOver)
    if (side === null) return merge.rest()
    const row = await (side === 'left' ? left : right).row()
    if (row !== null) merge.take(side, row)
  }
  await Promise.all([left.drain(), right.drain()])
  return null
}

/** Takes whole rows that both begin with. @returns whether there are any */
function skipEqual(left: RowFeed, right: RowFeed): boolean {
  for (let length = Math.min(left.bytes.length, right.bytes.length); length > 0; length >>= 1) {
    const common = left.bytes.subarray(0, length)
    if (!common.equals(right.bytes.subarray(0, length))) continue
    const whole = left.framing.whole(common)
    if (whole === 0) return false
    left.skip(whole)
    right.skip(whole)
    return true
  }
  return false
}

type Side = 'left' | 'right'

/** Rows that came on one side and not yet on the other. */
class Merge {
  readonly #keyOf: (row: Buffer) => Key
  readonly #most: number
  readonly #alone: Readonly<Record<Side, Map<Key, Buffer>>> = { left: new Map(), right: new Map() }
  readonly #differing = new Set<Key>()

  constructor(keyOf: (row: Buffer) => Key, most: number) {
    this.#keyOf = keyOf
    this.#most = most
  }

  get aligned(): boolean {
    return this.#alone.left.size + this.#alone.right.size === 0
  }

  get isOver(): boolean {
    return this.#differing.size > this.#most
  }

  /** The side whose next row is to be taken; null at the end of both. */
  behind(leftIsOver: boolean, rightIsOver: boolean): Side | null {
    if (leftIsOver) return rightIsOver ? null : 'right'
    if (rightIsOver) return 'left'
    return this.#alone.left.size > this.#alone.right.size ? 'right' : 'left'
  }

  take(side: Side, row: Buffer): void {
    const [own, others] =
      side === 'left' ? [this.#alone.left, this.#alone.right] : [this.#alone.right, this.#alone.left]
    const key = this.#keyOf(row)
    const other = others.get(key)
    if (other === undefined) {
      // A copy: the block that the row stands in is much larger.
      own.set(key, Buffer.from(row))
      return
    }
    if (!other.equals(row)) this.#differing.add(key)
    // What came before this row, on either side, stands before it in the order, and was not met.
    for (const before of others.keys()) {
      others.delete(before)
      if (before === key) break
      this.#differing.add(before)
    }
    for (const before of own.keys()) this.#differing.add(before)
    own.clear()
  }

  /** At the end of both. */
  rest(): ReadonlySet<Key> | null {
    for (const alone of Object.values(this.#alone)) for (const key of alone.keys()) this.#differing.add(key)
    return this.isOver ? null : this.#differing
  }
}

// Random pauses between the steps of the protocol: every step is a packet to a server, so packets are held back for
// a moment now and then. Without them kills hit the narrow windows too rarely to find anything (PROTOCOL section 9).

import { Socket } from 'node:net'
import type { Random } from '../random.ts'

type Write = typeof Socket.prototype.write

/** Holds back every fifth packet of this process for up to `maxMs`, keeping the order of each connection. */
export function buggify(random: Random, maxMs: number): void {
  const original = Socket.prototype.write
  const tails = new WeakMap<Socket, Promise<void>>()
  Socket.prototype.write = function (this: Socket, ...given: Parameters<Write>): boolean {
    const tail = tails.get(this)
    if (tail === undefined && !random.chance(0.2)) return original.apply(this, given)
    const pause = random.below(maxMs)
    const next = (tail ?? Promise.resolve())
      .then(() => new Promise<void>((resolve) => setTimeout(resolve, tail === undefined ? pause : 0)))
      .then(() => {
        if (!this.destroyed) original.apply(this, given)
        if (tails.get(this) === next) tails.delete(this)
      })
    tails.set(this, next)
    return true
  } as Write
}

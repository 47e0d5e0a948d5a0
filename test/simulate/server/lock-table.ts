// Shared and exclusive locks of one simulated server, with waiting in line, timeouts and deadlock detection.

import type { SimEvent } from '../engine/event-heap.ts'
import type { Scheduler } from '../engine/scheduler.ts'
import type { ServerSession } from './server-session.ts'

export type LockMode = 'shared' | 'exclusive'

interface Waiter {
  readonly session: ServerSession
  readonly mode: LockMode
  readonly granted: () => void
  timer: SimEvent
}

interface Lock {
  readonly holders: Map<ServerSession, LockMode>
  readonly line: Waiter[]
}

export interface LockTableOptions {
  /** Whether a lock request may overtake those in line (PostgreSQL's row locks) or never does (InnoDB). */
  readonly barging: boolean
}

export class LockTable {
  readonly #locks = new Map<string, Lock>()
  readonly #waiting = new Map<ServerSession, { readonly name: string; readonly waiter: Waiter }>()
  readonly #scheduler: Scheduler
  readonly #options: LockTableOptions

  constructor(scheduler: Scheduler, options: LockTableOptions) {
    this.#scheduler = scheduler
    this.#options = options
  }

  /** Takes the lock if nobody stands in the way. */
  tryTake(session: ServerSession, name: string, mode: LockMode): boolean {
    const held = session.locks.get(name)
    if (held === mode || held === 'exclusive') return true
    const lock = this.#locks.get(name)
    if (lock === undefined) {
      this.#locks.set(name, { holders: new Map([[session, mode]]), line: [] })
    } else {
      if (!compatible(lock, session, mode)) return false
      if (lock.line.length > 0 && held === undefined && !this.#options.barging) return false
      lock.holders.set(session, mode)
    }
    session.locks.set(name, mode)
    return true
  }

  /** Stands in line. @returns false when that would be a deadlock */
  wait(
    session: ServerSession,
    name: string,
    mode: LockMode,
    timeoutMs: number,
    granted: () => void,
    timedOut: () => void,
  ): boolean {
    const lock = this.#locks.get(name)
    if (lock === undefined) throw new Error(`nobody holds ${name}`)
    const timer = this.#scheduler.after(timeoutMs, null, 'lock-timeout', () => {
      this.cancel(session)
      timedOut()
    })
    const waiter: Waiter = { session, mode, granted, timer }
    // Whoever holds the shared lock and wants the exclusive one goes first, as everywhere.
    if (lock.holders.has(session)) lock.line.unshift(waiter)
    else lock.line.push(waiter)
    this.#waiting.set(session, { name, waiter })
    if (!this.#waitsForItself(session)) return true
    this.cancel(session)
    return false
  }

  /** Leaves the line. */
  cancel(session: ServerSession): void {
    const place = this.#waiting.get(session)
    if (place === undefined) return
    this.#waiting.delete(session)
    place.waiter.timer.cancelled = true
    const lock = this.#locks.get(place.name) as Lock
    lock.line.splice(lock.line.indexOf(place.waiter), 1)
    this.#advance(place.name, lock)
  }

  releaseAll(session: ServerSession): void {
    const names = [...session.locks.keys()]
    session.locks.clear()
    for (const name of names) {
      const lock = this.#locks.get(name) as Lock
      lock.holders.delete(session)
      this.#advance(name, lock)
    }
  }

  isHeld(name: string): boolean {
    return (this.#locks.get(name)?.holders.size ?? 0) > 0
  }

  #advance(name: string, lock: Lock): void {
    while (lock.line.length > 0) {
      const first = lock.line[0] as Waiter
      if (!compatible(lock, first.session, first.mode)) return
      lock.line.shift()
      this.#waiting.delete(first.session)
      first.timer.cancelled = true
      lock.holders.set(first.session, first.mode)
      first.session.locks.set(name, first.mode)
      this.#scheduler.after(0, null, 'granted', first.granted)
    }
    if (lock.holders.size === 0) this.#locks.delete(name)
  }

  #waitsForItself(start: ServerSession): boolean {
    const seen = new Set<ServerSession>()
    const stack: ServerSession[] = [start]
    for (let session = stack.pop(); session !== undefined; session = stack.pop()) {
      const place = this.#waiting.get(session)
      if (place === undefined) continue
      const lock = this.#locks.get(place.name) as Lock
      const inFront = lock.line.slice(0, lock.line.indexOf(place.waiter)).map((waiter) => waiter.session)
      for (const other of [...lock.holders.keys(), ...inFront]) {
        if (other === session) continue
        if (other === start) return true
        if (seen.has(other)) continue
        seen.add(other)
        stack.push(other)
      }
    }
    return false
  }
}

function compatible(lock: Lock, session: ServerSession, mode: LockMode): boolean {
  if (lock.holders.size === 0) return true
  for (const [holder, held] of lock.holders) {
    if (holder !== session && (mode === 'exclusive' || held === 'exclusive')) return false
  }
  return true
}

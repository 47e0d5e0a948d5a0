// A small pool of our own sessions. A session in which anything went wrong never comes back into it, and one that rested
// for long is replaced, because servers end idle sessions of ours early (PROTOCOL section 3, guard b).

import { type Session, SessionLost } from './session.ts'

/** Shorter than the shortest idle limit that any engine's sessions set. */
const restMs = 15_000
/** Longest wait for a free session. */
const waitMs = 10_000

interface Waiter {
  readonly give: (session: Promise<Session>) => void
  readonly timer: NodeJS.Timeout
}

export class SessionPool {
  readonly #connect: () => Promise<Session>
  readonly #size: number
  readonly #idle: { readonly session: Session; readonly since: number }[] = []
  readonly #waiters: Waiter[] = []
  #leased = 0
  #closed = false
  #sweeper: NodeJS.Timeout | undefined

  constructor(size: number, connect: () => Promise<Session>) {
    this.#size = size
    this.#connect = connect
  }

  async acquire(): Promise<Session> {
    if (this.#closed) throw new SessionLost('the store is closed')
    for (let rested = this.#idle.pop(); rested !== undefined; rested = this.#idle.pop()) {
      if (!isFresh(rested)) {
        rested.session.end().catch(() => undefined)
        continue
      }
      this.#leased++
      return rested.session
    }
    if (this.#leased < this.#size) return this.#open()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        reject(new SessionLost(`no session of our own became free within ${waitMs} ms`))
      }, waitMs)
      const waiter: Waiter = { give: resolve, timer }
      this.#waiters.push(waiter)
    })
  }

  /** Gives a session back; `false` destroys it. */
  release(session: Session, reusable: boolean): void {
    this.#leased--
    if (!reusable || !session.healthy) session.destroy()
    else if (this.#closed) session.end().catch(() => undefined)
    else {
      const waiter = this.#next()
      if (waiter === undefined) return this.#rest(session)
      this.#leased++
      return waiter.give(Promise.resolve(session))
    }
    const waiter = this.#closed ? undefined : this.#next()
    waiter?.give(this.#open())
  }

  /** Runs with a session, which goes back unless `work` left it unhealthy. */
  async with<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.acquire()
    let reusable = false
    try {
      const result = await work(session)
      reusable = true
      return result
    } finally {
      this.release(session, reusable)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#sweeper)
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer)
      waiter.give(Promise.reject(new SessionLost('the store is closed')))
    }
    await Promise.all(this.#idle.splice(0).map(({ session }) => session.end()))
  }

  async #open(): Promise<Session> {
    this.#leased++
    try {
      return await this.#connect()
    } catch (error) {
      this.#leased--
      // The place is free again; the next in line tries for himself.
      const waiter = this.#next()
      waiter?.give(this.#open())
      throw error
    }
  }

  #next(): Waiter | undefined {
    const waiter = this.#waiters.shift()
    clearTimeout(waiter?.timer)
    return waiter
  }

  #rest(session: Session): void {
    this.#idle.push({ session, since: performance.now() })
    this.#sweeper ??= setTimeout(() => this.#sweep(), restMs).unref()
  }

  #sweep(): void {
    this.#sweeper = undefined
    const stale = this.#idle.filter((rested) => !isFresh(rested))
    for (const rested of stale) {
      this.#idle.splice(this.#idle.indexOf(rested), 1)
      rested.session.end().catch(() => undefined)
    }
    if (this.#idle.length > 0) this.#sweeper = setTimeout(() => this.#sweep(), restMs).unref()
  }
}

function isFresh(rested: { readonly session: Session; readonly since: number }): boolean {
  return rested.session.healthy && performance.now() - rested.since < restMs
}

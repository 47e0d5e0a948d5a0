import { describe, expect, it } from 'vitest'
import { SessionPool } from './session-pool.ts'
import { type Session, SessionLost } from './session.ts'

class FakeSession implements Session {
  healthy = true
  ended = false
  destroyed = false
  readonly foreignKeysOff = false

  query(): Promise<never> {
    throw new Error('not here')
  }

  end(): Promise<void> {
    this.ended = true
    return Promise.resolve()
  }

  destroy(): void {
    this.destroyed = true
  }
}

function pool(size: number): { pool: SessionPool; made: FakeSession[]; fail: { next: boolean } } {
  const made: FakeSession[] = []
  const fail = { next: false }
  const connect = (): Promise<Session> => {
    if (fail.next) return Promise.reject(new SessionLost('nobody answers'))
    made.push(new FakeSession())
    return Promise.resolve(made.at(-1)!)
  }
  return { pool: new SessionPool(size, connect), made, fail }
}

describe('the pool of our sessions', () => {
  it('uses a session again that came back well', async () => {
    const { pool: sessions, made } = pool(2)
    for (let round = 0; round < 3; round++) await sessions.with(() => Promise.resolve())
    expect(made).toHaveLength(1)
  })

  it('destroys a session in which anything went wrong', async () => {
    const { pool: sessions, made } = pool(1)
    await expect(sessions.with(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    const session = await sessions.acquire()
    made[1]!.healthy = false
    sessions.release(session, true)
    await sessions.with(() => Promise.resolve())
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true, true, false])
  })

  it('lends no more than its size, and serves those who wait in order', async () => {
    const { pool: sessions, made } = pool(1)
    const session = await sessions.acquire()
    const order: number[] = []
    const waiting = [1, 2, 3].map((number) =>
      sessions.with(() => {
        order.push(number)
        return Promise.resolve()
      }),
    )
    sessions.release(session, false)
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
    expect(made).toHaveLength(2)
  })

  it('tells everybody who waits when no session can be made, and works again afterwards', async () => {
    const { pool: sessions, fail } = pool(1)
    const session = await sessions.acquire()
    const waiting = Promise.allSettled([sessions.acquire(), sessions.acquire()])
    fail.next = true
    sessions.release(session, false)
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    fail.next = false
    expect(await sessions.with(() => Promise.resolve('works'))).toBe('works')
  })

  it('ends resting sessions and refuses new work when it closes', async () => {
    const { pool: sessions, made } = pool(2)
    const busy = await sessions.acquire()
    await sessions.with(() => Promise.resolve())
    await sessions.close()
    await expect(sessions.acquire()).rejects.toThrow(SessionLost)
    sessions.release(busy, true)
    expect(made.map(({ ended }) => ended)).toEqual([true, true])
  })
})

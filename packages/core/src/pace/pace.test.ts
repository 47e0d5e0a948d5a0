import { describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { StoreError } from '../store.ts'
import { AdaptiveSize } from './adaptive-size.ts'
import { RecentRate } from './recent-rate.ts'
import { type Brake, Throttle } from './throttle.ts'

/** Time that passes by sleeping only. */
function sleeper(): Clock & { pass(ms: number): void } {
  let now = 0
  return {
    now: () => now,
    random: () => 0,
    sleep(ms, signal) {
      signal?.throwIfAborted()
      now += ms
      return Promise.resolve()
    },
    pass: (ms) => (now += ms),
  }
}

describe('the size of the next piece', () => {
  const limits = { targetMs: 100, min: 10, max: 5000, first: 100 }

  test('settles where a piece lasts as long as asked', () => {
    const size = new AdaptiveSize(limits)
    for (let piece = 0; piece < 20; piece++) size.took(size.rows, size.rows * 0.25)
    expect(size.rows).toBe(400)
    size.retune({ targetMs: 50 })
    for (let piece = 0; piece < 20; piece++) size.took(size.rows, size.rows * 0.25)
    expect(size.rows).toBe(200)
  })

  test('moves by no more than a factor of two, and stays in its limits', () => {
    const size = new AdaptiveSize(limits)
    size.took(100, 0)
    expect(size.rows).toBe(200)
    size.took(200, 60_000)
    expect(size.rows).toBe(100)
    for (let piece = 0; piece < 20; piece++) size.took(size.rows, 60_000)
    expect(size.rows).toBe(10)
    for (let piece = 0; piece < 20; piece++) size.took(size.rows, 0.1)
    expect(size.rows).toBe(5000)
  })

  test('learns nothing from the few rows at the end of a table', () => {
    const size = new AdaptiveSize(limits)
    size.took(3, 1)
    expect(size.rows).toBe(100)
  })
})

describe('the rate of late', () => {
  test('is that of the last half minute, and gives the time that is left', () => {
    const clock = sleeper()
    const rate = new RecentRate(clock)
    expect([rate.perSecond(), rate.etaMs(10)]).toEqual([0, null])
    for (let second = 0; second < 60; second++) {
      clock.pass(1000)
      rate.add(second < 30 ? 10 : 100)
    }
    expect(rate.perSecond()).toBe(100)
    expect(rate.etaMs(500)).toBe(5000)
    clock.pass(60_000)
    expect([rate.perSecond(), rate.etaMs(1)]).toEqual([0, null])
  })
})

describe('the throttle', () => {
  test('lets no more rows through than the limit, which can be changed', async () => {
    const clock = sleeper()
    const throttle = new Throttle(clock, { rowsPerSecond: 100, brakes: [] })
    for (let piece = 0; piece < 5; piece++) await throttle.pass(50)
    expect(clock.now()).toBe(2000)
    throttle.retune(null)
    for (let piece = 0; piece < 5; piece++) await throttle.pass(50)
    expect(clock.now()).toBe(2000)
  })

  test('waits while a brake has a reason or can not be asked, and says why', async () => {
    const clock = sleeper()
    const reasons: (string | null | StoreError)[] = [
      'lag',
      new StoreError('target', 'lost', 'no answer'),
      null,
    ]
    const seen: (string | null)[] = []
    const brake: Brake = {
      look() {
        const reason = reasons.shift()!
        return reason instanceof StoreError ? Promise.reject(reason) : Promise.resolve(reason)
      },
    }
    const throttle = new Throttle(
      {
        ...clock,
        sleep(ms, signal) {
          seen.push(throttle.reason)
          return clock.sleep(ms, signal)
        },
      },
      { rowsPerSecond: null, brakes: [brake] },
    )
    await throttle.pass(1)
    expect([...new Set(seen)]).toEqual(['lag', 'the target does not say how it is: no answer'])
    expect(throttle.reason).toBeNull()
  })

  test('ends with the signal', async () => {
    const clock = sleeper()
    const stop = new AbortController()
    const brake: Brake = {
      look() {
        stop.abort(new Error('stopped'))
        return Promise.resolve('always')
      },
    }
    const throttle = new Throttle(clock, { rowsPerSecond: null, brakes: [brake] })
    await expect(throttle.pass(1, stop.signal)).rejects.toThrow('stopped')
  })
})

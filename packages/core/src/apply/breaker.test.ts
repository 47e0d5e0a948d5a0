import { describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { Breaker } from './breaker.ts'

function at(): { clock: Clock; pass(ms: number): void } {
  let now = 0
  const clock: Clock = {
    now: () => now,
    random: () => 0,
    sleep: () => Promise.reject(new Error('a breaker never sleeps')),
  }
  return { clock, pass: (ms) => (now += ms) }
}

describe('the breaker (W7)', () => {
  test('opens after the set number of consecutive failures, and says so once', () => {
    const { clock } = at()
    const breaker = new Breaker(clock, { failures: 3, probeMs: 1000 })
    expect([breaker.failed(), breaker.failed()]).toEqual([false, false])
    breaker.succeeded()
    expect([breaker.failed(), breaker.failed(), breaker.failed(), breaker.failed()]).toEqual([
      false,
      false,
      true,
      false,
    ])
    expect(breaker.state).toBe('open')
  })

  test('lets one probe through after the interval, and closes on its success', () => {
    const { clock, pass } = at()
    const breaker = new Breaker(clock, { failures: 1, probeMs: 1000 })
    breaker.failed()
    pass(999)
    expect([breaker.state, breaker.waitMs()]).toEqual(['open', 1])
    pass(1)
    expect([breaker.state, breaker.waitMs()]).toEqual(['half-open', 0])
    breaker.failed()
    expect(breaker.state).toBe('open')
    pass(1000)
    breaker.succeeded()
    expect(breaker.state).toBe('closed')
  })
})

import { describe, expect, it } from 'vitest'
import type { BreakerState } from '../apply/breaker.ts'
import type { Clock } from '../clock.ts'
import { parseMigration } from '../mapping/config.ts'
import type { JournalState } from '../store.ts'
import { Ramp } from './ramp.ts'
import type { RampOptions } from './read-options.ts'

const empty: JournalState = { entries: 0, oldestMs: null, blocked: 0, marks: [] }

function world(options: Partial<RampOptions> = {}) {
  const { ramp: settings } = parseMigration({
    name: 'shop',
    tables: { orders: true, items: true },
    reads: { ramp: { percent: 100, ...options } },
  }).reads!
  const now = { ms: 1000, journal: empty, breaker: 'closed' as BreakerState }
  const clock: Clock = { now: () => now.ms, random: () => 0.5, sleep: () => Promise.resolve() }
  const ramp = new Ramp(settings!, {
    clock,
    journalState: () => Promise.resolve(now.journal),
    breaker: () => now.breaker,
  })
  /** Asks once so that the journal is looked at, and again. */
  const mayServe = async (tables = ['orders']): Promise<boolean> => {
    now.ms += 100
    ramp.mayServe(tables)
    await new Promise(setImmediate)
    return ramp.mayServe(tables)
  }
  return { ramp, now, mayServe }
}

describe('the ramp', () => {
  it('takes the same part of the keys every time, and all keys of a smaller part again in a larger one', () => {
    let key = 0
    const { ramp } = world({ percent: 20, by: () => key })
    const taken = (): number[] =>
      Array.from({ length: 2000 }, (_, n) => n).filter((n) => {
        key = n
        return ramp.takes()
      })
    const some = taken()
    expect(taken()).toEqual(some)
    expect(some.length).toBeGreaterThan(300)
    expect(some.length).toBeLessThan(500)
    ramp.percent = 60
    const more = new Set(taken())
    expect(some.every((one) => more.has(one))).toBe(true)
    ramp.percent = 0
    expect(taken()).toEqual([])
    expect(() => (ramp.percent = 101)).toThrow('TW_CONFIG_INVALID')
  })

  it('does not trust a target of which nothing is known yet', () => {
    expect(world().ramp.mayServe(['orders'])).toBe(false)
  })

  it('serves tolerant tables only, while the lag is small, nothing blocked or marked, and the breaker closed', async () => {
    const { now, mayServe } = world({ tables: ['orders'], lagMs: 500 })
    expect(await mayServe()).toBe(true)
    expect(await mayServe(['orders', 'items'])).toBe(false)
    now.journal = { ...empty, entries: 1, oldestMs: 501 }
    expect(await mayServe()).toBe(false)
    now.journal = { ...empty, blocked: 1 }
    expect(await mayServe()).toBe(false)
    now.journal = { ...empty, marks: ['orders'] }
    expect(await mayServe()).toBe(false)
    now.journal = empty
    expect(await mayServe()).toBe(true)
    now.breaker = 'open'
    expect(await mayServe()).toBe(false)
  })

  it('keeps reads of a table from the target until what this process wrote there has arrived', async () => {
    const { ramp, now, mayServe } = world()
    expect(await mayServe()).toBe(true)
    now.journal = { ...empty, entries: 1, oldestMs: 5 }
    ramp.wrote(['orders'])
    expect(ramp.mayServe(['orders'])).toBe(false)
    expect(ramp.mayServe(['items'])).toBe(true)
    // The oldest entry is as old as the write: it may be its own.
    now.journal = { ...empty, entries: 1, oldestMs: 200 }
    expect(await mayServe()).toBe(false)
    // All that is left is younger.
    now.journal = { ...empty, entries: 1, oldestMs: 30 }
    expect(await mayServe()).toBe(true)
  })

  it('is not asked for a while after three failures', async () => {
    const { ramp, now, mayServe } = world()
    expect(await mayServe()).toBe(true)
    for (let n = 0; n < 3; n++) ramp.fellBack()
    expect(await mayServe()).toBe(false)
    now.ms += 1000
    expect(await mayServe()).toBe(true)
  })
})

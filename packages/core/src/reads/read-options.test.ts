import { expect, it } from 'vitest'
import { parseMigration } from '../mapping/config.ts'

const parse = (reads: unknown, more: object = {}) =>
  parseMigration({ name: 'shop', tables: { orders: true }, reads, ...more })

it('fills in the defaults, and has no read policy where none is asked for', () => {
  expect(parse(undefined).reads).toBeNull()
  expect(parse({ shadow: { rate: 0.1 }, ramp: { percent: 5 } }).reads).toEqual({
    shadow: {
      rate: 0.1,
      ignore: [],
      unordered: false,
      concurrency: 2,
      timeoutMs: 1000,
      settleMs: 50,
      showValues: false,
    },
    ramp: { percent: 5, by: null, timeoutMs: 200, lagMs: 1000, tables: null },
  })
})

it.each([
  [{ shadow: { rate: 2 } }, 'reads.shadow.rate is 2; expected a number from 0 to 1'],
  [{ shadow: {} }, 'reads.shadow.rate is missing'],
  [{ shadow: { rate: 1, ignore: ['total'] } }, 'reads.shadow.ignore'],
  [{ shadow: { rate: 1, timeout: 5 } }, 'timeoutMs'],
  [{ ramp: { percent: 101 } }, 'reads.ramp.percent is 101; expected a number from 0 to 100'],
  [{ ramp: { percent: 5, by: 'tenant' } }, 'reads.ramp.by'],
  [{ sahdow: {} }, 'shadow'],
  [
    { shadow: { rate: 1, ignore: ['orders.total', 'oders.total'] } },
    'option reads.shadow.ignore: "oders.total" names no mapped table. Did you mean "orders"? Mapped are orders',
  ],
  [
    { ramp: { percent: 5, tables: ['customers'] } },
    'option reads.ramp.tables: "customers" names no mapped table',
  ],
])('%j is refused by name', (reads, message) => {
  expect(() => parse(reads)).toThrow(message)
})

it('refuses a ramp where it is not known when own writes have arrived', () => {
  expect(() => parse({ ramp: { percent: 5 } }, { level: 'unjournaled' })).toThrow('option reads.ramp')
})

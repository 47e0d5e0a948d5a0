import { fc, it } from '@fast-check/vitest'
import Database from 'better-sqlite3'
import { afterAll, describe, expect } from 'vitest'
import { timeText, timeValue } from './time-text.ts'

const database = new Database(':memory:')
afterAll(() => void database.close())
database.defaultSafeIntegers(true)
database.exec('CREATE TABLE t (v DATETIME, w DATETIME)')

/** Stores a value, then its text, then the value that the text gives; returns the text and both stored values with their class. */
function stored(given: unknown): { text: unknown; before: unknown; after: unknown } {
  database.prepare('DELETE FROM t').run()
  database.prepare('INSERT INTO t (v) VALUES (?)').run(given)
  const text: unknown = database
    .prepare(`SELECT ${timeText('v')} FROM t`)
    .pluck()
    .get()
  database.prepare(`UPDATE t SET w = ${timeValue('?')}`).run(text)
  const [before, , after] = database
    .prepare('SELECT v, typeof(v), w, typeof(w) FROM t')
    .raw()
    .get() as unknown[]
  expect(database.prepare('SELECT typeof(v) = typeof(w) AND v IS w FROM t').pluck().get()).toBe(1n)
  return { text, before, after }
}

const canonical = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/

describe('dates and times in SQLite', () => {
  it.prop([
    fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
  ])(
    'are the same date and time however a client of JavaScript writes them, and come back as they were',
    (date) => {
      const iso = date.toISOString()
      const wanted = iso.slice(0, -1).replace('T', ' ')
      for (const given of [BigInt(date.getTime()), iso, wanted]) {
        const { text } = stored(given)
        expect(text).toMatch(canonical)
        expect(String(text).slice(0, 23)).toBe(wanted)
        expect(String(text).slice(23)).toMatch(/^0*$/)
      }
      const texts = [BigInt(date.getTime()), iso, wanted].map((given) => stored(given).text)
      expect(new Set(texts).size).toBe(3)
    },
  )

  it.prop([
    fc.oneof(
      fc.string(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
  ])('may be anything else, which comes back as it was', (given) => {
    stored(given)
  })

  it.each(['2024-10-27T00:30:00.123Z', '2024-10-27 00:30:00.123000'])('may have a NUL behind %s', (time) => {
    const given = `${time}\u0000 or so`
    expect(stored(given)).toMatchObject({ text: given, after: given })
  })

  it.each(['', '0', '00', '000', '0000', '000000'])(
    'keep the %s zeros that a text has after its milliseconds',
    (zeros) => {
      const given = `2024-01-01 10:00:00.123${zeros}`
      expect(stored(given).after).toBe(given)
    },
  )
})

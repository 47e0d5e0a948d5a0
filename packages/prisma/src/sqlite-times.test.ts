import { describe, expect, it } from 'vitest'
import { fromPrismaTime, toPrismaTime } from './sqlite-times.ts'

const toText = toPrismaTime('iso8601')
const toNumber = toPrismaTime('unixepoch-ms')

describe("times between Prisma's SQLite and other engines (W4)", () => {
  it.each([
    ['2026-11-21 15:30:57.726', '2026-11-21T15:30:57.726+00:00'],
    ['2026-11-21 15:30:57', '2026-11-21T15:30:57.000+00:00'],
    ['2026-11-21 15:30:57.5', '2026-11-21T15:30:57.500+00:00'],
    ['2026-11-21 15:30:57.123456', '2026-11-21T15:30:57.123456+00:00'],
  ])('turn %s into the text that Prisma writes, and back', (canonical, prisma) => {
    expect(toText(canonical)).toBe(prisma)
    expect(fromPrismaTime(null)(prisma)).toBe(canonical)
  })

  it('know zoned times, days and times of day', () => {
    expect(toText('1700000000123456')).toBe('2023-11-14T22:13:20.123456+00:00')
    expect(fromPrismaTime('Timestamptz')('2023-11-14T22:13:20.123456+00:00')).toBe('1700000000123456')
    expect(toText('2024-02-29')).toBe('2024-02-29T00:00:00.000+00:00')
    expect(fromPrismaTime('Date')('2024-02-29T00:00:00.000+00:00')).toBe('2024-02-29')
    expect(toText('10:11:12.5')).toBe('1970-01-01T10:11:12.500+00:00')
    expect(fromPrismaTime('Time')('1970-01-01T10:11:12.500+00:00')).toBe('10:11:12.5')
  })

  it.each([
    ['2026-11-21 15:30:57.726', '2026-11-21 15:30:57.726000'],
    ['2026-11-21 15:30:57', '2026-11-21 15:30:57.000000'],
    ['1700000000123000', '2023-11-14 22:13:20.123000'],
    ['-1000', '1969-12-31 23:59:59.999000'],
    ['2024-02-29', '2024-02-29 00:00:00.000000'],
  ])('turn %s into the text of an integer that Prisma writes, and back', (canonical, prisma) => {
    expect(toNumber(canonical)).toBe(prisma)
  })

  it('say what milliseconds cannot hold', () => {
    expect(toNumber(null)).toBeNull()
    expect(toNumber('soon')).toBe('soon')
    expect(() => toNumber('2026-11-21 15:30:57.123456')).toThrow('no more than milliseconds')
    expect(fromPrismaTime(null)('2026-11-21 15:30:57.726000')).toBe('2026-11-21 15:30:57.726')
  })

  it('read what others than Prisma wrote', () => {
    expect(fromPrismaTime(null)('2026-11-21 15:30:57')).toBe('2026-11-21 15:30:57')
    expect(fromPrismaTime(null)('2026-11-21T15:30:57.000+02:00')).toBe('2026-11-21 13:30:57')
    expect(fromPrismaTime(null)('soon')).toBe('soon')
    expect(fromPrismaTime(null)(null)).toBeNull()
    expect(toText(null)).toBeNull()
  })
})

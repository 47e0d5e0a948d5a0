import { describe, expect, it } from 'vitest'
import { fromPrismaTime, toPrismaTime } from './sqlite-times.ts'

describe("times between Prisma's SQLite and other engines (W4)", () => {
  it.each([
    ['2026-11-21 15:30:57.726', '2026-11-21T15:30:57.726+00:00'],
    ['2026-11-21 15:30:57', '2026-11-21T15:30:57.000+00:00'],
    ['2026-11-21 15:30:57.5', '2026-11-21T15:30:57.500+00:00'],
    ['2026-11-21 15:30:57.123456', '2026-11-21T15:30:57.123456+00:00'],
  ])('turn %s into the text that Prisma writes, and back', (canonical, prisma) => {
    expect(toPrismaTime(canonical)).toBe(prisma)
    expect(fromPrismaTime(null)(prisma)).toBe(canonical)
  })

  it('know zoned times, days and times of day', () => {
    expect(toPrismaTime('1700000000123456')).toBe('2023-11-14T22:13:20.123+00:00')
    expect(fromPrismaTime('Timestamptz')('2023-11-14T22:13:20.123+00:00')).toBe('1700000000123000')
    expect(toPrismaTime('2024-02-29')).toBe('2024-02-29T00:00:00.000+00:00')
    expect(fromPrismaTime('Date')('2024-02-29T00:00:00.000+00:00')).toBe('2024-02-29')
    expect(toPrismaTime('10:11:12.5')).toBe('1970-01-01T10:11:12.500+00:00')
    expect(fromPrismaTime('Time')('1970-01-01T10:11:12.500+00:00')).toBe('10:11:12.5')
  })

  it('read what others than Prisma wrote', () => {
    expect(fromPrismaTime(null)('2026-11-21 15:30:57')).toBe('2026-11-21 15:30:57')
    expect(fromPrismaTime(null)('2026-11-21T15:30:57.000+02:00')).toBe('2026-11-21 13:30:57')
    expect(fromPrismaTime(null)('soon')).toBe('soon')
    expect(fromPrismaTime(null)(null)).toBeNull()
    expect(toPrismaTime(null)).toBeNull()
  })
})

import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import type { Column, ColumnKind, EngineName } from '../catalog.ts'
import { TwinwriteError } from '../errors.ts'
import { column } from './catalog-fixture.ts'
import { conversion, guard } from './convert.ts'

function converted(from: Column, to: Column, text: string): string {
  return conversion(from, to)?.(text) ?? text
}

const of = (kind: ColumnKind, more: Partial<Column> = {}): Column => column('c', kind, more)
const seconds = (kind: ColumnKind, scale: number | null): Column => of(kind, { scale })

describe('conversion', () => {
  it.each([
    ['integer', 'integer'],
    ['integer', 'decimal'],
    ['integer', 'text'],
    ['text', 'integer'],
    ['text', 'uuid'],
    ['uuid', 'text'],
    ['float32', 'float64'],
    ['enum', 'text'],
    ['json', 'json'],
    ['native', 'text'],
  ] as const)('leaves %s to %s as it is', (from, to) => {
    expect(conversion(of(from), of(to))).toBeNull()
  })

  it.each<[string, Column, Column, string, string]>([
    ['true to 1', of('boolean'), of('integer'), 'true', '1'],
    ['false to 0', of('boolean'), of('integer'), 'false', '0'],
    ['the number in a TINYINT(1)', of('boolean'), of('integer'), '-128', '-128'],
    ['1 to true', of('integer'), of('boolean'), '1', 'true'],
    ['0 to false', of('integer'), of('boolean'), '0', 'false'],
    ['true to a bit', of('boolean'), of('bits', { type: 'bit(1)' }), 'true', '1'],
    ['true to bits', of('boolean'), of('bits', { type: 'bit(4)' }), 'true', '0001'],
    ['false to a bare bit', of('boolean'), of('bits', { type: 'bit' }), 'false', '0'],
    ['bits to true', of('bits'), of('boolean'), '0001', 'true'],
    ['bits to false', of('bits'), of('boolean'), '0000', 'false'],
    [
      'a uuid to bytes',
      of('uuid'),
      of('bytes'),
      '00112233-4455-6677-8899-aabbccddeeff',
      '00112233445566778899aabbccddeeff',
    ],
    [
      'bytes to a uuid',
      of('bytes'),
      of('uuid'),
      '00112233445566778899aabbccddeeff',
      '00112233-4455-6677-8899-aabbccddeeff',
    ],
    ['a date to a datetime', of('date'), of('datetime'), '2024-02-29', '2024-02-29 00:00:00'],
    ['a datetime to a date', of('datetime'), of('date'), '2024-02-29 23:59:59.5', '2024-02-29'],
    [
      'an instant to UTC',
      seconds('instant', 6),
      seconds('datetime', 6),
      '1709251199500000',
      '2024-02-29 23:59:59.5',
    ],
    [
      'an instant before 1970 to UTC',
      seconds('instant', 6),
      seconds('datetime', 6),
      '-1',
      '1969-12-31 23:59:59.999999',
    ],
    ['an instant to UTC seconds', seconds('instant', 6), seconds('datetime', 0), '-1', '1969-12-31 23:59:59'],
    ['UTC to an instant', seconds('datetime', 6), seconds('instant', 6), '1969-12-31 23:59:59.999999', '-1'],
    [
      'UTC to an instant of seconds',
      seconds('datetime', 6),
      seconds('instant', 0),
      '1970-01-01 00:00:01.9',
      '1000000',
    ],
    [
      'the year 45 to an instant',
      seconds('datetime', 6),
      seconds('instant', 6),
      '0045-01-01 00:00:00',
      '-60747062400000000',
    ],
    ['decimals to a shorter fraction', seconds('decimal', 4), seconds('decimal', 2), '1.2345', '1.23'],
    ['decimals half away from zero', seconds('decimal', 4), seconds('decimal', 2), '-1.235', '-1.24'],
    ['decimals with a carry', seconds('decimal', 4), seconds('decimal', 2), '99.995', '100'],
    ['decimals to nothing', seconds('decimal', 4), seconds('decimal', 2), '-0.0049', '0'],
    ['decimals to integers', seconds('decimal', 2), of('integer'), '-2.5', '-3'],
    ['floats to integers', of('float64'), of('integer'), '1e+21', '1000000000000000000000'],
    ['floats to decimals', of('float64'), of('decimal'), '-1.5e-7', '-0.00000015'],
    ['floats to short decimals', of('float64'), seconds('decimal', 3), '0.0005', '0.001'],
    ['decimals to floats', of('decimal'), of('float64'), '0.10000000000000000001', '0.1'],
    ['integers to floats', of('integer'), of('float64'), '9007199254740993', '9007199254740992'],
    ['other spellings of a decimal', of('text'), of('decimal'), '-007.50', '-7.5'],
    ['other spellings of a double', of('text'), of('float64'), '1e3', '1000'],
    ['other spellings of a float', of('text'), of('float32'), '0.10', '0.1'],
    ['a zero with a sign', of('text'), of('float64'), '-0.0e5', '-0'],
    ['doubles to few digits', of('float64'), seconds('float64', 2), '8119.8270797035', '8119.83'],
    ['decimals to a double of few digits', of('decimal'), seconds('float64', 2), '0.0000000001', '0'],
    ['the sign of a zero', of('float64'), of('float32'), '-0', '-0'],
    ['doubles to short floats', of('float64'), of('float32'), '0.30000001192092896', '0.3'],
    ['doubles too long for a float', of('float64'), of('float32'), '16777217', '16777216'],
    ['times to seconds', seconds('time', 6), seconds('time', 0), '12:00:00.9', '12:00:00'],
    [
      'datetimes to milliseconds',
      seconds('datetime', 6),
      seconds('datetime', 3),
      '2024-01-01 00:00:00.120001',
      '2024-01-01 00:00:00.12',
    ],
    ['instants to milliseconds', seconds('instant', 6), seconds('instant', 3), '-1', '-1000'],
  ])('brings %s', (_, from, to, text, expected) => {
    expect(converted(from, to, text)).toBe(expected)
  })

  it.each<[string, Column, Column, string]>([
    ['an integer that is no boolean', of('integer'), of('boolean'), '2'],
    ['bytes that are no uuid', of('bytes'), of('uuid'), '0011'],
    ['a double beyond a float', of('float64'), of('float32'), '1e+300'],
    ['a decimal beyond a double', of('decimal'), of('float64'), `1${'0'.repeat(400)}`],
    ['NaN', of('float64'), seconds('decimal', 2), 'NaN'],
    ['more digits than a double holds', of('text'), of('float64'), '0.10000000000000000001'],
    ['a double far beyond', of('text'), of('float64'), '1e999999999'],
    ['a text that is no number', of('text'), of('float64'), '0x10'],
    ['infinity of a datetime', seconds('datetime', 6), seconds('instant', 6), 'infinity'],
    ['infinity of an instant', seconds('instant', 6), seconds('datetime', 6), 'infinity'],
    ['infinity of a cut instant', seconds('instant', 6), seconds('instant', 0), '-infinity'],
    ['an instant beyond all dates', seconds('instant', 6), seconds('datetime', 6), '9'.repeat(30)],
  ])('leaves %s as it is, to be refused and never changed (W5)', (_, from, to, text) => {
    expect(converted(from, to, text)).toBe(text)
  })

  test.prop([fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }).map(String)])(
    'brings every instant of the years 1 to 9999 to UTC and back (W5)',
    (text) => {
      const [instant, datetime] = [seconds('instant', 6), seconds('datetime', 6)]
      const utc = converted(instant, datetime, text)
      expect(utc).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{0,5}[1-9])?$/)
      expect(converted(datetime, instant, utc)).toBe(text)
    },
  )

  test.prop([fc.double({ noNaN: true, noDefaultInfinity: true })])(
    'writes every double as a decimal without exponent that reads back (W5)',
    (value) => {
      const text = converted(of('float64'), of('decimal'), String(value))
      expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/)
      expect(converted(of('decimal'), of('float64'), text)).toBe(String(value === 0 ? 0 : value))
    },
  )

  test.prop([fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(6)])(
    'rounds a decimal to a fraction that is at most half a unit away',
    (units, scale) => {
      const sign = units < 0n ? '-' : ''
      const digits = (units < 0n ? -units : units).toString().padStart(9, '0')
      const given = `${sign}${digits.slice(0, -8)}.${digits.slice(-8)}`
      const rounded = converted(seconds('decimal', 8), seconds('decimal', scale), given)
      const [whole = '', fraction = ''] = rounded.replace('-', '').split('.')
      const back = BigInt(whole + fraction.padEnd(8, '0')) * (rounded.startsWith('-') ? -1n : 1n)
      const distance = back > units ? back - units : units - back
      expect(fraction.length).toBeLessThanOrEqual(scale)
      expect(distance * 2n).toBeLessThanOrEqual(10n ** BigInt(8 - scale))
    },
  )
})

describe('guard', () => {
  const side = (engine: EngineName, kind: ColumnKind, more: Partial<Column> = {}) => ({
    engine,
    column: of(kind, more),
  })

  it.each<[EngineName, ColumnKind, EngineName, ColumnKind, string]>([
    ['postgres', 'decimal', 'mysql', 'decimal', 'NaN'],
    ['postgres', 'float64', 'mariadb', 'float64', '-Infinity'],
    ['postgres', 'float32', 'sqlite', 'float32', 'Infinity'],
    ['postgres', 'float64', 'postgres', 'integer', 'NaN'],
    ['postgres', 'instant', 'mysql', 'instant', 'infinity'],
    ['postgres', 'instant', 'mariadb', 'datetime', '-infinity'],
    ['postgres', 'date', 'mysql', 'date', 'infinity'],
    ['postgres', 'instant', 'sqlite', 'datetime', '9224318015999000000'],
    ['mysql', 'datetime', 'postgres', 'instant', '2024-02-31 00:00:00'],
    ['sqlite', 'text', 'mysql', 'text', '\u0000blob 00ff'],
    ['sqlite', 'text', 'postgres', 'text', '\u0000text ff'],
    ['sqlite', 'json', 'mariadb', 'json', '\u0000text 22ff22'],
    ['sqlite', 'float64', 'postgres', 'float64', '\u0000text ff'],
    ['sqlite', 'datetime', 'mysql', 'datetime', '\u0000text ff'],
    ['mysql', 'text', 'sqlite', 'text', '\u0000blob 00ff'],
    ['sqlite', 'date', 'postgres', 'date', '2024-02-29 10:00:00'],
    ['sqlite', 'time', 'mysql', 'time', '10:00'],
    ['sqlite', 'uuid', 'postgres', 'uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'],
    ['sqlite', 'boolean', 'mariadb', 'boolean', '2'],
    ['mysql', 'integer', 'postgres', 'boolean', '2'],
    ['mysql', 'bits', 'postgres', 'boolean', '10'],
    ['mysql', 'boolean', 'postgres', 'bits', '2'],
    ['mysql', 'bytes', 'postgres', 'uuid', '0011'],
    ['mysql', 'text', 'postgres', 'integer', 'one'],
    ['mysql', 'text', 'postgres', 'decimal', '1.10'],
    ['mysql', 'text', 'postgres', 'uuid', '00112233-4455-6677-8899-AABBCCDDEEFF'],
    ['mysql', 'text', 'postgres', 'boolean', 't'],
    ['mysql', 'text', 'postgres', 'date', '2024-1-1'],
    ['mysql', 'text', 'postgres', 'time', 'noon'],
    ['mysql', 'text', 'postgres', 'datetime', '2024-01-01'],
    ['mysql', 'text', 'postgres', 'float64', 'abc'],
    ['postgres', 'text', 'mysql', 'bits', '12'],
  ])('refuses what %s %s cannot hand to %s %s: %j (W5)', (fromEngine, from, toEngine, to, text) => {
    const check = guard(side(fromEngine, from), side(toEngine, to, { name: 'b' }), 'orders')
    expect(() => check?.(text)).toThrow(TwinwriteError)
    expect(() => check?.(text)).toThrow(/TW_SECONDARY_REJECTED: orders: column "b" .* cannot hold/)
  })

  it.each<[EngineName, ColumnKind, EngineName, ColumnKind, string]>([
    ['postgres', 'decimal', 'mysql', 'decimal', '1.5'],
    ['mysql', 'integer', 'postgres', 'boolean', 'true'],
    ['mysql', 'text', 'postgres', 'datetime', '2024-01-01 00:00:00.5'],
    ['mysql', 'text', 'postgres', 'uuid', '00112233-4455-6677-8899-aabbccddeeff'],
  ])('lets pass what %s %s can hand to %s %s: %j', (fromEngine, from, toEngine, to, text) => {
    const check = guard(side(fromEngine, from), side(toEngine, to), 'orders')
    expect(check).not.toBeNull()
    expect(() => check?.(text)).not.toThrow()
  })

  it.each<[EngineName, ColumnKind, EngineName, ColumnKind]>([
    ['postgres', 'float64', 'postgres', 'float64'],
    ['mysql', 'decimal', 'mysql', 'decimal'],
    ['postgres', 'instant', 'postgres', 'instant'],
    ['mysql', 'float64', 'postgres', 'decimal'],
    ['mysql', 'integer', 'postgres', 'integer'],
    ['mysql', 'text', 'postgres', 'text'],
  ])('costs nothing from %s %s to %s %s', (fromEngine, from, toEngine, to) => {
    expect(guard(side(fromEngine, from), side(toEngine, to), 'orders')).toBeNull()
  })
})

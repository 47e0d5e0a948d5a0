import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import type { Column, ColumnKind } from '../catalog.ts'
import { bigint, column, int, unsignedBigint } from './catalog-fixture.ts'
import { conversion } from './convert.ts'
import { canCarry, cautions, losses } from './lossy.ts'
import { lite, maria, money, my, pg, small } from './lossy-cell.ts'
import { numberCells } from './lossy-cells-of-numbers.ts'
import { otherCells } from './lossy-cells-of-others.ts'

const cells = [...numberCells, ...otherCells]

const kinds: readonly ColumnKind[] = [
  ...(['integer', 'decimal', 'float32', 'float64', 'text', 'bytes', 'uuid', 'boolean'] as const),
  ...(['date', 'time', 'datetime', 'instant', 'json', 'bits', 'enum', 'native'] as const),
]

describe('losses', () => {
  it.each(cells)('knows %s', (_, left, right, forward, backward) => {
    expect(losses(left, right, false)).toEqual(forward)
    expect(losses(right, left, false)).toEqual(backward)
  })

  it('has a test for every pair of kinds that can be carried, and refuses all others', () => {
    const tested = new Set(
      cells.flatMap(([, { column: a }, { column: b }]) => [`${a.kind} ${b.kind}`, `${b.kind} ${a.kind}`]),
    )
    for (const from of kinds) {
      for (const to of kinds) {
        expect(canCarry(pg(from), pg(to)), `${from} ${to}`).toBe(tested.has(`${from} ${to}`))
        expect(canCarry(pg(to), pg(from)), 'symmetric').toBe(canCarry(pg(from), pg(to)))
      }
    }
  })

  it.each([
    ['inet', 'inet', true],
    ['app.pair', 'sales.pair', true],
    ['numeric(5,2)[]', 'numeric[]', true],
    ['inet', 'cidr', false],
    ['int4range', 'numrange', false],
    ['integer[]', 'integer', false],
    ['text[]', 'integer[]', false],
  ])('are asked of native types of one name only: %s and %s (W5)', (left, right, carried) => {
    const [a, b] = [pg('native', { type: left }), pg('native', { type: right })]
    expect([canCarry(a, b), canCarry(b, a)]).toEqual([carried, carried])
    expect(canCarry(a, my('native', { type: left }))).toBe(false)
  })

  describe('of columns that identify rows (W4)', () => {
    const exact = pg('text', { foldsText: false })
    const folds = (name: string): Partial<Column> => ({ foldsText: true, folding: name })
    const folding = my('text', folds('mysql utf8mb4_0900_ai_ci'))

    it('names texts that become equal on the other side', () => {
      expect(losses(exact, folding, true)).toEqual([
        expect.stringContaining('differ only in case, accents or trailing blanks'),
      ])
      expect(losses(folding, exact, true)).toEqual([])
      expect(losses(exact, folding, false)).toEqual([])
    })

    it('names two collations, which disagree even when both fold', () => {
      const blanks = my('text', folds('mysql utf8mb4_bin'))
      const disagree = [expect.stringContaining('its collation and that of the other side')]
      expect([losses(folding, blanks, true), losses(blanks, folding, true)]).toEqual([disagree, disagree])
      const unknown = pg('text', { foldsText: true })
      expect(losses(unknown, unknown, true)).toEqual(disagree)
      const other = maria('text', folds('mariadb utf8mb4_0900_ai_ci'))
      expect(losses(folding, other, true)).toEqual([
        expect.stringContaining('collations of mysql and mariadb'),
      ])
      expect(losses(folding, folding, true)).toEqual([])
    })
  })
})

describe('cautions', () => {
  it.each([
    ['NULL', pg('text', { nullable: true }), pg('text'), ['NULL'], []],
    [
      'instants',
      pg('instant'),
      my('instant'),
      ['instants before 1970 or after 2038-01-19', 'infinity and years outside 1 to 9999'],
      ['zero dates such as 0000-00-00'],
    ],
    [
      'instants of MariaDB',
      maria('instant'),
      lite('instant'),
      [],
      ['values that are not of the declared type', 'instants before 1970 or after 2038-01-19'],
    ],
    [
      'long decimals',
      pg('decimal', money(30, 10)),
      lite('decimal', money(30, 10)),
      ['NaN and infinity', 'numbers of more digits than a 64-bit float holds'],
      ['values that are not of the declared type'],
    ],
    [
      'short decimals',
      my('decimal', money(12, 2)),
      lite('decimal'),
      [],
      ['values that are not of the declared type', 'NaN and infinity'],
    ],
    ['floats', pg('float32'), lite('float64'), ['NaN and infinity'], []],
    ['floats of MySQL', my('float64'), pg('float32'), [], ['NaN and infinity']],
    [
      'texts',
      lite('text'),
      pg('text'),
      [
        'texts with a NUL character',
        'values that are not of the declared type',
        'texts that are not valid UTF-8',
      ],
      [],
    ],
    ['UUIDs', lite('uuid'), maria('uuid'), ['texts that are not a lower-case UUID'], []],
    [
      'character sets',
      my('text', { type: 'text CHARACTER SET latin1 COLLATE latin1_bin' }),
      maria('text', { type: 'text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' }),
      [],
      ['characters that latin1 does not have'],
    ],
    ['booleans', my('boolean'), pg('boolean'), ['integers other than 0 and 1'], []],
    [
      'documents kept as texts',
      maria('json', { type: 'longtext' }),
      pg('json', { type: 'jsonb' }),
      ['JSON objects with a key twice', 'JSON strings with \\u0000'],
      [],
    ],
    [
      'parsed documents',
      pg('json', { type: 'jsonb' }),
      my('json', { type: 'json' }),
      [],
      ['JSON strings with \\u0000'],
    ],
    [
      'documents of PostgreSQL',
      pg('json', { type: 'json' }),
      pg('json', { type: 'jsonb' }),
      ['JSON objects with a key twice', 'JSON strings with \\u0000'],
      [],
    ],
    [
      'far years',
      pg('datetime'),
      pg('instant'),
      ['years before 1 or after 275760'],
      ['years before 1 or after 275760'],
    ],
    ['times', my('time'), pg('time'), ['times below 00:00:00 or above 24:00:00'], []],
    [
      'dates',
      my('date'),
      pg('date'),
      ['zero dates such as 0000-00-00'],
      ['infinity and years outside 1 to 9999'],
    ],
    [
      'datetimes',
      maria('datetime'),
      pg('datetime'),
      ['zero dates such as 0000-00-00'],
      ['infinity and years outside 1 to 9999'],
    ],
    ['one family', my('datetime'), maria('datetime'), [], []],
    [
      'a TINYINT(1) and an unsigned integer',
      my('boolean', { type: 'tinyint(1)' }),
      maria('integer', { type: 'int unsigned', range: { min: '0', max: '4294967295' } }),
      ['integers below 0'],
      [],
    ],
    ['a true boolean', pg('boolean'), my('integer', int), [], []],
    ['other kinds', my('integer', int), pg('integer', int), [], []],
  ] as const)('names values that an engine refuses: %s', (_, left, right, forward, backward) => {
    expect(cautions(left, right)).toEqual(forward)
    expect(cautions(right, left)).toEqual(backward)
  })
})

describe('a pair without losses', () => {
  const integers = fc
    .constantFrom(int, bigint, unsignedBigint, small)
    .map((more) => column('c', 'integer', more))
  const decimals = fc
    .tuple(fc.integer({ min: 1, max: 30 }), fc.nat(10))
    .map(([precision, digits]) => column('c', 'decimal', money(precision, Math.min(digits, precision))))
  const floats = fc.constantFrom<ColumnKind>('float32', 'float64').map((kind) => column('c', kind))
  const anyNumber = fc.oneof(integers, decimals, floats)

  const valueOf = (of: Column): fc.Arbitrary<string> => {
    if (of.kind === 'integer' && of.range !== null) {
      return fc.bigInt({ min: BigInt(of.range.min), max: BigInt(of.range.max) }).map(String)
    }
    if (of.kind === 'decimal') {
      const digits = of.scale ?? 0
      const most = 10n ** BigInt(of.precision ?? 9) - 1n
      return fc.bigInt({ min: -most, max: most }).map((value) => decimalText(value, digits))
    }
    const number =
      of.kind === 'float32'
        ? fc.float({ noDefaultInfinity: true, noNaN: true })
        : fc.double({ noDefaultInfinity: true, noNaN: true })
    return number.map((value) => shortest(value, of.kind === 'float32'))
  }

  test.prop(
    [fc.tuple(anyNumber, anyNumber).chain(([a, b]) => fc.tuple(fc.constant(a), fc.constant(b), valueOf(a)))],
    {
      numRuns: 2000,
    },
  )('brings every number there and back unchanged (W5)', ([a, b, text]) => {
    fc.pre(losses({ column: a, engine: 'mysql' }, { column: b, engine: 'postgres' }, false).length === 0)
    const there = conversion(a, b)?.(text) ?? text
    expect(Number(there)).toBe(Number(text))
    expect(conversion(b, a)?.(there) ?? there).toBe(text)
  })
})

function decimalText(value: bigint, digits: number): string {
  const all = (value < 0n ? -value : value).toString().padStart(digits + 1, '0')
  const fraction = all.slice(all.length - digits).replace(/0+$/, '')
  const whole = all.slice(0, all.length - digits)
  const sign = value < 0n ? '-' : ''
  return digits === 0 || fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`
}

function shortest(value: number, isShort: boolean): string {
  if (!isShort) return String(value === 0 ? 0 : value)
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits))
    if (Math.fround(text) === value) return String(text === 0 ? 0 : text)
  }
  return String(Number(value.toPrecision(9)))
}

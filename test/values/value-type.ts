// A column type with the literals that a table of the proof gets: its edges always, and random ones beside them.

import type { Engine } from '@twinwrite/testkit'
import fc from 'fast-check'
import { bytesLiteral, textLiteral } from './literal.ts'

export interface ValueType {
  /** As it stands in CREATE TABLE. */
  readonly declared: string
  /** SQL literals. */
  readonly edges: readonly string[]
  readonly random: fc.Arbitrary<string>
}

/** A type without random values beside its edges. */
export function fixed(declared: string, edges: readonly string[]): ValueType {
  return { declared, edges, random: fc.constantFrom(...edges) }
}

export function integers(declared: string, min: bigint, max: bigint): ValueType {
  const edges = [min, max, 0n, 1n, 9007199254740993n, -1n].filter((value) => value >= min && value <= max)
  return { declared, edges: edges.map(String), random: fc.bigInt({ min, max }).map(String) }
}

/** @param digits before and behind the point */
export function decimals(
  declared: string,
  [before, behind]: readonly [number, number],
  more: readonly string[] = [],
): ValueType {
  const digits = (most: number): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...'0123456789'), { minLength: 0, maxLength: most }).map((all) => all.join(''))
  const random = fc
    .tuple(fc.boolean(), digits(before), digits(behind))
    .map(([minus, whole, part]) => `'${minus ? '-' : ''}${whole || '0'}${part === '' ? '' : `.${part}`}'`)
  const [nines, part] = ['9'.repeat(before), '9'.repeat(behind)]
  const longest = `${nines || '0'}${behind > 0 ? `.${part}` : ''}`
  const least = behind > 0 ? `0.${'0'.repeat(behind - 1)}1` : '1'
  const edges = ['0', `'-0'`, `'${longest}'`, `'-${longest}'`, `'${least}'`, `'-${least}'`, ...more]
  return { declared, edges, random }
}

const [carets, points] = [
  ['', 'a', 'A', 'a ', 'a  ', ' a', 'ä', 'a\u0308', 'Ä', 'ß', 'ss', 'ﬁ', 'İ', 'ı', 'I', 'ａ', 'é', 'e'],
  ['𝄞', '𝄞𝄞𝄞𝄞𝄞', '\u{10ffff}', '\uffff', '\ufeffa', '\u200b', '\u0001', '\u007f', '\u0085', '\u2028', '👨‍👩‍👧'],
] as const
const written = [
  '\\',
  '\\N',
  '\\.',
  '\t',
  '\n',
  '\r\n',
  "'",
  '"',
  '`',
  '%s',
  '{}',
  'NULL',
  '0',
  '007',
  '1e3',
  '\u000b\f\b',
]

/** What servers fold, pad, cut or escape. */
export const oddTexts: readonly string[] = [...carets, ...points, ...written]

/** @param most characters */
export function texts(
  engine: Engine,
  declared: string,
  most: number,
  options: { readonly allowed?: (text: string) => boolean; readonly nul?: boolean } = {},
): ValueType {
  const { allowed = () => true, nul = true } = options
  const fits = (text: string): boolean => [...text].length <= most && allowed(text)
  const odd = nul ? [...oddTexts, '\u0000', 'a\u0000b'] : oddTexts
  const unit = fc.oneof(
    fc.constantFrom(...'aAäe0 \t\n\\\'"'),
    fc.constantFrom('\u0308', '𝄞', '\ufeff', ' '),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((text) => nul || text !== '\u0000'),
  )
  const random = fc.array(unit, { maxLength: Math.min(most, 40) }).map((units) => units.join(''))
  const longest = Math.min(most, 3000)
  const edges = [...odd, 'x'.repeat(longest), 'ü'.repeat(longest)].filter(fits)
  return {
    declared,
    edges: edges.map((text) => textLiteral(engine, text)),
    random: random.filter(fits).map((text) => textLiteral(engine, text)),
  }
}

/** @param least and @param most bytes */
export function byteStrings(engine: Engine, declared: string, least: number, most: number): ValueType {
  const edges = [
    '',
    '00',
    '5c',
    '5c4e',
    '5c2e',
    '090a0d00',
    '20',
    'ff',
    'c3',
    '2727',
    '1a',
    '00'.repeat(least),
    'ff'.repeat(Math.min(most, 5000)),
  ]
  const fits = (hex: string): boolean => hex.length / 2 >= least && hex.length / 2 <= most
  const random = fc
    .uint8Array({ minLength: least, maxLength: Math.min(most, 40) })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
  return {
    declared,
    edges: edges.filter(fits).map((hex) => bytesLiteral(engine, hex)),
    random: random.map((hex) => bytesLiteral(engine, hex)),
  }
}

/** @param special what the engine has beside finite numbers */
export function floats(declared: string, bits: 32 | 64, special: readonly string[]): ValueType {
  const single = [
    '3.4028234663852886e38',
    '-3.4028234663852886e38',
    '1.1754944e-38',
    '1e-45',
    '16777217',
    '0.1',
  ]
  const double = [
    '1.7976931348623157e308',
    '-1.7976931348623157e308',
    '2.2250738585072014e-308',
    '5e-324',
    '0.1',
    '0.30000000000000004',
    '9007199254740993',
    '1e21',
    '1e-7',
    '123456789012345680000',
  ]
  const edges = ['0', '-0e0', '1.5', '3', ...(bits === 32 ? single : double), ...special]
  const random = (
    bits === 32
      ? fc.float({ noDefaultInfinity: true, noNaN: true })
      : fc.double({ noDefaultInfinity: true, noNaN: true })
  ).map((value) => (Object.is(value, -0) ? '-0e0' : String(value)))
  return { declared, edges, random }
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

export const days = (from: number, to: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.integer({ min: from, max: to }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
    )
    .map(([year, month, day]) => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`)

/** @param digits of the fraction */
export const clocks = (digits: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(10 ** digits - 1))
    .map(
      ([hour, minute, second, part]) =>
        `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${digits === 0 ? '' : `.${pad(part, digits)}`}`,
    )

export const moments = (from: number, to: number, digits: number): fc.Arbitrary<string> =>
  fc.tuple(days(from, to), clocks(digits)).map(([day, clock]) => `${day} ${clock}`)

export function times(declared: string, edges: readonly string[], random: fc.Arbitrary<string>): ValueType {
  const quoted = (text: string): string => `'${text}'`
  return { declared, edges: edges.map(quoted), random: random.map(quoted) }
}

export const uuidTexts = [
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  '6fa459ea-ee8a-1ca4-894e-db77e160355e',
]

/** Documents that every engine takes, as JSON texts. */
const documents = [
  '{}',
  '[]',
  'null',
  'true',
  '0',
  '-1',
  '""',
  '"x"',
  '{"": ""}',
  '{"b":1,"a":[2,{"d":null,"c":false}]}',
  '[1.5,100,1e2,0.1,-0.5]',
  '{"n":9007199254740993,"i":-9223372036854775808,"u":18446744073709551615}',
  '["ä","a\\u0308","\\ud834\\udd1e","𝄞","\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001"]',
  '{"a":1,"aa":2,"b":3,"B":4,"ä":5}',
  '[1.0,1.50]',
  '[1e308,5e-324]',
  '{"10":1,"9":2}',
  '"2024-01-01"',
  '[[[[[[]]]]]]',
]
/** Numbers that not every engine holds, keys that come twice, and characters that not every engine takes. */
export const oddDocuments = [
  '[12345678901234567890123]',
  '[0.12345678901234567890123]',
  '[-0.0]',
  '[-0]',
  '{"a":1,"a":2}',
  '{"b":{"x":1,"y":2,"x":3},"a":0}',
  '["\\u0000"]',
  '{"\\u0000":1}',
  '[1e400]',
]

export function jsonTexts(engine: Engine, declared: string, odd: readonly string[]): ValueType {
  const random = fc
    .jsonValue({ maxDepth: 3, stringUnit: 'binary' })
    .map((value) => JSON.stringify(value))
    .filter((text) => !text.includes('\\u0000'))
  return {
    declared,
    edges: [...documents, ...odd].map((text) => textLiteral(engine, text)),
    random: random.map((text) => textLiteral(engine, text)),
  }
}

export function bitStrings(declared: string, least: number, most: number): ValueType {
  const random = fc
    .array(fc.constantFrom('0', '1'), { minLength: least, maxLength: most })
    .map((bits) => `b'${bits.join('')}'`)
  const edges = ['', '0', '1', '0001', '0'.repeat(most), '1'.repeat(most), `${'0'.repeat(most - 1)}1`]
  return {
    declared,
    edges: [...new Set(edges)]
      .filter((bits) => bits.length >= least && bits.length <= most)
      .map((bits) => `b'${bits}'`),
    random,
  }
}

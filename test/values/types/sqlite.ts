// Declared types of SQLite with values of every storage class: a declaration only suggests what a column holds.

import {
  byteStrings,
  clocks,
  days,
  fixed,
  floats,
  integers,
  jsonTexts,
  moments,
  oddDocuments,
  texts,
  times,
  uuidTexts,
  type ValueType,
} from '../value-type.ts'

const min = -(2n ** 63n)
const max = 2n ** 63n - 1n

/** What stands in a column of another type. */
const foreign = [
  `'abc'`,
  `x'00ff'`,
  '1.5',
  '7',
  `'007x'`,
  '9e999',
  '0.1 + 0.2',
  '1e300',
  `''`,
  `CAST(x'636166e9' AS TEXT)`,
  `CAST(x'610062e9' AS TEXT)`,
  `'caf\uFFFD'`,
]

const withForeign = (type: ValueType, fits: (literal: string) => boolean = () => true): ValueType => ({
  ...type,
  edges: [...type.edges, ...foreign.filter(fits)],
})

export const sqliteTypes: readonly ValueType[] = [
  withForeign(integers('INTEGER', min, max)),
  withForeign(integers('BIGINT', min, max)),
  withForeign(fixed('BOOLEAN', ['0', '1', '2', '-1', `'true'`])),
  withForeign(
    fixed('DECIMAL(12,2)', [
      '0',
      '-0.01',
      '1234567890.12',
      '9223372036854775807',
      '-9223372036854775808',
      '1e15',
      '0.1',
      '12345678901234567890',
      `'12345678901234567890.123'`,
      '1e-10',
      '-0.0',
    ]),
  ),
  withForeign(floats('REAL', 64, ['9e999', '-9e999', '9007199254740993'])),
  withForeign(floats('DOUBLE PRECISION', 64, [])),
  withForeign(texts('sqlite', 'TEXT', 10_000)),
  withForeign(texts('sqlite', 'VARCHAR(5)', 50)),
  texts('sqlite', 'TEXT COLLATE NOCASE', 100),
  withForeign(byteStrings('sqlite', 'BLOB', 0, 100_000)),
  withForeign(
    times(
      'DATE',
      ['2024-02-29', '0001-01-01', '9999-12-31', '0000-00-00', '2024-02-29 10:00:00'],
      days(1, 9999),
    ),
  ),
  withForeign(times('TIME', ['00:00:00', '23:59:59.123', '24:00:00', '-01:00:00', '10:00'], clocks(3))),
  withForeign(
    times(
      'DATETIME',
      [
        '2024-10-27 02:30:00',
        '2024-10-27T00:30:00.123Z',
        '2024-10-27 00:30:00.123456',
        '2024-10-27 00:30:00.120',
        '2024-10-27 00:30:00.123000',
        '2024-10-27 02:30:00+02:00',
        '2024-10-27',
        '0001-01-01 00:00:00',
        '9999-12-31 23:59:59.999',
        '2024-10-27T02:30',
        'soon',
      ],
      moments(1, 9999, 3),
    ),
  ),
  withForeign(
    fixed('DATETIME', [
      '1729989000123',
      '0',
      '-1',
      '253402300799999',
      '-62135596800000',
      '9223372036854775807',
      '2460000.5',
      '-1000',
    ]),
  ),
  withForeign(jsonTexts('sqlite', 'JSON', oddDocuments), (literal) => literal !== '9e999'),
  withForeign(
    fixed('UUID', [
      ...uuidTexts.map((text) => `'${text}'`),
      `'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'`,
      `'a0eebc999c0b4ef8bb6d6bb9bd380a11'`,
    ]),
  ),
  fixed('', [
    `'it''s'`,
    `''`,
    '5',
    '0.1',
    '0.1 + 0.2',
    '5e-324',
    '1.7976931348623157e308',
    '9e999',
    '-9e999',
    '-0.0',
    '1e15',
    '1.0',
    '-9223372036854775808',
    `x'00'`,
    `x''`,
    `CAST(x'610062' AS TEXT)`,
    `CAST(x'636166e9' AS TEXT)`,
    `'ä𝄞\uFFFD'`,
  ]),
  fixed('GEOMETRY', [`'abc'`, '5', '0.1 + 0.2', '9e999', `x'00'`]),
]

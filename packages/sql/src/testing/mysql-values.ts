// For tests: edge values of every column type of MySQL and MariaDB, as SQL literals, with the canonical text that they must have.

import type { ValueCase } from './value-cases.ts'

const mysqlJson = `{"z": [1, 2.5, {"b": null, "a": "ä\\\\n\\\\"𝄞"}], "a": 9007199254740993, "u": 18446744073709551615}`

/** Types of MySQL and MariaDB alike. */
const mysqlCommon: ValueCase[] = [
  {
    type: 'tinyint(1)',
    kind: 'boolean',
    values: [
      ['1', 'true'],
      ['0', 'false'],
      ['2', '2'],
      ['-1', '-1'],
    ],
  },
  {
    type: 'tinyint unsigned',
    kind: 'integer',
    values: [
      ['255', '255'],
      ['0', '0'],
    ],
  },
  { type: 'int(5) zerofill', kind: 'integer', values: [['7', '7']] },
  { type: 'decimal(8,2) zerofill', kind: 'decimal', values: [['7.50', '7.5']] },
  { type: 'mediumint', kind: 'integer', values: [['-8388608', '-8388608']] },
  {
    type: 'bigint',
    kind: 'integer',
    values: [
      ['9007199254740993', '9007199254740993'],
      ['-9223372036854775808', '-9223372036854775808'],
    ],
  },
  { type: 'bigint unsigned', kind: 'integer', values: [['18446744073709551615', '18446744073709551615']] },
  {
    type: 'year',
    kind: 'integer',
    values: [
      ['2024', '2024'],
      ['0', '0'],
      ['1901', '1901'],
    ],
  },
  {
    type: 'decimal(12,2)',
    kind: 'decimal',
    values: [
      ['-1234567890.10', '-1234567890.1'],
      ['0.01', '0.01'],
      ['-0.00', '0'],
      ['100', '100'],
    ],
  },
  {
    type: 'decimal(65,30)',
    kind: 'decimal',
    values: [[`'0.000000000000000000000000000001'`, '0.000000000000000000000000000001']],
  },
  { type: 'decimal(10)', kind: 'decimal', values: [['1000', '1000']] },
  {
    type: 'float',
    kind: 'float32',
    values: [
      ['0.1', '0.1'],
      ['16777216', '16777216'],
      ['16777217', '16777216'],
      ['-3.40282e38', '-3.40282e+38'],
      ['1e-45', '1e-45'],
    ],
  },
  {
    type: 'double',
    kind: 'float64',
    values: [
      ['0.1', '0.1'],
      ['1.7976931348623157e308', '1.7976931348623157e+308'],
      ['1e21', '1e+21'],
      ['-2.5', '-2.5'],
    ],
  },
  {
    type: 'varchar(5)',
    kind: 'text',
    values: [
      [`'abc  '`, 'abc  '],
      [`'𝄞𝄞𝄞𝄞𝄞'`, '𝄞𝄞𝄞𝄞𝄞'],
      [`''`, ''],
    ],
  },
  {
    type: 'char(5)',
    kind: 'text',
    values: [
      [`'abc  '`, 'abc'],
      [`''`, ''],
    ],
  },
  {
    type: 'varchar(40) CHARACTER SET latin1',
    kind: 'text',
    values: [
      [`'fü'`, 'fü'],
      [`'€'`, '€'],
    ],
  },
  {
    type: 'text',
    kind: 'text',
    values: [
      [`'it''s "q" \\\\ ? \\n\\t'`, `it's "q" \\ ? \n\t`],
      [`'a\\0b'`, 'a\u0000b'],
      [`' ä𝄞 '`, ' ä𝄞 '],
    ],
  },
  { type: 'binary(4)', kind: 'bytes', values: [[`x'00ff27'`, '00ff2700']] },
  {
    type: 'varbinary(8)',
    kind: 'bytes',
    values: [
      [`x'00ff27'`, '00ff27'],
      [`''`, ''],
    ],
  },
  { type: 'blob', kind: 'bytes', values: [[`x'5c273f00'`, '5c273f00']] },
  {
    type: 'date',
    kind: 'date',
    values: [
      [`'2024-02-29'`, '2024-02-29'],
      [`'0000-00-00'`, '0000-00-00'],
      [`'2024-00-10'`, '2024-00-10'],
    ],
  },
  {
    type: 'time(6)',
    kind: 'time',
    values: [
      [`'23:59:59.999999'`, '23:59:59.999999'],
      [`'-838:59:59'`, '-838:59:59'],
      [`'10:00:00.100'`, '10:00:00.1'],
    ],
  },
  { type: 'time', kind: 'time', values: [[`'10:00:00'`, '10:00:00']] },
  {
    type: 'datetime(6)',
    kind: 'datetime',
    values: [
      [`'2024-10-27 02:30:00.123456'`, '2024-10-27 02:30:00.123456'],
      [`'2024-01-01 00:00:00.500'`, '2024-01-01 00:00:00.5'],
      [`'0000-00-00 00:00:00'`, '0000-00-00 00:00:00'],
    ],
  },
  { type: 'datetime', kind: 'datetime', values: [[`'2024-01-01 10:00:00'`, '2024-01-01 10:00:00']] },
  {
    type: 'timestamp(6) NULL',
    kind: 'instant',
    values: [
      [`'2024-10-27 00:30:00.123456'`, '1729989000123456'],
      [`'1970-01-01 00:00:01'`, '1000000'],
      [`'0000-00-00 00:00:00'`, '0000-00-00 00:00:00'],
      [`'2038-01-19 03:14:07.999999'`, '2147483647999999'],
    ],
  },
  {
    type: 'timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP',
    kind: 'instant',
    values: [[`'2024-10-27 00:30:00'`, '1729989000000000']],
  },
  {
    type: `enum('a','it''s','ü','b,c','back\\\\slash')`,
    kind: 'enum',
    values: [
      [`'it''s'`, `it's`],
      [`'ü'`, 'ü'],
      [`'b,c'`, 'b,c'],
      [`'back\\\\slash'`, 'back\\slash'],
    ],
  },
  {
    type: `set('a','b','c')`,
    kind: 'text',
    values: [
      [`'c,a'`, 'a,c'],
      [`''`, ''],
    ],
  },
  {
    type: 'bit(3)',
    kind: 'bits',
    values: [
      [`b'101'`, '101'],
      [`b'001'`, '001'],
    ],
  },
  { type: 'bit(64)', kind: 'bits', values: [[`x'ffffffffffffffff'`, '1'.repeat(64)]] },
  {
    type: 'point',
    kind: 'native',
    values: [[`ST_GeomFromText('POINT(1 2)')`, '000000000101000000000000000000f03f0000000000000040']],
  },
]

export const mysqlCases: ValueCase[] = [
  ...mysqlCommon,
  {
    type: 'json',
    kind: 'json',
    values: [
      [
        `'${mysqlJson}'`,
        '{"a":9007199254740993,"u":18446744073709551615,"z":[1,2.5,{"a":"ä\\n\\"𝄞","b":null}]}',
      ],
      [`'"x"'`, '"x"'],
      [`'null'`, 'null'],
    ],
  },
]

export const mariadbCases: ValueCase[] = [
  ...mysqlCommon,
  {
    type: 'json',
    kind: 'json',
    values: [
      [
        `'${mysqlJson.replace('2.5', '2.50')}'`,
        '{"a":9007199254740993,"u":18446744073709551615,"z":[1,2.50,{"a":"ä\\n\\"𝄞","b":null}]}',
      ],
    ],
  },
  {
    type: 'uuid',
    kind: 'uuid',
    values: [[`'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
  },
  { type: 'inet6', kind: 'text', values: [[`'::ffff:1.2.3.4'`, '::ffff:1.2.3.4']] },
]

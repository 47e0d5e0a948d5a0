// For tests: edge values of every column type of PostgreSQL, as SQL literals, with the canonical text that they must have.

import type { ValueCase } from './value-cases.ts'

const json = `{"z": [1, 2.50, 1e2, {"b": null, "a": "ä\\n\\"\\u0001𝄞"}], "big": 12345678901234567890123, "a": 9007199254740993}`

export const postgresCases: ValueCase[] = [
  {
    type: 'smallint',
    kind: 'integer',
    values: [
      ['-32768', '-32768'],
      ['32767', '32767'],
      ['0', '0'],
    ],
  },
  {
    type: 'int',
    kind: 'integer',
    values: [
      ['-2147483648', '-2147483648'],
      ['7', '7'],
    ],
  },
  {
    type: 'bigint',
    kind: 'integer',
    values: [
      ['9007199254740993', '9007199254740993'],
      ['-9223372036854775808', '-9223372036854775808'],
    ],
  },
  {
    type: 'numeric',
    kind: 'decimal',
    keepsSpelling: true,
    values: [
      ['1.500', '1.5'],
      ['-0.000', '0'],
      ['100', '100'],
      [`'NaN'`, 'NaN'],
      [`'1e30'`, `1${'0'.repeat(30)}`],
      ['0.000000000000000000000000000001', '0.000000000000000000000000000001'],
    ],
  },
  {
    type: 'numeric(12,2)',
    kind: 'decimal',
    values: [
      ['-1234567890.10', '-1234567890.1'],
      ['0.01', '0.01'],
    ],
  },
  {
    type: 'real',
    kind: 'float32',
    values: [
      ['0.1', '0.1'],
      ['16777216', '16777216'],
      ['3.4028235e38', '3.4028235e+38'],
      ['1.1754944e-38', '1.1754944e-38'],
      ['1e-45', '1e-45'],
      [`'NaN'`, 'NaN'],
      [`'-Infinity'`, '-Infinity'],
      [`'-0'`, '-0'],
    ],
  },
  {
    type: 'double precision',
    kind: 'float64',
    values: [
      ['0.1', '0.1'],
      ['1.7976931348623157e308', '1.7976931348623157e+308'],
      ['5e-324', '5e-324'],
      ['9007199254740993', '9007199254740992'],
      ['1e21', '1e+21'],
      [`'Infinity'`, 'Infinity'],
    ],
  },
  {
    type: 'text',
    kind: 'text',
    values: [
      [`''`, ''],
      [`' a  '`, ' a  '],
      [`'it''s "q" \\ {} , NULL'`, `it's "q" \\ {} , NULL`],
      [`'NULL'`, 'NULL'],
      [`E'ä𝄞\\n\\t\\x01'`, 'ä𝄞\n\t\u0001'],
    ],
  },
  {
    type: 'varchar(5)',
    kind: 'text',
    values: [
      [`'abc  '`, 'abc  '],
      [`'𝄞𝄞𝄞𝄞𝄞'`, '𝄞𝄞𝄞𝄞𝄞'],
    ],
  },
  {
    type: 'char(5)',
    kind: 'text',
    values: [
      [`'abc'`, 'abc'],
      [`''`, ''],
    ],
  },
  {
    type: 'bytea',
    kind: 'bytes',
    values: [
      [`'\\x00ff27'`, '00ff27'],
      [`''`, ''],
    ],
  },
  {
    type: 'uuid',
    kind: 'uuid',
    values: [[`'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
  },
  {
    type: 'boolean',
    kind: 'boolean',
    values: [
      ['true', 'true'],
      ['false', 'false'],
    ],
  },
  {
    type: 'date',
    kind: 'date',
    values: [
      [`'2024-02-29'`, '2024-02-29'],
      [`'0001-01-01'`, '0001-01-01'],
      [`'infinity'`, 'infinity'],
    ],
  },
  {
    type: 'time',
    kind: 'time',
    values: [
      [`'23:59:59.999999'`, '23:59:59.999999'],
      [`'00:00:00.100'`, '00:00:00.1'],
    ],
  },
  {
    type: 'timestamp',
    kind: 'datetime',
    values: [
      [`'2024-10-27 02:30:00.123456'`, '2024-10-27 02:30:00.123456'],
      [`'2024-01-01 00:00:00.500'`, '2024-01-01 00:00:00.5'],
      [`'-infinity'`, '-infinity'],
    ],
  },
  {
    type: 'timestamptz',
    kind: 'instant',
    values: [
      [`'1970-01-01 00:00:00.000001+00'`, '1'],
      [`'1969-12-31 23:59:59.999999+00'`, '-1'],
      [`'2024-10-27 02:30:00.123456+02'`, '1729989000123456'],
      [`'9999-12-31 23:59:59.999999+00'`, '253402300799999999'],
      [`'0001-01-01 00:00:00.000001+00'`, '-62135596799999999'],
      [`'294276-12-31 23:59:59+00'`, '9224318015999000000'],
      [`'4713-01-01 00:00:00+00 BC'`, '-210863520000000000'],
      [`'infinity'`, 'infinity'],
    ],
  },
  {
    type: 'timestamptz(0)',
    kind: 'instant',
    values: [[`'1970-01-01 00:00:00+00'`, '0']],
  },
  {
    type: 'numeric(3,-2)',
    kind: 'decimal',
    values: [['99900', '99900']],
  },
  {
    type: 'jsonb',
    kind: 'json',
    values: [
      [
        `'${json}'`,
        '{"a":9007199254740993,"big":12345678901234567890123,"z":[1,2.50,100,{"a":"ä\\n\\"\\u0001𝄞","b":null}]}',
      ],
      [`'"x"'`, '"x"'],
      [`'null'`, 'null'],
    ],
  },
  {
    type: 'json',
    kind: 'json',
    values: [
      [
        `'${json}'`,
        '{"a":9007199254740993,"big":12345678901234567890123,"z":[1,2.50,1e2,{"a":"ä\\n\\"\\u0001𝄞","b":null}]}',
      ],
      [`'{"b": 1, "a": 2, "b": 3}'`, '{"a":2,"b":1,"b":3}'],
    ],
  },
  { type: 'bit(3)', kind: 'bits', values: [[`B'101'`, '101']] },
  {
    type: 'varbit',
    kind: 'bits',
    values: [
      [`B'0001'`, '0001'],
      [`B''`, ''],
    ],
  },
  {
    type: 'colour',
    kind: 'enum',
    values: [
      [`'dark "red"'`, 'dark "red"'],
      [`'blue'`, 'blue'],
    ],
  },
  { type: 'interval', kind: 'native', values: [[`'1 year 2 days 03:04:05.6'`, '1 year 2 days 03:04:05.6']] },
  { type: 'int[]', kind: 'native', values: [[`'{1,NULL,3}'`, '{1,NULL,3}']] },
  { type: 'colour[]', kind: 'native', values: [[`'{blue,"dark \\"red\\""}'`, '{blue,"dark \\"red\\""}']] },
  { type: 'varchar(3)[]', kind: 'native', values: [[`'{abc,"a b"}'`, '{abc,"a b"}']] },
  { type: 'numeric(5,2)[]', kind: 'native', values: [[`'{1.25,3}'`, '{1.25,3.00}']] },
  { type: 'inet', kind: 'native', values: [[`'10.0.0.1/24'`, '10.0.0.1/24']] },
  { type: 'int4range', kind: 'native', values: [[`'[1,5)'`, '[1,5)']] },
  { type: 'timetz', kind: 'native', values: [[`'10:00:00+02'`, '10:00:00+02']] },
  { type: 'short', kind: 'text', values: [[`'abc'`, 'abc']] },
]
